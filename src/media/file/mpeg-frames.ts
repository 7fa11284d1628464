/**
 * Walks the frames of an MPEG audio Layer III stream (ISO/IEC 11172-3 section 2.4.1.3, 13818-3) without decoding
 * them: what is no such stream, is cut off or is too long is known before a decoder touches it.
 *
 *     11111111 111VVLLP BBBBSSpx ........   version, layer, bit rate, sample rate, padding
 */
import { type SoundFault, soundFault } from './fault.ts'

export interface MpegStream {
  readonly ok: true
  readonly sampleRateHz: number
  /** Per channel. */
  readonly samples: number
}

interface FrameHeader {
  readonly bytes: number
  readonly samples: number
  readonly sampleRateHz: number
}

const VERSION_1 = 3
const VERSION_RESERVED = 1
const LAYER_III = 1
/** Index 0 is the free format and 15 forbidden. */
const KBITS_VERSION_1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0]
const KBITS_VERSION_2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0]
/** By version bits: 2.5, reserved, 2, 1. */
const RATES_HZ = [[11_025, 12_000, 8000], [], [22_050, 24_000, 16_000], [44_100, 48_000, 32_000]]
/** A stream may start after a tag or a little rubbish, not after pages of something else. */
const START_LIMIT_BYTES = 65_536

export function walkMpegFrames(bytes: Uint8Array): MpegStream | SoundFault {
  let at = findStart(bytes)
  const first = at < 0 ? undefined : readFrameHeader(bytes, at)
  if (!first) return soundFault('not-audio', 'No MPEG Layer III frame where one should start.')
  let samples = 0
  let contiguous = true
  while (at < bytes.length) {
    const header = readFrameHeader(bytes, at)
    if (header?.sampleRateHz === first.sampleRateHz && (contiguous || isConfirmed(bytes, at, header))) {
      const present = bytes.length - at
      if (header.bytes > present)
        return soundFault('not-audio', `Cut off: the frame at byte ${at} has ${header.bytes} bytes; ${present} follow.`)
      samples += header.samples
      at += header.bytes
      contiguous = true
    } else {
      // Tags between and after the frames, and what a splice left over.
      at++
      contiguous = false
    }
  }
  return { ok: true, sampleRateHz: first.sampleRateHz, samples }
}

/** First byte of a frame that is followed by another or by the end of the file; -1 if there is none. */
function findStart(bytes: Uint8Array): number {
  let at = tagBytes(bytes, 0)
  const limit = Math.min(bytes.length, at + START_LIMIT_BYTES)
  for (; at < limit; at++) {
    const header = readFrameHeader(bytes, at)
    if (header && isConfirmed(bytes, at, header)) return at
  }
  return -1
}

function isConfirmed(bytes: Uint8Array, at: number, header: FrameHeader): boolean {
  const next = at + header.bytes
  return next === bytes.length || readFrameHeader(bytes, next)?.sampleRateHz === header.sampleRateHz
}

/** Length of an ID3v2 tag at this byte, 0 if there is none. Its size is in four times seven bits. */
function tagBytes(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== 0x49 || bytes[at + 1] !== 0x44 || bytes[at + 2] !== 0x33 || at + 10 > bytes.length) return 0
  const size = [6, 7, 8, 9].reduce((sum, index) => sum * 128 + (bytes[at + index]! & 127), 0)
  const footer = bytes[at + 5]! & 0x10 ? 10 : 0
  return 10 + size + footer
}

function readFrameHeader(bytes: Uint8Array, at: number): FrameHeader | undefined {
  if (at + 4 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1]! & 0xe0) !== 0xe0) return undefined
  const version = (bytes[at + 1]! >> 3) & 3
  if (version === VERSION_RESERVED || ((bytes[at + 1]! >> 1) & 3) !== LAYER_III) return undefined
  const coding = bytes[at + 2]!
  const kbits = (version === VERSION_1 ? KBITS_VERSION_1 : KBITS_VERSION_2)[coding >> 4]!
  const sampleRateHz = RATES_HZ[version]![(coding >> 2) & 3]
  if (kbits === 0 || sampleRateHz === undefined) return undefined
  const samples = version === VERSION_1 ? 1152 : 576
  const padding = (coding >> 1) & 1
  return { bytes: Math.floor(((samples / 8) * kbits * 1000) / sampleRateHz) + padding, samples, sampleRateHz }
}
