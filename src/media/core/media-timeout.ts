/**
 * Notices that a leg has fallen silent. A packet only leaves the time behind: the one timer looks at it when it fires.
 */
import type { Clock, Timer } from '../../base/index.ts'

export interface Silence {
  /** When something valid was heard last. */
  heardMs(): number
  /** It has been too long. The watch has ended. */
  raise(): void
}

export class MediaTimeout {
  readonly #clock: Clock
  readonly #limitMs: number
  readonly #silence: Silence
  #timer: Timer | undefined

  /** `limitMs` 0: never. */
  constructor(clock: Clock, limitMs: number, silence: Silence) {
    this.#clock = clock
    this.#limitMs = limitMs
    this.#silence = silence
  }

  start(): void {
    if (this.#limitMs > 0 && !this.#timer) this.#arm(this.#limitMs)
  }

  /** Idempotent. */
  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #arm(delayMs: number): void {
    this.#timer = this.#clock.after(delayMs, () => {
      this.#timer = undefined
      const leftMs = this.#silence.heardMs() + this.#limitMs - this.#clock.now()
      if (leftMs > 0) this.#arm(leftMs)
      else this.#silence.raise()
    })
  }
}
