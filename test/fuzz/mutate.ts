/**
 * New inputs out of known ones: octets, words of the target, lines and numbers are put in, taken out, repeated and
 * swapped between inputs. The same random numbers give the same input.
 */
import type { SeededRandom } from '../sim/world/random.ts'

/** A little more than the longest datagram. */
const MAX_LENGTH = 66_000
const MAX_CHANGES = 5

const NUMBERS = [
  ...['0', '1', '-1', '00', '127', '128', '255', '256', '65535', '65536', '2147483647', '2147483648'],
  ...['4294967295', '4294967296', '9007199254740993', '99999999999999999999999', '1.5', ''],
]

/** Texts here have one UTF-16 unit per octet. */
type Change = (text: string, source: Source) => string

interface Source {
  readonly random: SeededRandom
  readonly words: readonly string[]
  /** Any other input. */
  readonly other: () => string
}

const place = (text: string, { random }: Source): number => random.between(0, text.length)

/** A place and how much to take from there, mostly little. */
function stretch(text: string, source: Source): readonly [from: number, to: number] {
  const from = place(text, source)
  const most = source.random.chance(0.8) ? 12 : 400
  return [from, Math.min(text.length, from + source.random.between(1, most))]
}

const splice = (text: string, from: number, to: number, piece: string): string =>
  text.slice(0, from) + piece + text.slice(to)

const linesOf = (text: string): string[] => text.split('\r\n')

const CHANGES: readonly Change[] = [
  (text, source) => {
    const at = place(text, source)
    return splice(text, at, at + 1, String.fromCharCode(source.random.between(0, 255)))
  },
  (text, source) => {
    const at = place(text, source)
    return splice(text, at, at, source.random.pick(source.words))
  },
  (text, source) => {
    const [from, to] = stretch(text, source)
    return splice(text, from, to, source.random.pick(source.words))
  },
  (text, source) => {
    const [from, to] = stretch(text, source)
    return splice(text, from, to, '')
  },
  (text, source) => {
    const [from, to] = stretch(text, source)
    const at = place(text, source)
    return splice(text, at, at, text.slice(from, to))
  },
  // Many times: what takes more than linear time shows.
  (text, source) => {
    const [from, to] = stretch(text, source)
    const most = source.random.chance(0.02) ? 8_192 : 80
    return splice(text, to, to, text.slice(from, to).repeat(source.random.between(1, most)))
  },
  (text, source) => {
    const numbers = [...text.matchAll(/\d+/g)]
    if (numbers.length === 0) return text
    const { index, 0: digits } = source.random.pick(numbers)
    return splice(text, index, index + digits.length, source.random.pick(NUMBERS))
  },
  // A line of another input, or of this one.
  (text, source) => {
    const lines = linesOf(text)
    const piece = source.random.pick(linesOf(source.random.chance(0.7) ? source.other() : text))
    lines.splice(source.random.between(0, lines.length), source.random.between(0, 1), piece)
    return lines.join('\r\n')
  },
  (text, source) => {
    const lines = linesOf(text)
    lines.splice(source.random.between(0, lines.length), 1)
    return lines.join('\r\n')
  },
  // The beginning of one and the end of another.
  (text, source) => {
    const other = source.other()
    return text.slice(0, place(text, source)) + other.slice(place(other, source))
  },
]

/** One to a few changes of an input. */
export function mutate(bytes: Uint8Array, source: Source): Uint8Array {
  let text = latin1(bytes)
  const changes = source.random.between(1, MAX_CHANGES)
  for (let count = 0; count < changes; count++) {
    text = source.random.pick(CHANGES)(text, source).slice(0, MAX_LENGTH)
  }
  return Buffer.from(text, 'latin1')
}

export const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
