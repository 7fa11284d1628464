import type { Random } from '../../../src/base/index.ts'

/** The same numbers for the same seed (xorshift32). */
export function seededRandom(seed: number): Random {
  let state = seed | 1
  return {
    u32() {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      return state >>> 0
    },
  }
}
