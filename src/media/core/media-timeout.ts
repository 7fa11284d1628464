/**
 * Notices that a leg has fallen silent. A packet only notes the time: the one timer looks at it when it fires.
 */
import type { Clock, Timer } from '../../base/index.ts'

const NEVER = -1

export class MediaTimeout {
  readonly #clock: Clock
  readonly #limitMs: number
  readonly #raise: () => void
  #watching = true
  #heardMs = NEVER
  #timer: Timer | undefined

  /** `limitMs` 0: never. `raise` may run again, each time that packets came and stopped. */
  constructor(clock: Clock, limitMs: number, raise: () => void) {
    this.#clock = clock
    this.#limitMs = limitMs
    this.#raise = raise
  }

  heard(nowMs: number): void {
    this.#heardMs = nowMs
    if (this.#timer === undefined && this.#watching && this.#limitMs > 0) this.#arm(this.#limitMs)
  }

  /** Off while the far end is asked not to send. On again, it gets the full time to start. */
  watch(watching: boolean): void {
    if (watching === this.#watching) return
    this.#watching = watching
    if (!watching) this.close()
    else if (this.#heardMs !== NEVER) this.heard(this.#clock.now())
  }

  /** Idempotent. */
  close(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #arm(delayMs: number): void {
    this.#timer = this.#clock.after(delayMs, () => {
      this.#timer = undefined
      const leftMs = this.#heardMs + this.#limitMs - this.#clock.now()
      if (leftMs > 0) this.#arm(leftMs)
      else this.#raise()
    })
  }
}
