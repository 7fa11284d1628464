/**
 * What the waiting leg hears while a group rings: its own phone's ringing (180), music, early media of a single
 * target, or our ringback when it is answered already.
 */
import type { Log } from '../../base/index.ts'
import type { Alerting as AlertingSpec, Source } from '../../flow/index.ts'
import { InboundLeg } from '../inbound-leg.ts'
import type { Leg } from '../leg.ts'
import { loggable, Playback, type PlaybackEnv } from './playback.ts'

const RINGBACK: readonly Source[] = [{ kind: 'tone', name: 'ringback', durationMs: 60_000 }]

export interface AlertingEnv extends PlaybackEnv {
  readonly log: Log
}

export class Alerting {
  readonly #env: AlertingEnv
  readonly #spec: AlertingSpec
  readonly #leg: Leg
  #playback: Playback | undefined
  #relayed: Leg | undefined

  constructor(env: AlertingEnv, spec: AlertingSpec, leg: Leg) {
    this.#env = env
    this.#spec = spec
    this.#leg = leg
  }

  get playback(): Playback | undefined {
    return this.#playback
  }

  start(): void {
    if (!this.#spec.music || this.#leg.ended) return
    this.#openPath()
    this.#play(this.#spec.music)
  }

  /** Someone's phone rings. */
  ring(): void {
    if (this.#spec.music || this.#leg.ended) return
    if (isUnanswered(this.#leg)) this.#leg.ring()
    else this.#play(RINGBACK)
  }

  /** The single target sends media before it answers. */
  early(target: Leg): void {
    const { media } = target
    if (!this.#spec.relay || this.#spec.music || !media || this.#leg.ended) {
      this.ring()
      return
    }
    this.#playback?.stop()
    this.#openPath()
    const own = this.#leg.media
    if (!own) return
    this.#relayed = target
    this.#env.media.bridge(own.handle, media.handle)
  }

  /** `kept`: the target whose media stays joined. */
  stop(kept?: Leg): void {
    this.#playback?.stop()
    if (this.#relayed && this.#relayed !== kept && this.#leg.media && !this.#leg.ended) {
      this.#env.media.unbridge(this.#leg.media.handle)
    }
    this.#relayed = undefined
  }

  #openPath(): void {
    if (isUnanswered(this.#leg)) this.#leg.early()
  }

  #play(sources: readonly Source[]): void {
    const media = this.#leg.media
    if (!media || this.#playback) return
    this.#playback = new Playback(this.#env, media, { sources, times: 0 })
    this.#playback.start(({ result, message }) => {
      if (result === 'failed' && !this.#leg.ended) this.#doWithoutMusic(message)
    })
  }

  /** Who was promised music is not left in silence. */
  #doWithoutMusic(reason: string | undefined): void {
    this.#env.log.info({ leg: this.#leg.id }, `Music for a dial cannot be played: ${loggable(reason)}`)
    this.#playback = undefined
    this.#play(RINGBACK)
  }
}

const isUnanswered = (leg: Leg): leg is InboundLeg =>
  leg instanceof InboundLeg && !leg.answering && leg.info.state !== 'up'
