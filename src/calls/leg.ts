/**
 * A leg: one SIP dialog with its media, from the first message to the last. It outlives what happens to it: trace,
 * record and media belong to the leg, and a call is a set of legs.
 */
import type { Clock, Log, Random } from '../base/index.ts'
import type { LegId, LegInfo, Outcome } from '../flow/index.ts'
import type { LegStatistics, MediaEvent } from '../media/index.ts'
import type { FormatRecord } from '../sdp/index.ts'
import type {
  DialogDelegate,
  DialogEnd,
  HeaderPairs,
  IncomingReinvite,
  IncomingRequest,
  SignalingPort,
} from '../sip/index.ts'
import { type DigitHearing, type DigitSource, endDigit, hearDigit, startHearing } from './features/digit-sources.ts'
import { digitOfInfo } from './features/info-digit.ts'
import { LegMedia, type LegMediaEnv, type LegMediaOptions } from './leg-media.ts'

export interface LegEnv extends LegMediaEnv {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly signaling: SignalingPort
  readonly formats: readonly FormatRecord[]
}

/** One owner: the call. */
export interface LegOwner {
  /** The leg's snapshot changed. */
  onLegChange(leg: Leg): void
  onLegDigit(leg: Leg, digit: string): void
  onLegMedia(leg: Leg, event: MediaEvent): void
  /** Nothing is left of it on the wire or in the media core. Once, after its end. */
  onLegGone(leg: Leg): void
}

export interface LegEnd {
  readonly outcome: Outcome
  readonly endedBy: 'caller' | 'callee' | 'switch'
  readonly cause: string
  readonly sipStatus?: number
  readonly sipReason?: string
}

export abstract class Leg implements DialogDelegate {
  readonly id: LegId
  readonly startedAt: { readonly wallMs: number; readonly ms: number }
  /** Set when the peer never answered our BYE: `timer F on BYE`. */
  unreleased: string | undefined
  /** Its row exists. */
  recorded = false
  ringingAtMs: number | undefined
  answeredAt: { readonly wallMs: number; readonly ms: number } | undefined
  endedAt: { readonly wallMs: number; readonly ms: number } | undefined
  statistics: LegStatistics | undefined
  protected readonly env: LegEnv
  protected readonly owner: LegOwner
  #info: LegInfo
  #media: LegMedia | undefined
  #mediaGone = true
  #signalingGone = false
  #reported = false
  #hearing: DigitHearing = startHearing

  protected constructor(env: LegEnv, owner: LegOwner, info: LegInfo) {
    this.env = env
    this.owner = owner
    this.id = info.id
    this.#info = info
    this.startedAt = this.moment()
  }

  get info(): LegInfo {
    return this.#info
  }

  get ended(): boolean {
    return this.#info.state === 'ended'
  }

  get media(): LegMedia | undefined {
    return this.#media
  }

  /** Who the peer is to a call: for `endedBy`. */
  protected abstract readonly peer: 'caller' | 'callee'

  /** BYE, CANCEL or a final response, by state. Idempotent. */
  abstract hangup(end: Partial<LegEnd>, headers?: HeaderPairs): void

  onEnd(end: DialogEnd): void {
    if (end.cause === 'bye') this.finish({ outcome: 'completed', endedBy: this.peer, cause: 'BYE' })
    else this.finish({ outcome: 'failed', endedBy: 'switch', cause: describeEnd(end) })
    this.signalingGone()
  }

  onReleased({ timer }: { readonly timer?: string }): void {
    if (timer !== undefined) {
      this.unreleased = `timer ${timer} on BYE`
      this.env.log.info({ leg: this.id, timer }, 'BYE was not answered')
    }
    this.signalingGone()
  }

  onReinvite(request: IncomingReinvite): void {
    const media = this.#media
    if (!media) {
      request.reject(488)
      return
    }
    if (!request.body) {
      request.answer(media.offer())
      return
    }
    const offer = media.read(request.body)
    if (offer.ok) request.answer(media.answer(offer))
    else request.reject(offer.status, offer.message)
  }

