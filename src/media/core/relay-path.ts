/**
 * How the payload of a received format becomes payload of the format that another leg sends.
 */

import type { FormatRecord } from '../../sdp/index.ts'
import { sameEncoding, translationTable } from '../codec/registry.ts'

/** A path that changes nothing. */
const AS_IT_IS = new Uint8Array(0)

/** A table for `translate`; undefined if there is no way without decoding. */
export const relayPath = (from: FormatRecord, to: FormatRecord): Uint8Array | undefined =>
  sameEncoding(from, to) ? AS_IT_IS : translationTable(from, to)

/** Translates in place. */
export function translate(bytes: Uint8Array, at: number, length: number, path: Uint8Array): void {
  if (path === AS_IT_IS) return
  for (let index = at; index < at + length; index++) bytes[index] = path[bytes[index]!]!
}
