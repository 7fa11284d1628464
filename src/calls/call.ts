/**
 * A call: a flow's session and the legs that it works with. Carries out the session's effects and tells it what
 * happens; everything that takes rules is in `features/`.
 */
import type { Clock } from '../base/index.ts'
import {
  type ApplicationInfo,
  type CallEffect,
  type CallPort,
  type LegId,
  Session,
  type SessionParams,
  type SessionPorts,
} from '../flow/index.ts'
import type { MediaEvent } from '../media/index.ts'
import { Bridge } from './features/bridge.ts'
import { Dial, hopsAfter, type Originate } from './features/dial.ts'
import type { PlaybackEnv } from './features/playback.ts'
import { Prompting } from './features/prompting.ts'
import { InboundLeg } from './inbound-leg.ts'
import type { Leg, LegEnv, LegOwner } from './leg.ts'
import { type LegPlan, OutboundLeg } from './outbound-leg.ts'
import type { CallRecords, Directory } from './ports.ts'
import { recordEnd } from './record.ts'

export interface CallEnv extends LegEnv, PlaybackEnv {
  readonly clock: Clock
  readonly directory: Directory
  readonly records: CallRecords
  readonly ask: SessionPorts['ask']
  readonly observe?: (call: Call, what: CallObservation) => void
}

/** What happens in a call, for traces and invariants. */
export type CallObservation =
  | { readonly type: 'session'; readonly event: object; readonly effects: readonly object[] }
  | { readonly type: 'leg'; readonly leg: Leg }
  /** Nothing is left of the leg. */
  | { readonly type: 'leg-gone'; readonly leg: Leg }

export class Call implements CallPort, LegOwner {
  readonly id: string
  readonly #env: CallEnv
  readonly #onGone: (call: Call) => void
  readonly #legs = new Map<LegId, Leg>()
  readonly #prompting: Prompting
  readonly #bridges = new Map<string, Bridge>()
  readonly #dials = new Map<string, Dial>()
  readonly #echoes = new Map<string, Leg>()
  #application: ApplicationInfo | undefined
  #session: Session | undefined
  #tag: Readonly<Record<string, unknown>> = {}
  #gone = false

  constructor(env: CallEnv, id: string, onGone: (call: Call) => void) {
    this.#env = env
    this.id = id
    this.#onGone = onGone
    this.#prompting = new Prompting(env, event => this.#session?.handle(event))
  }

  /** What the call is for: before it runs anything. */
  assign(application: ApplicationInfo, tag: Readonly<Record<string, unknown>>): void {
    this.#application = application
    this.#tag = tag
  }

  get legs(): Iterable<Leg> {
    return this.#legs.values()
  }