  onAckBody(body: { readonly contentType: string; readonly bytes: Uint8Array }): void {
    const fault = this.#media?.accept(body)
    if (fault) this.hangup({ outcome: 'failed', cause: `answer in ACK: ${fault.message}` })
  }

  onRequest(request: IncomingRequest): void {
    if (request.method !== 'INFO') {
      request.respond(405, { headers: [['Allow', 'INVITE, ACK, BYE, CANCEL, OPTIONS, INFO']] })
      return
    }
    const digit = request.body && digitOfInfo(request.body)
    if (request.body && digit === undefined) {
      request.respond(415, { headers: [['Accept', 'application/dtmf-relay, application/dtmf']] })
      return
    }
    request.respond(200)
    if (digit) this.#digit(digit, 'info')
  }

  protected openMedia(options: LegMediaOptions): LegMedia {
    if (this.#media) return this.#media
    this.#mediaGone = false
    this.#media = new LegMedia(this.env, options, event => this.#onMedia(event))
    return this.#media
  }

  protected change(changes: Partial<LegInfo>): void {
    this.note(changes)
    this.owner.onLegChange(this)
  }

  /**
   * What is known now and interests nobody yet: it goes along with the next change. Of what changes in every call,
   * nothing is new here: V8 makes a shape anew for each field that is added to a copy, so legs begin with all of it.
   */
  protected note(changes: Partial<LegInfo>): void {
    this.#info = { ...this.#info, ...changes }
  }

  protected moment(): { wallMs: number; ms: number } {
    return { wallMs: this.env.clock.wallMs(), ms: this.env.clock.now() }
  }

  protected up(changes: Partial<LegInfo> = {}): void {
    this.answeredAt ??= this.moment()
    this.change({ ...changes, state: 'up' })
  }

  /** The end, once: later reasons are consequences of the first. */
  protected finish(end: LegEnd): void {
    if (this.ended) return
    this.endedAt = this.moment()
    const durationMs = this.answeredAt ? this.endedAt.ms - this.answeredAt.ms : 0
    this.#media?.close()
    this.change({
      state: 'ended',
      outcome: end.outcome,
      endedBy: end.endedBy,
      cause: end.cause,
      durationMs,
      ...(end.sipStatus === undefined ? {} : { sipStatus: end.sipStatus }),
      ...(end.sipReason === undefined ? {} : { sipReason: end.sipReason }),
    })
    this.#gone()
  }

  /** Nothing more comes from the signalling. */
  protected signalingGone(): void {
    this.#signalingGone = true
    this.#gone()
  }

  #onMedia(event: MediaEvent): void {
    switch (event.type) {
      case 'digit':
        this.#digit(event.digit, event.source)
        break
      case 'digit-end':
        this.#hearing = endDigit(this.#hearing, event.digit, this.env.clock.now())
        break
      case 'timeout':
        this.hangup({ outcome: 'failed', cause: 'media_timeout' })
        break
      case 'open-failed':
        this.#mediaGone = true
        this.#gone()
        break
      case 'closed':
        this.statistics = event.statistics
        this.#mediaGone = true
        this.#gone()
        break
      case 'worker-lost':
        this.#mediaGone = true
        this.hangup({ outcome: 'error', cause: 'media_worker_lost' })
        this.#gone()
        break
      default:
        break
    }
    this.owner.onLegMedia(this, event)
  }

  #digit(digit: string, source: DigitSource): void {
    const { hearing, isNew } = hearDigit(this.#hearing, digit, source, this.env.clock.now())
    this.#hearing = hearing
    if (isNew) this.owner.onLegDigit(this, digit)
  }

  #gone(): void {
    if (this.#reported || !this.ended || !this.#mediaGone || !this.#signalingGone) return
    this.#reported = true
    this.owner.onLegGone(this)
  }
}

function describeEnd(end: DialogEnd): string {
  if (end.cause === 'timeout') return `timer ${end.timer} on ${end.method}`
  return end.cause === 'gone' ? `${end.status} in the dialog` : 'BYE'
}
