/**
 * Which nonce counts have been used (RFC 7616 section 3.4, `nc`): each at most once, in any order within a window,
 * since UDP delivers requests as it likes. Written only for requests with the right digest, so that strangers fill
 * nothing here.
 */

/** Counts below the highest that may still come. */
const WINDOW = 32

export interface NonceCountLimits {
  /** Nonces remembered at once. */
  readonly nonces: number
  /** How long a nonce may be used, in ms from its issue; older ones must not come here. */
  readonly lifetimeMs: number
}

interface Used {
  readonly issuedMs: number
  highest: number
  /** Bit n: `highest` - n has been used. */
  window: number
}

export class NonceCounts {
  readonly #limits: NonceCountLimits
  /** In the order of first use. */
  readonly #used = new Map<string, Used>()
  /** Nonces issued until then count as used up, unless they are in the table: some have been pushed out. */
  #forgottenMs = Number.NEGATIVE_INFINITY

  constructor(limits: NonceCountLimits) {
    this.#limits = limits
  }

  /** Nonces remembered. */
  get size(): number {
    return this.#used.size
  }

  /**
   * Whether this count of a genuine nonce is used for the first time; from now on it is not. False as well for what is
   * too far behind the highest, and for a nonce that may have been pushed out of the full table.
   */
  use(nonce: string, issuedMs: number, count: number, nowMs: number): boolean {
    const used = this.#used.get(nonce)
    if (used !== undefined) return useAgain(used, count)
    if (issuedMs <= this.#forgottenMs) return false
    this.#makeRoom(nowMs)
    this.#used.set(nonce, { issuedMs, highest: count, window: 1 })
    return true
  }

  #makeRoom(nowMs: number): void {
    for (const [nonce, { issuedMs }] of this.#used) {
      const expired = nowMs - issuedMs > this.#limits.lifetimeMs
      if (!expired && this.#used.size < this.#limits.nonces) return
      this.#used.delete(nonce)
      if (!expired) this.#forgottenMs = Math.max(this.#forgottenMs, issuedMs)
    }
  }
}

function useAgain(used: Used, count: number): boolean {
  const ahead = count - used.highest
  if (ahead > 0) {
    used.window = ahead < WINDOW ? (used.window << ahead) | 1 : 1
    used.highest = count
    return true
  }
  if (-ahead >= WINDOW) return false
  const bit = 1 << -ahead
  if ((used.window & bit) !== 0) return false
  used.window |= bit
  return true
}
