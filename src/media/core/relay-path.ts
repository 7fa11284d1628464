/**
 * How the payload of a received format becomes payload of the format that another leg sends.
 */
import { sameEncoding, translationTable } from '../codec/registry.ts'
import type { Leg } from './leg.ts'

/** A path that changes nothing. */
export const AS_IT_IS = new Uint8Array(0)

/** Finds the paths from a leg to its target, anew whenever either has agreed on something else. */
export function planRelay(leg: Leg): void {
  const send = leg.target?.remote?.send
  leg.paths = (leg.remote?.receive ?? []).map(format => {
    if (!send) return undefined
    return sameEncoding(format, send) ? AS_IT_IS : translationTable(format, send)
  })
}

/** Translates in place. */
export function translate(bytes: Uint8Array, at: number, length: number, path: Uint8Array): void {
  if (path === AS_IT_IS) return
  for (let index = at; index < at + length; index++) bytes[index] = path[bytes[index]!]!
}
