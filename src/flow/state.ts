/**
 * A session as data: one run of a flow for one leg. It can be printed, stored and replayed; secrets of the application
 * are in it, so what is shown to people is the summary.
 */
import type { TimerEffect, TimerEvent } from '../base/index.ts'
import type {
  ApplicationInfo,
  AskReply,
  AskRequest,
  BridgeResult,
  CallEffect,
  CollectResult,
  LegId,
  LegInfo,
  PlayResult,
  SessionEvent,
} from './port.ts'
import type { HookRef, Op, Outcome, Program } from './program.ts'

/** Operations of one block, and the index of the one that comes next. */
export interface Frame {
  readonly ops: readonly Op[]
  readonly next: number
}

export type HookOp = Extract<Op, { op: 'hook' }>

/** What an operation started, by its name in the program. Without an outcome it is still under way. */
export type Activity =
  | { readonly kind: 'play'; readonly outcome?: PlayResult }
  | { readonly kind: 'collect'; readonly outcome?: CollectResult }
  | { readonly kind: 'echo'; readonly stopped: boolean }
  | { readonly kind: 'bridge'; readonly outcome?: BridgeResult }
  | { readonly kind: 'group'; readonly outcome?: GroupOutcome }

export type GroupOutcome =
  /** `bridge` names the bridge that took the winner over. */
  | { readonly result: 'won'; readonly leg: LegInfo; readonly bridge?: string }
  | {
      readonly result: 'lost'
      readonly outcome: Outcome
      readonly sipStatus: number
      readonly message: string
      readonly leg?: LegInfo
    }

/**
 * What a session rests on; between events it always does.
 *
 *     start ─┬► call ─┬► running ◄──► reply, leg, activities
 *            └────────┘     ▲               │ interrupted, replaced or over
 *                           │               ▼
 *                           └─ program ── settle ──► legs ──► nothing
 */
export type Rest =
  | { readonly on: 'start' }
  /** Within a step only: the next operation is due. */
  | { readonly on: 'running' }
  /** An outbound leg is not up yet. */
  | { readonly on: 'call' }
  | { readonly on: 'leg'; readonly leg: LegId; readonly state: 'early' | 'up' | 'ended' }
  /** The first of these to be over; `timed` if a timer also ends the wait. */
  | { readonly on: 'activities'; readonly names: readonly string[]; readonly timed: boolean }
  /** The answer to the flow request `sequence`. */
  | { readonly on: 'reply'; readonly sequence: number; readonly hook: HookRef; readonly optional: boolean }
  /** The last results of a verb that was interrupted, for its `always` hooks; then the next program, or the end. */
  | {
      readonly on: 'settle'
      readonly hooks: readonly HookOp[]
      readonly program?: Program
      readonly timed: boolean
    }
  /** `end` has been said: the ends of the legs. */
  | { readonly on: 'legs' }
  | { readonly on: 'nothing' }

export interface SessionState {
  readonly id: string
  readonly application: ApplicationInfo
  /** Runs instead of what the call hook would bring. */
  readonly initial: Program | undefined
  /** From the answer of `self` to the forced end of the session. */
  readonly limitMs: number | undefined
  readonly self: LegInfo
  /** The other legs. */
  readonly legs: readonly LegInfo[]
  readonly tag: Readonly<Record<string, unknown>>
  readonly rest: Rest
  /** Innermost block last. */
  readonly frames: readonly Frame[]
  /** JSON path of the verb that runs. */
  readonly path: string | undefined
  /** Counts the programs of the session. */
  readonly generation: number
  /** By name within the running program. */
  readonly activities: Readonly<Record<string, Activity>>
  /** How the last dial went: says how an unanswered leg is refused (rule R2). */
  readonly lastDial: Outcome | undefined
  /** Of the last request. */
  readonly sequence: number
  readonly steps: number
  /** Hooks of operations since the minute timer was started. */
  readonly hooksThisMinute: number
  readonly fallbackUsed: boolean
}

export type TimerName = 'await' | 'settle' | 'linger' | 'limit' | 'minute' | `task ${string}`

export type FlowEvent =
  | SessionEvent
  | { readonly type: 'start' }
  | { readonly type: 'replied'; readonly sequence: number; readonly reply: AskReply }

export type FlowEffect =
  | { readonly type: 'call'; readonly effect: CallEffect }
  | { readonly type: 'ask'; readonly request: AskRequest }
  /** Nobody waits for that request any more. */
  | { readonly type: 'drop'; readonly sequence: number }
  /** Nothing of the session is left. */
  | { readonly type: 'finish' }

export type AnyEvent = FlowEvent | TimerEvent<TimerName>
export type AnyEffect = FlowEffect | TimerEffect<TimerName>

export interface SessionParams {
  /** UUID. */
  readonly id: string
  readonly application: ApplicationInfo
  /** Inbound: trying or ringing. Outbound: being set up. */
  readonly self: LegInfo
  /** Runs instead of asking the application's call hook. */
  readonly program?: Program
  readonly tag?: Readonly<Record<string, unknown>>
  /** Ends the session so long after `self` was answered. */
  readonly limitMs?: number
}

/** With every field: V8 makes a shape anew for each one that is added to a copy later on. */
export function startState(params: SessionParams): SessionState {
  const { id, application, self, program, tag = {}, limitMs } = params
  return {
    id,
    application,
    initial: program,
    limitMs,
    self,
    legs: [],
    tag,
    rest: { on: 'start' },
    frames: [],
    path: undefined,
    generation: 0,
    activities: {},
    lastDial: undefined,
    sequence: 0,
    steps: 0,
    hooksThisMinute: 0,
    fallbackUsed: false,
  }
}

/** A session for people and invariants: no digits, no secrets. */
export interface SessionSummary {
  readonly id: string
  readonly self: LegInfo['state']
  readonly rest: Rest['on']
  readonly path?: string
  /** Names of tasks, groups and bridges under way. */
  readonly open: readonly string[]
  /** Legs other than `self` that have not ended. */
  readonly openLegs: readonly LegId[]
  readonly sequence: number
  readonly steps: number
}

export function summaryOf(state: SessionState): SessionSummary {
  return {
    id: state.id,
    self: state.self.state,
    rest: state.rest.on,
    ...(state.path !== undefined && { path: state.path }),
    open: Object.keys(state.activities).filter(name => resultOf(state.activities[name]) === 'open'),
    openLegs: openLegs(state).map(leg => leg.id),
    sequence: state.sequence,
    steps: state.steps,
  }
}

/** What `branch` looks at; `open` while it is under way, undefined if there is no such thing. */
export function resultOf(activity: Activity | undefined): string | undefined {
  if (!activity) return undefined
  if (activity.kind === 'echo') return activity.stopped ? 'stopped' : 'open'
  return activity.outcome?.result ?? 'open'
}

export const openLegs = (state: SessionState): readonly LegInfo[] => state.legs.filter(leg => leg.state !== 'ended')

/** The leg as it is now; undefined for a leg that the session does not know. */
export const legOf = (state: SessionState, id: LegId): LegInfo | undefined =>
  id === state.self.id ? state.self : state.legs.find(leg => leg.id === id)

export const isAnswered = (leg: LegInfo): boolean => leg.state === 'up' || leg.state === 'ended'
