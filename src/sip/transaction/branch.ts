/**
 * Via branches that we can recognise as our own without remembering them: a 2xx to an INVITE of ours that comes
 * after everything about it was forgotten must still be acknowledged and released (RFC 6026 section 8.1), and
 * nobody else may make us do that.
 */
import { createHmac } from 'node:crypto'
import { type Random, randomToken } from '../../base/index.ts'

const COOKIE = 'z9hG4bK'
const NONCE_CHARS = 12
const SEAL_CHARS = 8

export class Branches {
  readonly #random: Random
  readonly #key: string

  constructor(random: Random) {
    this.#random = random
    this.#key = randomToken(random, 32)
  }

  /** 72 random bits (RFC 3261 section 8.1.1.7). */
  plain(): string {
    return COOKIE + randomToken(this.#random, NONCE_CHARS)
  }

  /** A branch that `isOurs` recognises. */
  sealed(): string {
    const nonce = randomToken(this.#random, NONCE_CHARS)
    return COOKIE + nonce + this.#seal(nonce)
  }

  isOurs(branch: string): boolean {
    if (branch.length !== COOKIE.length + NONCE_CHARS + SEAL_CHARS || !branch.startsWith(COOKIE)) return false
    const nonce = branch.slice(COOKIE.length, COOKIE.length + NONCE_CHARS)
    return branch.slice(-SEAL_CHARS) === this.#seal(nonce)
  }

  #seal(nonce: string): string {
    return createHmac('sha256', this.#key).update(nonce).digest('base64url').slice(0, SEAL_CHARS)
  }
}
