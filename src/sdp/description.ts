/**
 * Bytes to a description: the lines as checked in `lines.ts`, and per stream the attributes that sdp-transform finds.
 */
import { type MediaDescription, parse, type SessionDescription } from 'sdp-transform'
import { fault } from './fault.ts'
import type { Direction, SdpFault } from './format.ts'
import { type Connection, type MediaLine, readLines } from './lines.ts'

const MAX_BYTES = 16 * 1024

export interface MediaSection {
  readonly media: MediaLine
  /** The section's own c= line, else the session's. */
  readonly connection: Connection | undefined
  /** The section's own attribute, else the session's, else sendrecv. */
  readonly direction: Direction
  /** Not to be believed: sdp-transform refuses nothing, and a field may have another type than declared. */
  readonly attributes: MediaDescription
}

/** Of t=, in seconds since 1900; 0 and 0 is always. */
export interface Timing {
  readonly start: number
  readonly stop: number
}

export interface Description {
  readonly ok: true
  readonly timing: Timing
  readonly sections: readonly MediaSection[]
}

export const ALWAYS: Timing = { start: 0, stop: 0 }

/** Never throws. o=, s= and whatever else we make no use of is not checked. */
export function readDescription(body: Uint8Array): Description | SdpFault {
  if (body.byteLength > MAX_BYTES) return fault('too-large', `The description has more than ${MAX_BYTES} bytes.`)
  const text = new TextDecoder().decode(body)
  const lines = readLines(text)
  if (!lines.ok) return lines
  const session = parse(text)
  const sections = lines.sections.map(({ media, connection }, index) => {
    // Both readers open a section at every line that starts with "m=".
    const attributes = session.media[index] as MediaDescription
    return {
      media,
      connection: connection ?? lines.connection,
      direction: attributes.direction ?? session.direction ?? 'sendrecv',
      attributes,
    }
  })
  return { ok: true, timing: timingOf(session), sections }
}

function timingOf({ timing }: SessionDescription): Timing {
  return Number.isSafeInteger(timing?.start) && Number.isSafeInteger(timing?.stop) ? timing : ALWAYS
}
