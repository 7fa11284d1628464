/**
 * The three base timers of RFC 3261 table 4; every other one is derived from them.
 */
export interface SipTimers {
  /** Round-trip estimate. */
  readonly t1Ms: number
  /** Longest interval between retransmissions. */
  readonly t2Ms: number
  /** How long a message may stay in the network. */
  readonly t4Ms: number
}

export const DEFAULT_TIMERS: SipTimers = { t1Ms: 500, t2Ms: 4_000, t4Ms: 5_000 }

/** Timers B, F, H, J, L, M: how long a transaction may take, or must absorb. */
export const transactionTimeoutMs = (timers: SipTimers): number => 64 * timers.t1Ms

/** Timer D for unreliable transports: at least 32 s (RFC 3261 section 17.1.1.2). */
export const inviteLingerMs = (timers: SipTimers): number => Math.max(32_000, 64 * timers.t1Ms)

/** What a transaction machine needs to know of its surroundings. */
export interface TransactionEnv {
  readonly timers: SipTimers
  /** TCP and its kin: no retransmission, no lingering (RFC 3261 section 17.1.1.2). */
  readonly reliable: boolean
}
