/** Bounds of every hook request. */
export const hookLimits = {
  /** From its start, a flow request's from when it is asked, to the end of the retry. */
  totalMs: 10_000,
  /** Of that, for the first attempt: leaves the second a chance. */
  firstAttemptMs: 6_000,
  backoffMs: 250,
  /** How long a flow request waits for notifications before it: more than that they cannot hold up a call. */
  patienceMs: 500,
  /** Notifications of one session that may wait; beyond that the oldest is dropped. */
  waitingNotifications: 64,
  bodyBytes: 1_048_576,
} as const
