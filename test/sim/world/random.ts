/**
 * Seeded randomness: the same seed gives the same run.
 */
import type { Random } from '../../../src/base/index.ts'

/** sfc32, seeded through splitmix32; one stream per purpose keeps them independent. */
export class SeededRandom implements Random {
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(seed: number, purpose = '') {
    let state = seed | 0
    for (const char of purpose) state = Math.imul(state ^ char.charCodeAt(0), 0x01000193)
    const next = (): number => {
      state = (state + 0x9e3779b9) | 0
      let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
      return mixed ^ (mixed >>> 15)
    }
    this.#a = next()
    this.#b = next()
    this.#c = next()
    for (let i = 0; i < 12; i++) this.u32()
  }

  u32(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum
    this.#c |= 0
    return sum >>> 0
  }

  /** Uniform over 0 .. 1. */
  unit(): number {
    return this.u32() / 2 ** 32
  }

  chance(probability: number): boolean {
    return this.unit() < probability
  }

  /** Uniform integer over both ends. */
  between(low: number, high: number): number {
    return low + Math.floor(this.unit() * (high - low + 1))
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.between(0, choices.length - 1)] as T
  }
}
