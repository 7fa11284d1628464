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

/** A version 4 UUID, RFC 9562 section 5.4. */
export function randomUuid(random: Random): string {
  const hex = [random.u32(), random.u32(), random.u32(), random.u32()]
    .map(word => word.toString(16).padStart(8, '0'))
    .join('')
  const variant = '89ab'[Number.parseInt(hex[16] as string, 16) & 3]
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
}
