/**
 * Every call of the switch: takes the incoming ones, places others, knows which are alive.
 */
import { type Counter, type Metrics, type Problem, timeUuid } from '../base/index.ts'
import type { ApplicationInfo, LegInfo, Program, Target } from '../flow/index.ts'
import type { LegHandle, MediaEvent } from '../media/index.ts'
import type { IncomingCall, IncomingCallDelegate } from '../sip/index.ts'
import { Call, type CallEnv } from './call.ts'
import { planTargets } from './features/targets.ts'
import { InboundLeg, warning } from './inbound-leg.ts'
import type { Destination, Routes } from './ports.ts'

export interface CallsEnv extends Omit<CallEnv, 'register'> {
  readonly routes: Routes
  readonly metrics: Metrics
}

/** A call to be placed by us. */
export interface Placement {
  readonly target: Target
  readonly application: ApplicationInfo
  /** Runs once the call is answered, in place of the application's call hook. */
  readonly program?: Program
  readonly callerId: string
  readonly callerName?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly ringTimeoutMs: number
  readonly limitMs?: number
  readonly tag?: Readonly<Record<string, unknown>>
}

export type Placed = { readonly ok: true; readonly leg: LegInfo } | { readonly ok: false; readonly problem: Problem }

const MAX_FORWARDS = 70

export class Calls {
  readonly #env: CallEnv
  readonly #routes: Routes
  readonly #calls = new Map<string, Call>()
  readonly #media = new Map<LegHandle, (event: MediaEvent) => void>()
  readonly #counter: Counter

  constructor(env: CallsEnv) {
    const { routes, metrics, ...rest } = env
    this.#env = { ...rest, register: (handle, listener) => this.#media.set(handle, listener) }
    this.#routes = routes
    this.#counter = metrics.counter('cordboard_calls_total', 'Calls by direction', ['direction'])
    metrics.gauge('cordboard_calls', 'Calls that are alive', () => this.#calls.size)
    env.signaling.onInvite = call => this.#onInvite(call)
    env.media.onEvent = event => this.#onMedia(event)
  }

  get size(): number {
    return this.#calls.size
  }

  *[Symbol.iterator](): IterableIterator<Call> {
    yield* this.#calls.values()
  }

  /** Media handles of legs that are not gone. */
  get mediaLegs(): number {
    return this.#media.size
  }

  find(id: string): Call | undefined {
    return this.#calls.get(id)
  }

  /** Calls someone and runs a flow when they answer. `done` runs once, perhaps before this returns. */
  place(placement: Placement, done: (placed: Placed) => void): void {
    const { target, application, callerId, callerName, headers = {}, tag = {} } = placement
    const base = {
      callerId,
      headers,
      maxForwards: MAX_FORWARDS,
      formats: this.#env.formats,
      ...(callerName === undefined ? {} : { callerName }),
    }
    planTargets(this.#env.directory, [target], base, ({ plans, failures }) => {
      const [plan] = plans
      if (!plan) {
        const message = failures[0]?.message ?? 'Nobody to ring'
        done({ ok: false, problem: { path: target.path, code: 'unreachable-target', message } })
        return
      }
      this.#counter.add({ direction: 'outbound' })
      const call = this.#add()
      call.assign(application, tag)
      const leg = call.addOutbound(plan)
      const { program, limitMs, ringTimeoutMs } = placement
      call.run(leg, { ...(program && { program }), ...(limitMs === undefined ? {} : { limitMs }) })
      leg.start()
      leg.endUnanswered(ringTimeoutMs)
      done({ ok: true, leg: leg.info })
    })
  }

  #add(): Call {
    const { random, clock } = this.#env
    const call = new Call(this.#env, timeUuid(random, clock.wallMs()), gone => this.#calls.delete(gone.id))
    this.#calls.set(call.id, call)
    return call
  }

  #onInvite(incoming: IncomingCall): IncomingCallDelegate {
    this.#counter.add({ direction: 'inbound' })
    const call = this.#add()
    const leg = call.addLeg(new InboundLeg(this.#env, call, incoming))
    const fault = leg.checkOffer()
    if (fault) leg.reject(fault.status, { outcome: 'failed', cause: fault.message }, undefined, warning(fault.message))
    else {
      const { from, to } = leg.info
      this.#routes.destination({ from, to, source: incoming.source }, found => this.#connect(call, leg, found))
    }
    return leg
  }

  /** The row that says that this call exists comes before its first provisional response. */
  #connect(call: Call, leg: InboundLeg, destination: Destination): void {
    if (leg.ended) return
    if (!destination.ok) {
      const { status, reason } = destination
      this.#env.log.info({ leg: leg.id, from: leg.info.from, to: leg.info.to, status }, `Call refused: ${reason}`)
      leg.reject(status, { outcome: 'failed', cause: reason })
      return
    }
    const { application, program } = destination
    call.assign(application, {})
    call.record(leg, () => {
      if (!leg.ended) call.run(leg, program === undefined ? {} : { program })
    })
  }

  #onMedia(event: MediaEvent): void {
    if (event.type === 'worker-lost') {
      this.#env.log.error({ legs: event.legs.length }, `A media worker ended: ${event.message}`)
      for (const handle of event.legs) this.#deliver(handle, event)
    } else this.#deliver(event.leg, event)
  }

  #deliver(handle: LegHandle, event: MediaEvent): void {
    const listener = this.#media.get(handle)
    if (event.type === 'closed' || event.type === 'open-failed' || event.type === 'worker-lost')
      this.#media.delete(handle)
    listener?.(event)
  }
}
