/**
 * Messages to another thread, in batches. Waking a thread costs more than any message: what is urgent leaves at the
 * end of this turn and takes along what is not; what is not waits a frame for such company.
 */
import type { Clock, Timer } from '../base/index.ts'

const UNHURRIED_MS = 20

export class Outbox<Message> {
  readonly #clock: Clock
  readonly #isUrgent: (message: Message) => boolean
  readonly #post: (messages: readonly Message[]) => void
  #messages: Message[] = []
  #isLeaving = false
  #timer: Timer | undefined

  constructor(clock: Clock, isUrgent: (message: Message) => boolean, post: (messages: readonly Message[]) => void) {
    this.#clock = clock
    this.#isUrgent = isUrgent
    this.#post = post
  }

  put(message: Message): void {
    this.#messages.push(message)
    if (this.#isUrgent(message)) {
      if (this.#isLeaving) return
      this.#isLeaving = true
      queueMicrotask(() => this.flush())
    } else this.#timer ??= this.#clock.after(UNHURRIED_MS, () => this.flush())
  }

  /** Sends what there is, now. */
  flush(): void {
    this.#isLeaving = false
    this.#timer?.cancel()
    this.#timer = undefined
    if (this.#messages.length === 0) return
    const messages = this.#messages
    this.#messages = []
    this.#post(messages)
  }

  /** Drops what there is. */
  clear(): void {
    this.#messages = []
    this.flush()
  }
}
