/**
 * What a source has done wrong lately, and the ban that it costs: each longer than the one before.
 */

/** What somebody saw a source do. */
export type Conduct =
  /** Credentials that are wrong, with a nonce of ours: nobody can fake this from another address. */
  | 'wrong-credentials'
  /** Something asked of a user or service that is not there, or without any right to it. */
  | 'refused'
  /** Bytes that are no SIP. */
  | 'malformed'
  /** It was asked for credentials (not for a fresh nonce). Honest phones answer; who tries out names does not. */
  | 'challenged'
  /** A tool for break-ins by its own account. */
  | 'scanner'
  /** The right credentials. */
  | 'accepted'

export interface BanLimits {
  /** Offences within `windowMs` that cost a ban. */
  readonly offences: number
  /** Challenges without a login in between, within `windowMs`, that do: a whole office may start at once. */
  readonly unanswered: number
  readonly windowMs: number
  /** The first ban; the next one is twice as long. */
  readonly firstBanMs: number
  readonly longestBanMs: number
  /** So long after its last ban a source starts again with the first. */
  readonly forgetMs: number
}

export const DEFAULT_BANS: BanLimits = {
  offences: 10,
  unanswered: 60,
  windowMs: 60_000,
  firstBanMs: 60_000,
  longestBanMs: 86_400_000,
  forgetMs: 86_400_000,
}

/** The record of one source. */
export interface Offender {
  readonly windowStartMs: number
  readonly offences: number
  readonly unanswered: number
  /** Bans so far. */
  readonly bans: number
  readonly bannedUntilMs: number
}

export function unsuspected(nowMs: number): Offender {
  return { windowStartMs: nowMs, offences: 0, unanswered: 0, bans: 0, bannedUntilMs: Number.NEGATIVE_INFINITY }
}

/** The record with one more thing in it; `bannedUntilMs` lies ahead when that was one too many. */
export function judge(before: Offender, conduct: Conduct, limits: BanLimits, nowMs: number): Offender {
  const offender = forget(before, limits, nowMs)
  if (conduct === 'accepted') return { ...offender, unanswered: 0 }
  const offences = offender.offences + (conduct === 'challenged' ? 0 : 1)
  const unanswered = offender.unanswered + (conduct === 'challenged' ? 1 : 0)
  if (conduct !== 'scanner' && offences < limits.offences && unanswered < limits.unanswered) {
    return { ...offender, offences, unanswered }
  }
  const banMs = Math.min(limits.longestBanMs, limits.firstBanMs * 2 ** offender.bans)
  return { ...unsuspected(nowMs), bans: offender.bans + 1, bannedUntilMs: nowMs + banMs }
}

function forget(offender: Offender, limits: BanLimits, nowMs: number): Offender {
  const bans = nowMs - offender.bannedUntilMs > limits.forgetMs ? 0 : offender.bans
  if (nowMs - offender.windowStartMs < limits.windowMs) return { ...offender, bans }
  return { ...offender, windowStartMs: nowMs, offences: 0, unanswered: 0, bans }
}
