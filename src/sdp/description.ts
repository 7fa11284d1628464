/**
 * Bytes to a description: for each stream its m= line and what is said of it, there or for the whole session.
 */
import { directionIn } from './attributes.ts'
import { fault } from './fault.ts'
import type { Direction, SdpFault } from './format.ts'
import { type Attribute, type Connection, type MediaLine, readLines } from './lines.ts'

const MAX_BYTES = 16 * 1024

export interface MediaSection {
  readonly media: MediaLine
  /** The section's own c= line, else the session's. */
  readonly connection: Connection | undefined
  /** The section's own attribute, else the session's, else sendrecv. */
  readonly direction: Direction
  /** The section's own. */
  readonly attributes: readonly Attribute[]
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

const UTF8 = new TextDecoder()

/** Never throws. o=, s= and whatever else we make no use of is not checked. */
export function readDescription(body: Uint8Array): Description | SdpFault {
  if (body.byteLength > MAX_BYTES) return fault('too-large', `The description has more than ${MAX_BYTES} bytes.`)
  const lines = readLines(UTF8.decode(body))
  if (!lines.ok) return lines
  const { session, timing } = lines
  const sections = lines.sections.map(({ media, connection, attributes }) => ({
    media,
    connection: connection ?? session.connection,
    direction: directionIn(attributes) ?? directionIn(session.attributes) ?? 'sendrecv',
    attributes,
  }))
  return { ok: true, timing: timingOf(timing), sections }
}

function timingOf(text: string | undefined): Timing {
  const [, start, stop] = /^(\d{1,15}) (\d{1,15})/.exec(text ?? '') ?? []
  return start === undefined || stop === undefined ? ALWAYS : { start: Number(start), stop: Number(stop) }
}
