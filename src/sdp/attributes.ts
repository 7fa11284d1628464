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

const RTPMAP = /^(\d{1,3}) +([!-.0-~]+) *\/ *(\d+)(?: *\/ *(\S+))?$/

/** `a=rtpmap`: what payload types stand for; undefined where it is said in a way that means nothing. */
export function rtpMaps(attributes: readonly Attribute[]): ReadonlyMap<number, Encoding | undefined> {
  const maps = new Map<number, Encoding | undefined>()
  for (const { name, value } of attributes) {
    if (name !== 'rtpmap') continue
    const [, , codec, rate, parameter] = RTPMAP.exec(value) ?? []
    const clockRateHz = integer(rate, 1, 1_000_000)
    const channels = parameter === undefined ? 1 : integer(parameter, 1, 255)
    const known = codec !== undefined && clockRateHz !== undefined && channels !== undefined
    maps.set(Number.parseInt(value, 10), known ? { name: codec, clockRateHz, channels } : undefined)
  }
  return maps
}

/** `a=fmtp` by payload type. */
export function formatParameters(attributes: readonly Attribute[]): ReadonlyMap<number, string> {
  const parameters = new Map<number, string>()
  for (const { name, value } of attributes) {
    const [, payloadType, text] = (name === 'fmtp' && /^(\d{1,3}) +(.*)$/.exec(value)) || []
    if (text !== undefined) parameters.set(Number(payloadType), text)
  }
  return parameters
}
