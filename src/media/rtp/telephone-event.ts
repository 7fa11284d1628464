/**
 * The payload of a telephone event: RFC 4733 section 2.3.
 *
 *      |     event     |E|R| volume    |          duration             |
 */
import { readU16, writeU16 } from './packet.ts'

export const EVENT_BYTES = 4
const END = 0x80
const VOLUME_DBM0 = -10

/** Event code by index: RFC 4733 table 4. */
const DIGITS = '0123456789*#ABCD'

/** The digit of an event code; undefined for flash and all that is no digit. */
export const digitOfEvent = (code: number): string | undefined => DIGITS[code]

/** The event code of a digit; -1 if it is none. Letters in either case. */
export const eventOfDigit = (digit: string): number => (digit.length === 1 ? DIGITS.indexOf(digit.toUpperCase()) : -1)

export const eventCode = (bytes: Uint8Array, at: number): number => bytes[at]!
export const eventHasEnded = (bytes: Uint8Array, at: number): boolean => (bytes[at + 1]! & END) !== 0
/** In timestamp units, since the packet's timestamp. */
export const eventTicks = (bytes: Uint8Array, at: number): number => readU16(bytes, at + 2)

export function writeEvent(bytes: Uint8Array, at: number, code: number, hasEnded: boolean, ticks: number): void {
  bytes[at] = code
  bytes[at + 1] = (hasEnded ? END : 0) | -VOLUME_DBM0
  writeU16(bytes, at + 2, ticks)
}
