/**
 * The payload types that need no rtpmap: RFC 3551 table 4.
 */

export interface Encoding {
  /** As in rtpmap, compared without regard to case. */
  readonly name: string
  readonly clockRateHz: number
  readonly channels: number
}

const encoding = (name: string, clockRateHz: number, channels = 1): Encoding => ({ name, clockRateHz, channels })

export const STATIC_FORMATS: ReadonlyMap<number, Encoding> = new Map([
  [0, encoding('PCMU', 8000)],
  [3, encoding('GSM', 8000)],
  [4, encoding('G723', 8000)],
  [5, encoding('DVI4', 8000)],
  [6, encoding('DVI4', 16000)],
  [7, encoding('LPC', 8000)],
  [8, encoding('PCMA', 8000)],
  [9, encoding('G722', 8000)],
  [10, encoding('L16', 44100, 2)],
  [11, encoding('L16', 44100)],
  [12, encoding('QCELP', 8000)],
  [13, encoding('CN', 8000)],
  [14, encoding('MPA', 90000)],
  [15, encoding('G728', 8000)],
  [16, encoding('DVI4', 11025)],
  [17, encoding('DVI4', 22050)],
  [18, encoding('G729', 8000)],
])
