/**
 * Legs that race to answer, as a pure machine (rules R3 to R6).
 *
 *                       answered: cancel the others
 *     ringing ─────────────────────────────────────▶ won
 *        │ last leg failed, ring timer, cancel
 *        └──────▶ lost          a leg that still answers in won or lost is released
 */
import type { Step, TimerEffect, TimerEvent } from '../../base/index.ts'
import type { LegId, Outcome } from '../../flow/index.ts'
import { outcomeRank } from '../outcome.ts'

export interface LegFailure {
  readonly outcome: Outcome
  readonly sipStatus: number
  readonly message: string
  /** Absent when the target could not be tried at all. */
  readonly leg?: LegId
}

export type DialGroupState =
  | {
      readonly name: 'ringing'
      readonly ringTimeoutMs: number
      readonly open: readonly LegId[]
      readonly best: LegFailure | undefined
      /** What the waiting leg was told last. */
      readonly alert: 'none' | 'ring' | 'early'
      /** A single target: its early media may be relayed. */
      readonly single: boolean
    }
  | { readonly name: 'won' }
  | { readonly name: 'lost' }

export type DialGroupEvent =
  | { readonly type: 'start' }
  | { readonly type: 'progress'; readonly leg: LegId; readonly hasMedia: boolean }
  | { readonly type: 'answered'; readonly leg: LegId }
  | ({ readonly type: 'failed' } & LegFailure)
  /** The waiting leg has gone, or the flow gave up. */
  | { readonly type: 'cancel' }
  | TimerEvent<'ring'>

/** Why a leg is ended by its group. */
export type EndReason = 'lost-race' | 'ring-timeout' | 'given-up'

export type DialGroupEffect =
  /** CANCEL, or BYE if it has answered. */
  | { readonly type: 'end'; readonly leg: LegId; readonly why: EndReason }
  | { readonly type: 'alert'; readonly kind: 'ring' }
  | { readonly type: 'alert'; readonly kind: 'early'; readonly leg: LegId }
  | { readonly type: 'won'; readonly leg: LegId }
  | ({ readonly type: 'lost' } & LegFailure)
  | TimerEffect<'ring'>

type Result = Step<DialGroupState, DialGroupEffect>
type Ringing = DialGroupState & { readonly name: 'ringing' }

const WON: DialGroupState = { name: 'won' }
const LOST: DialGroupState = { name: 'lost' }
const NOBODY: LegFailure = { outcome: 'failed', sipStatus: 404, message: 'Nobody to ring' }

/** `failures` are targets that could not be tried. */
export function dialGroup(
  legs: readonly LegId[],
  failures: readonly LegFailure[],
  options: { readonly ringTimeoutMs: number; readonly single: boolean },
): DialGroupState {
  return {
    name: 'ringing',
    ringTimeoutMs: options.ringTimeoutMs,
    open: legs,
    best: failures.reduce<LegFailure | undefined>(moreTelling, undefined),
    alert: 'none',
    single: options.single,
  }
}

export function dialGroupStep(state: DialGroupState, event: DialGroupEvent): Result {
  if (state.name !== 'ringing') {
    const why = state.name === 'won' ? 'lost-race' : 'given-up'
    return [state, event.type === 'answered' ? [{ type: 'end', leg: event.leg, why }] : []]
  }
  switch (event.type) {
    case 'start':
      if (state.open.length === 0) return lost(state.best ?? NOBODY)
      return [state, [{ type: 'start', name: 'ring', ms: state.ringTimeoutMs }]]
    case 'progress':
      return progress(state, event)
    case 'answered':
      return [
        WON,
        [
          { type: 'stop', name: 'ring' },
          ...endAll(
            state.open.filter(leg => leg !== event.leg),
            'lost-race',
          ),
          { type: 'won', leg: event.leg },
        ],
      ]
    case 'failed':
      return failed(state, event)
    case 'cancel':
      return [
        LOST,
        [
          { type: 'stop', name: 'ring' },
          ...endAll(state.open, 'given-up'),
          { type: 'lost', outcome: 'canceled', sipStatus: 487, message: 'Canceled', ...firstLeg(state) },
        ],
      ]
    case 'timer':
      return ringTimeout(state)
  }
}

function progress(state: Ringing, { leg, hasMedia }: { readonly leg: LegId; readonly hasMedia: boolean }): Result {
  if (hasMedia && state.single) {
    return state.alert === 'early'
      ? [state, []]
      : [{ ...state, alert: 'early' }, [{ type: 'alert', kind: 'early', leg }]]
  }
  return state.alert === 'none' ? [{ ...state, alert: 'ring' }, [{ type: 'alert', kind: 'ring' }]] : [state, []]
}

function failed(state: Ringing, { type: _, ...failure }: { readonly type: 'failed' } & LegFailure): Result {
  const open = state.open.filter(leg => leg !== failure.leg)
  const best = moreTelling(state.best, failure)
  if (open.length > 0) return [{ ...state, open, best }, []]
  const [next, effects] = lost(best)
  return [next, [{ type: 'stop', name: 'ring' }, ...effects]]
}

/** What rang in vain is no-answer with 487; a busy or declining leg before is still more telling. */
function ringTimeout(state: Ringing): Result {
  const unanswered: LegFailure = { outcome: 'no-answer', sipStatus: 487, message: 'Ring timeout', ...firstLeg(state) }
  const [next, effects] = lost(moreTelling(state.best, unanswered))
  return [next, [...endAll(state.open, 'ring-timeout'), ...effects]]
}

const lost = (failure: LegFailure): Result => [LOST, [{ type: 'lost', ...failure }]]

const endAll = (legs: readonly LegId[], why: EndReason): DialGroupEffect[] =>
  legs.map(leg => ({ type: 'end', leg, why }))

const firstLeg = (state: Ringing): { leg?: LegId } => (state.open[0] === undefined ? {} : { leg: state.open[0] })

function moreTelling(best: LegFailure | undefined, failure: LegFailure): LegFailure {
  return best && outcomeRank(best.outcome) <= outcomeRank(failure.outcome) ? best : failure
}
