/**
 * Messages to another thread, in batches. Waking a thread costs more than any message: what is urgent leaves at the
 * end of this turn, or under load together with what else is urgent within a few milliseconds, and takes along what is
 * not; what is not waits a frame for such company.
 */
import type { Clock, Timer } from '../base/index.ts'

/** From one urgent batch to the next: much less than a packet time. */
const SHARED_MS = 3
const UNHURRIED_MS = 20

export class Outbox<Message> {
  readonly #clock: Clock
  readonly #isUrgent: (message: Message) => boolean
  readonly #post: (messages: readonly Message[]) => void
  #messages: Message[] = []
  #postedMs = Number.NEGATIVE_INFINITY
  /** An urgent message is among them, and when they leave is settled. */
  #isLeaving = false
  #timer: Timer | undefined

  constructor(clock: Clock, isUrgent: (message: Message) => boolean, post: (messages: readonly Message[]) => void) {
    this.#clock = clock
    this.#isUrgent = isUrgent
    this.#post = post
  }

  put(message: Message): void {
    this.#messages.push(message)
    if (!this.#isUrgent(message)) this.#timer ??= this.#clock.after(UNHURRIED_MS, () => this.flush())
    else if (!this.#isLeaving) this.#leave()
  }

  /** Sends what there is, now. */
  flush(): void {
    this.#isLeaving = false
    this.#timer?.cancel()
    this.#timer = undefined
    if (this.#messages.length === 0) return
    const messages = this.#messages
    this.#messages = []
    this.#postedMs = this.#clock.now()
    this.#post(messages)
  }

  /** Drops what there is. */
  clear(): void {
    this.#messages = []
    this.flush()
  }

  #leave(): void {
    this.#isLeaving = true
    this.#timer?.cancel()
    this.#timer = undefined
    const waitMs = this.#postedMs + SHARED_MS - this.#clock.now()
    if (waitMs > 0) this.#timer = this.#clock.after(waitMs, () => this.flush())
    else queueMicrotask(() => this.flush())
  }
}
