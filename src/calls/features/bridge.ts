/**
 * Two legs joined, until one of them ends, the time is up, or the flow parts them.
 */
import type { Clock, Timer } from '../../base/index.ts'
import type { BridgeResult } from '../../flow/index.ts'
import type { MediaPort } from '../../media/index.ts'
import { InboundLeg } from '../inbound-leg.ts'
import type { Leg } from '../leg.ts'

export interface BridgeEnv {
  readonly clock: Clock
  readonly media: MediaPort
}

export class Bridge {
  readonly a: Leg
  readonly b: Leg
  readonly #env: BridgeEnv
  readonly #done: (result: BridgeResult) => void
  #timer: Timer | undefined
  #over = false

  /** `done` runs once, perhaps within `start`. */
  constructor(env: BridgeEnv, a: Leg, b: Leg, done: (result: BridgeResult) => void) {
    this.#env = env
    this.a = a
    this.b = b
    this.#done = done
  }

  /** Joins the legs; an inbound one that still rings is answered (rule R1). */
  start(limitMs: number | undefined): void {
    const { a, b } = this
    if (a instanceof InboundLeg && !a.ended) a.answer()
    if (a.ended || b.ended || !a.media || !b.media) {
      this.#finish({ result: 'failed', ...(a.ended ? { endedBy: a.id } : b.ended ? { endedBy: b.id } : {}) })
      return
    }
    this.#env.media.bridge(a.media.handle, b.media.handle)
    if (limitMs !== undefined) {
      this.#timer = this.#env.clock.after(limitMs, () => {
        this.#timer = undefined
        this.part('limit')
      })
    }
  }

  get timers(): number {
    return this.#timer ? 1 : 0
  }

  /** A leg has ended. */
  onLegEnded(leg: Leg): void {
    if (leg === this.a || leg === this.b) this.#finish({ result: 'ended', endedBy: leg.id })
  }

  part(result: 'ended' | 'limit'): void {
    if (this.#over) return
    if (this.a.media && !this.a.ended) this.#env.media.unbridge(this.a.media.handle)
    this.#finish({ result })
  }

  #finish(result: BridgeResult): void {
    if (this.#over) return
    this.#over = true
    this.#timer?.cancel()
    this.#timer = undefined
    this.#done(result)
  }
}
