/**
 * Randomness as an argument. Tags, branches, SSRCs, ports and identifiers all come from here.
 */
import { randomFillSync } from 'node:crypto'

export interface Random {
  /** Uniform over 0 .. 2^32 - 1. */
  u32(): number
}

/** Cryptographic source; draws from the kernel in blocks of 4 KiB. */
export function systemRandom(): Random {
  const pool = new Uint32Array(1024)
  let next = pool.length
  return {
    u32() {
      if (next === pool.length) {
        randomFillSync(pool)
        next = 0
      }
      return pool[next++] as number
    },
  }
}

/** Uniform integer in 0 .. `below` - 1, `below` at most 2^32; without modulo bias. */
export function randomBelow(random: Random, below: number): number {
  const limit = Math.floor(2 ** 32 / below) * below
  for (;;) {
    const value = random.u32()
    if (value < limit) return value % below
  }
}

const TOKEN_ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-'

/** `length` characters of 6 random bits each; fit for SIP tags, branches and Call-IDs. */
export function randomToken(random: Random, length: number): string {
  let token = ''
  let bits = 0
  let left = 0
  while (token.length < length) {
    if (left === 0) {
      bits = random.u32()
      left = 5
    }
    token += TOKEN_ALPHABET[bits & 63]
    bits >>>= 6
    left--
  }
  return token
}

/**
 * A version 7 UUID (RFC 9562 section 5.7): milliseconds since 1970, then 74 random bits. Rows keyed by it arrive in
 * order, which halves what a database pays for them.
 */
export function timeUuid(random: Random, wallMs: number): string {
  const time = Math.floor(wallMs).toString(16).padStart(12, '0')
  const a = random.u32()
  const b = random.u32()
  const c = random.u32()
  const low = b.toString(16).padStart(8, '0') + c.toString(16).padStart(8, '0').slice(4)
  const variant = '89ab'[(a >>> 12) & 3]
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex3(a)}-${variant}${hex3(a >>> 16)}-${low}`
}

const hex3 = (bits: number): string => (bits & 0xfff).toString(16).padStart(3, '0')
