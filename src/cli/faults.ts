/**
 * Errors that nobody caught. One of them is the fault of one call, or of one request: what it was about has stopped in
 * the middle and will run into its own timers, and everybody else's calls must go on. So it is logged and counted, and
 * the switch stays. Many of them within a minute are another matter: then the switch itself is broken, and a fresh one
 * is better.
 */
import type { Clock, Log } from '../base/index.ts'

const MOST_PER_MINUTE = 20
const MINUTE_MS = 60_000

export class Faults {
  readonly #clock: Clock
  readonly #log: Log
  readonly #giveUp: () => void
  /** When each of the last minute came. */
  #timesMs: number[] = []
  /** Since the start. */
  total = 0

  /** `giveUp` is called with the first fault that is one too many, and each one after it. */
  constructor(clock: Clock, log: Log, giveUp: () => void) {
    this.#clock = clock
    this.#log = log
    this.#giveUp = giveUp
  }

  report(error: unknown): void {
    const nowMs = this.#clock.now()
    this.total++
    this.#timesMs = [...this.#timesMs.filter(timeMs => timeMs > nowMs - MINUTE_MS), nowMs]
    this.#log.error({ fault: error instanceof Error ? error.stack : String(error) }, 'A fault that nobody caught')
    if (this.#timesMs.length > MOST_PER_MINUTE) this.#giveUp()
  }
}
