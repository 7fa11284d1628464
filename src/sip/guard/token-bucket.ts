/**
 * A rate with room for bursts: each message takes a token, tokens come back with time.
 */
export interface Rate {
  readonly perSecond: number
  /** Tokens at most, and at first. */
  readonly burst: number
}

export interface TokenBucket {
  tokens: number
  /** When `tokens` was right, in ms of the clock. */
  atMs: number
}

export function fullBucket(rate: Rate, nowMs: number): TokenBucket {
  return { tokens: rate.burst, atMs: nowMs }
}

/** Takes one token, if there is one. */
export function takeToken(bucket: TokenBucket, rate: Rate, nowMs: number): boolean {
  const refilled = bucket.tokens + ((nowMs - bucket.atMs) / 1_000) * rate.perSecond
  bucket.tokens = Math.min(rate.burst, refilled)
  bucket.atMs = nowMs
  if (bucket.tokens < 1) return false
  bucket.tokens--
  return true
}
