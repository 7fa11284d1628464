/**
 * The attributes that we make use of (RFC 8866 section 6). One that says nothing sensible is passed over.
 */
import type { Direction } from './format.ts'
import type { Attribute } from './lines.ts'
import type { Encoding } from './static-formats.ts'

/** The value of the last attribute of this name; empty for one without a value. */
export function attributeOf(attributes: readonly Attribute[], name: string): string | undefined {
  return attributes.findLast(attribute => attribute.name === name)?.value
}

/** The direction that stands there last. */
export function directionIn(attributes: readonly Attribute[]): Direction | undefined {
  return attributes.findLast(({ name }) => DIRECTIONS.has(name))?.name as Direction | undefined
}

const DIRECTIONS: ReadonlySet<string> = new Set<Direction>(['sendrecv', 'sendonly', 'recvonly', 'inactive'])

/** Undefined out of range, and for what is not written in digits alone. */
export function integer(text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined || !/^\d{1,9}$/.test(text)) return undefined
  const value = Number(text)
  return value >= least && value <= most ? value : undefined
}

const ENCODING = /^([!-.0-~]+) *\/ *(\d+)(?: *\/ *(\S+))?$/

/** `a=rtpmap`: what payload types stand for; undefined where it is said in a way that means nothing. */
export function rtpMaps(attributes: readonly Attribute[]): ReadonlyMap<number, Encoding | undefined> {
  const maps = new Map<number, Encoding | undefined>()
  for (const [payloadType, text] of byPayloadType(attributes, 'rtpmap')) {
    const [, codec, rate, parameter] = ENCODING.exec(text) ?? []
    const clockRateHz = integer(rate, 1, 1_000_000)
    const channels = parameter === undefined ? 1 : integer(parameter, 1, 255)
    const known = codec !== undefined && clockRateHz !== undefined && channels !== undefined
    maps.set(payloadType, known ? { name: codec, clockRateHz, channels } : undefined)
  }
  return maps
}

/** `a=fmtp`. */
export const formatParameters = (attributes: readonly Attribute[]): ReadonlyMap<number, string> =>
  byPayloadType(attributes, 'fmtp')

/** `a=name:payload-type text`; the last of a payload type counts. */
function byPayloadType(attributes: readonly Attribute[], wanted: string): ReadonlyMap<number, string> {
  const texts = new Map<number, string>()
  for (const { name, value } of attributes) {
    const [, payloadType, text] = (name === wanted && /^(\d{1,3}) +(.*)$/.exec(value)) || []
    if (text !== undefined) texts.set(Number(payloadType), text)
  }
  return texts
}
