/**
 * One dial: makes the legs of a group, runs their race, lets the waiting leg hear it.
 */
import { type Clock, Machine } from '../../base/index.ts'
import type { CallEffect, LegInfo, Outcome, SessionEvent } from '../../flow/index.ts'
import { InboundLeg } from '../inbound-leg.ts'
import type { Leg, LegEnd } from '../leg.ts'
import type { LegPlan, OutboundLeg } from '../outbound-leg.ts'
import type { Directory } from '../ports.ts'
import { Alerting, type AlertingEnv } from './alerting.ts'
import {
  type DialGroupEffect,
  type DialGroupEvent,
  type DialGroupState,
  dialGroup,
  dialGroupStep,
  type EndReason,
  type LegFailure,
} from './dial-group.ts'
import { type PlanBase, planTargets } from './targets.ts'

export type Originate = Extract<CallEffect, { type: 'originate' }>

export interface DialEnv extends AlertingEnv {
  readonly clock: Clock
  readonly directory: Directory
  /** A new leg of the call, not started yet. */
  readonly addLeg: (plan: LegPlan) => OutboundLeg
  readonly leg: (id: string) => Leg | undefined
  readonly report: (event: Extract<SessionEvent, { type: 'group-won' | 'group-lost' }>) => void
}

const ENDS: Readonly<Record<EndReason, Partial<LegEnd>>> = {
  'ring-timeout': { outcome: 'no-answer', cause: 'ring timeout' },
  'lost-race': { outcome: 'canceled', cause: 'another leg answered' },
  'given-up': { outcome: 'canceled', cause: 'canceled' },
}

export class Dial {
  readonly #env: DialEnv
  readonly #effect: Originate
  readonly #base: PlanBase
  readonly #alerting: Alerting
  readonly #legs = new Set<string>()
  /** How legs ended: they are gone from the call before the last of them is. */
  readonly #ended = new Map<string, LegInfo>()
  #machine: Machine<DialGroupState, DialGroupEvent, 'ring', DialGroupEffect> | undefined
  #winner: string | undefined
  #canceled = false

  constructor(env: DialEnv, effect: Originate, waiting: Leg, base: PlanBase) {
    this.#env = env
    this.#effect = effect
    this.#base = base
    this.#alerting = new Alerting(env, effect.alerting, waiting)
  }

  /** The result is reported once, perhaps before this returns. */
  begin(): void {
    const base = this.#base
    if (base.maxForwards < 0) {
      this.#race([], [{ outcome: 'failed', sipStatus: 483, message: 'Too many hops' }])
      return
    }
    planTargets(this.#env.directory, this.#effect.targets, base, ({ plans, failures }) => {
      if (!this.#canceled) this.#race(plans, failures)
    })
  }

  get timers(): number {
    return this.#machine?.timers ?? 0
  }

  get alerting(): Alerting {
    return this.#alerting
  }

  has(leg: Leg): boolean {
    return this.#legs.has(leg.id)
  }

  /** A leg of this group changed. */
  onLegChange(leg: Leg): void {
    const { info } = leg
    if (leg.ended) this.#ended.set(leg.id, info)
    if (info.state === 'ringing' || info.state === 'early') {
      this.#machine?.dispatch({ type: 'progress', leg: leg.id, hasMedia: info.state === 'early' })
    } else if (info.state === 'up') this.#machine?.dispatch({ type: 'answered', leg: leg.id })
    else if (info.state === 'ended') this.#machine?.dispatch({ type: 'failed', ...failureOf(info) })
  }

  /** Ends what rings, and the winner unless `keepWinner`. Idempotent. */
  cancel(keepWinner: boolean): void {
    const isFirst = !this.#canceled
    this.#canceled = true
    if (this.#machine) this.#machine.dispatch({ type: 'cancel' })
    else if (isFirst) this.#lost({ outcome: 'canceled', sipStatus: 487, message: 'Canceled' })
    if (!keepWinner && this.#winner !== undefined) this.#env.leg(this.#winner)?.hangup({})
  }

  #race(plans: readonly LegPlan[], failures: readonly LegFailure[]): void {
    const legs = plans.map(plan => this.#env.addLeg(plan))
    for (const leg of legs) this.#legs.add(leg.id)
    const single = legs.length === 1 && failures.length === 0
    this.#machine = new Machine<DialGroupState, DialGroupEvent, 'ring', DialGroupEffect>(
      this.#env.clock,
      dialGroupStep,
      dialGroup([...this.#legs], failures, { ringTimeoutMs: this.#effect.ringTimeoutMs, single }),
      step => this.#perform(step),
    )
    if (legs.length > 0) this.#alerting.start()
    this.#machine.dispatch({ type: 'start' })
    for (const leg of legs) if (!leg.ended) leg.start()
  }

  #perform(effect: DialGroupEffect): void {
    switch (effect.type) {
      case 'end':
        this.#env.leg(effect.leg)?.hangup(ENDS[effect.why])
        break
      case 'alert':
        if (effect.kind === 'ring') this.#alerting.ring()
        else this.#early(effect.leg)
        break
      case 'won':
        this.#won(effect.leg)
        break
      case 'lost':
        this.#lost(effect)
        break
    }
  }

  #early(id: string): void {
    const leg = this.#env.leg(id)
    if (leg) this.#alerting.early(leg)
  }

  #won(id: string): void {
    const leg = this.#env.leg(id)
    if (!leg) return
    this.#winner = id
    this.#alerting.stop(leg)
    this.#env.report({ type: 'group-won', group: this.#effect.group, leg: leg.info })
  }

  #lost(failure: LegFailure): void {
    this.#alerting.stop()
    const leg =
      failure.leg === undefined ? undefined : (this.#ended.get(failure.leg) ?? this.#env.leg(failure.leg)?.info)
    this.#env.report({
      type: 'group-lost',
      group: this.#effect.group,
      outcome: failure.outcome,
      sipStatus: failure.sipStatus,
      message: failure.message,
      ...(leg === undefined ? {} : { leg }),
    })
  }
}

function failureOf(info: LegInfo): LegFailure {
  const outcome: Outcome = info.outcome ?? 'failed'
  return { leg: info.id, outcome, sipStatus: info.sipStatus, message: info.cause ?? info.sipReason }
}

/** Hops left for the legs that this one causes (RFC 3261 section 8.1.1.6); below 0: none may be made. */
export const hopsAfter = (leg: Leg): number => (leg instanceof InboundLeg ? leg.maxForwards - 1 : 70)