  /** Timers of features and session that are armed: for invariants. */
  get timers(): number {
    let timers = this.#session?.summary().timers ?? 0
    timers += this.#prompting.timers
    for (const bridge of this.#bridges.values()) timers += bridge.timers
    for (const dial of this.#dials.values()) timers += dial.timers
    return timers
  }

  /** Starts the flow for a leg of this call. */
  run(self: Leg, params: Pick<SessionParams, 'program' | 'limitMs'>): void {
    const application = this.#application
    if (!application) return
    const { clock, ask, observe } = this.#env
    this.#session = new Session(
      { id: this.id, application, self: self.info, tag: this.#tag, ...params },
      {
        clock,
        ask,
        calls: this,
        onFinished: () => this.#checkGone(),
        ...(observe && { observe: (event, effects) => observe(this, { type: 'session', event, effects }) }),
      },
    )
    this.#session.start()
  }

  /** Ends the whole call from outside. */
  hangup(cause: string): void {
    this.#session?.handle({ type: 'hangup', cause })
  }

  addLeg<T extends Leg>(leg: T): T {
    this.#legs.set(leg.id, leg)
    return leg
  }

  addOutbound(plan: LegPlan): OutboundLeg {
    const leg = this.addLeg(new OutboundLeg(this.#env, this, plan))
    this.record(leg, () => {})
    return leg
  }

  /** Writes the row that says that this leg exists. */
  record(leg: Leg, done: () => void): void {
    const startedAtMs = leg.startedAt.wallMs
    const applicationSid = this.#application?.sid ?? ''
    leg.recorded = true
    this.#env.records.started({ sessionId: this.id, leg: leg.info, applicationSid, startedAtMs }, done)
  }

  perform(effect: CallEffect): void {
    switch (effect.type) {
      case 'ring':
      case 'early':
      case 'answer':
      case 'reject':
        this.#respond(effect)
        break
      case 'hangup':
        this.#legs.get(effect.leg)?.hangup({}, Object.entries(effect.headers ?? {}))
        break
      case 'originate':
        this.#originate(effect)
        break
      case 'cancel-group':
        this.#dials.get(effect.group)?.cancel(false)
        break
      case 'play':
        this.#prompting.play(effect, this.#legs.get(effect.leg))
        break
      case 'collect':
        this.#prompting.collect(effect, this.#legs.get(effect.leg))
        break
      case 'stop':
        this.#stop(effect.task)
        break
      case 'bridge':
        this.#bridge(effect)
        break
      case 'unbridge':
        this.#bridges.get(effect.bridge)?.part('ended')
        break
      case 'echo':
        this.#echo(effect.task, effect.leg)
        break
      case 'tag':
        this.#tag = effect.tag
        break
      case 'end':
        this.#end(effect.status, effect.cause)
        break
      default:
        effect satisfies never
    }
  }

  onLegChange(leg: Leg): void {
    this.#env.observe?.(this, { type: 'leg', leg })
    this.#session?.handle({ type: 'leg', leg: leg.info })
    for (const dial of this.#dials.values()) if (dial.has(leg)) dial.onLegChange(leg)
    if (leg.ended) this.#legEnded(leg)
  }

  onLegDigit(leg: Leg, digit: string): void {
    this.#prompting.onDigit(leg, digit)
  }

  onLegMedia(leg: Leg, event: MediaEvent): void {
    this.#prompting.onMedia(leg, event)
    for (const dial of this.#dials.values()) dial.alerting.playback?.onMedia(event)
  }

  onLegGone(leg: Leg): void {
    this.#legs.delete(leg.id)
    this.#env.observe?.(this, { type: 'leg-gone', leg })
    if (leg.recorded) this.#env.records.ended(recordEnd(leg, this.#tag))
    this.#checkGone()
  }

  #respond(effect: Extract<CallEffect, { type: 'ring' | 'early' | 'answer' | 'reject' }>): void {
    const leg = this.#legs.get(effect.leg)
    if (!(leg instanceof InboundLeg)) return
    if (effect.type === 'ring') leg.ring(effect.alertInfo)
    else if (effect.type === 'early') leg.early()
    else if (effect.type === 'answer') leg.answer()
    else leg.reject(effect.status, {}, effect.reason, Object.entries(effect.headers ?? {}))
  }

  #originate(effect: Originate): void {
    const waiting = this.#legs.get(effect.for)
    if (!waiting) return
    const { clock, log, directory, media, prompts, tones, formats } = this.#env
    const callerName = effect.callerName ?? (effect.callerId === undefined ? waiting.info.callerName : undefined)
    const base = {
      callerId: effect.callerId ?? waiting.info.from,
      headers: effect.headers ?? {},
      maxForwards: hopsAfter(waiting),
      parentId: waiting.id,
      formats,
      ...(callerName === undefined ? {} : { callerName }),
      ...(waiting.media === undefined ? {} : { near: waiting.media.handle }),
    }
    const dial = new Dial(
      {
        clock,
        log,
        directory,
        media,
        prompts,
        tones,
        addLeg: plan => this.addOutbound(plan),
        leg: id => this.#legs.get(id),
        report: event => this.#session?.handle(event),
      },
      effect,
      waiting,
      base,
    )
    this.#dials.set(effect.group, dial)
    dial.begin()
  }

  #stop(task: string): void {
    this.#prompting.stop(task)
    const echoing = this.#echoes.get(task)
    this.#echoes.delete(task)
    if (echoing?.media && !echoing.ended) this.#env.media.unbridge(echoing.media.handle)
  }

  #bridge(effect: Extract<CallEffect, { type: 'bridge' }>): void {
    const a = this.#legs.get(effect.a)
    const b = this.#legs.get(effect.b)
    if (!a || !b) {
      this.#session?.handle({ type: 'bridged', bridge: effect.bridge, outcome: { result: 'failed' } })
      return
    }
    const bridge = new Bridge(this.#env, a, b, outcome => {
      this.#bridges.delete(effect.bridge)
      this.#session?.handle({ type: 'bridged', bridge: effect.bridge, outcome })
    })
    this.#bridges.set(effect.bridge, bridge)
    bridge.start(effect.limitMs)
  }

  #echo(task: string, id: LegId): void {
    const leg = this.#legs.get(id)
    if (!leg?.media || leg.ended) return
    this.#echoes.set(task, leg)
    this.#env.media.echo(leg.media.handle)
  }

  #end(status: number, cause: string | undefined): void {
    for (const dial of this.#dials.values()) dial.cancel(false)
    const why = cause === undefined ? {} : { cause }
    for (const leg of [...this.#legs.values()]) {
      const unanswered = leg instanceof InboundLeg && !leg.answering
      leg.hangup(unanswered ? { ...why, sipStatus: status } : why)
    }
    this.#checkGone()
  }

  #legEnded(leg: Leg): void {
    this.#prompting.onLegEnded(leg)
    for (const bridge of [...this.#bridges.values()]) bridge.onLegEnded(leg)
  }

  /** A call without legs, whose session is over, is forgotten. */
  #checkGone(): void {
    if (this.#gone || this.#legs.size > 0 || (this.#session && !this.#session.over)) return
    this.#gone = true
    this.#onGone(this)
  }
}
