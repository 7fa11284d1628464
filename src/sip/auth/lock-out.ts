/**
 * Wrong passwords cost time: counted for a user and a source together, so that who guesses locks out himself and not
 * the user whom he attacks. An attacker who wants a pair forgotten early must fail as often as the table is large,
 * which the guard does not let him.
 */
import type { Clock } from '../../base/index.ts'
import { sourceKey } from '../address-key.ts'
import { RecentMap } from '../recent-map.ts'

export interface LockOutLimits {
  /** Wrong passwords that cost nothing. */
  readonly freeFailures: number
  /** The first lock; each wrong password after it doubles it. */
  readonly firstMs: number
  readonly longestMs: number
  /** A pair without a wrong password for so long after its lock is forgiven. */
  readonly forgetMs: number
  /** Pairs remembered. */
  readonly pairs: number
}

export const DEFAULT_LOCK_OUT: LockOutLimits = {
  freeFailures: 4,
  firstMs: 10_000,
  longestMs: 3_600_000,
  forgetMs: 3_600_000,
  pairs: 10_000,
}

interface Failures {
  count: number
  lockedUntilMs: number
}

export class LockOut {
  readonly #clock: Clock
  readonly #limits: LockOutLimits
  readonly #pairs: RecentMap<string, Failures>

  constructor(clock: Clock, limits: LockOutLimits = DEFAULT_LOCK_OUT) {
    this.#clock = clock
    this.#limits = limits
    this.#pairs = new RecentMap(limits.pairs)
  }

  /** Pairs remembered. */
  get size(): number {
    return this.#pairs.size
  }

  /** How much longer this user is refused from this address whatever the password, in ms; 0 when he is not. */
  lockedForMs(user: string, address: string): number {
    const until = this.#pairs.peek(pairKey(user, address))?.lockedUntilMs ?? 0
    return Math.max(0, until - this.#clock.now())
  }

  /** A wrong password. Returns the lock that it costs, in ms, maybe 0. Attempts during a lock must not come here. */
  failed(user: string, address: string): number {
    const { firstMs, forgetMs, freeFailures, longestMs } = this.#limits
    const key = pairKey(user, address)
    const now = this.#clock.now()
    const known = this.#pairs.get(key)
    const forgiven = known === undefined || now - known.lockedUntilMs > forgetMs
    const count = forgiven ? 1 : known.count + 1
    const lockMs = count > freeFailures ? Math.min(longestMs, firstMs * 2 ** (count - freeFailures - 1)) : 0
    this.#pairs.set(key, { count, lockedUntilMs: now + lockMs })
    return lockMs
  }

  /** The right password: the pair has a clean record. */
  succeeded(user: string, address: string): void {
    this.#pairs.delete(pairKey(user, address))
  }
}

/** An address has no space in it. */
const pairKey = (user: string, address: string): string => `${sourceKey(address)} ${user}`
