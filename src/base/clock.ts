/**
 * Time as an argument: the only place that reads a clock or arms a timer.
 */
// The global of the same name is looked up at every use.
import { performance } from 'node:perf_hooks'

export interface Timer {
  /** Idempotent; a cancelled timer never runs. */
  cancel(): void
}

export interface Clock {
  /** Monotonic milliseconds from an arbitrary start; may have a fraction. */
  now(): number
  /** Milliseconds since 1970-01-01 UTC. For CDRs, tokens and logs only: it may jump. */
  wallMs(): number
  /** Runs once after `delayMs`; 0 means the next turn, never synchronously. */
  after(delayMs: number, run: () => void): Timer
}

class SystemTimer implements Timer {
  readonly #handle: NodeJS.Timeout

  constructor(delayMs: number, run: () => void) {
    this.#handle = setTimeout(run, delayMs)
  }

  cancel(): void {
    clearTimeout(this.#handle)
  }
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wallMs: () => Date.now(),
  after: (delayMs, run) => new SystemTimer(delayMs, run),
}
