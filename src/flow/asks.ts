/**
 * What a session asks of its application and tells it: the requests, and the results they report.
 */
import type { Problem } from '../base/index.ts'
import { flowLimits } from './check.ts'
import type { HookEvent, LegInfo } from './port.ts'
import type { HookRef, HookReport } from './program.ts'
import { type GroupOutcome, legOf, type SessionState } from './state.ts'
import { emit, patch, type Turn } from './turn.ts'

const MINUTE_MS = 60_000

/** One more request; its reply will be known by the sequence number, which is then the state's. */
export function ask(turn: Turn, hook: HookRef, event: HookEvent, expect: 'none' | 'flow'): Turn {
  const { id, application, self, tag } = turn.state
  const sequence = turn.state.sequence + 1
  const request = { sessionId: id, sequence, application, hook, event, self, tag, expect }
  return emit(patch(turn, { sequence }), { type: 'ask', request })
}

/** Asks for a flow and rests until it is there. */
export function askFlow(turn: Turn, hook: HookRef, event: HookEvent, optional = false): Turn {
  const asked = ask(turn, hook, event, 'flow')
  return patch(asked, { rest: { on: 'reply', sequence: asked.state.sequence, hook, optional } })
}

/** Tells the status hook about a leg. */
export const notify = (turn: Turn, leg: LegInfo): Turn => tell(turn, { type: 'status', leg })

/** Tells the status hook that a reply could not be used. */
export const notifyProblem = (turn: Turn, hook: HookRef, message: string, problems: readonly Problem[]): Turn =>
  tell(turn, { type: 'problem', hook, message, problems })

function tell(turn: Turn, event: HookEvent): Turn {
  const { statusHook } = turn.state.application
  return statusHook ? ask(turn, statusHook, event, 'none') : turn
}

/** Counts a hook of an operation; undefined if there were too many within a minute of the session. */
export function admitHook(turn: Turn): Turn | undefined {
  const { hooksThisMinute } = turn.state
  if (hooksThisMinute >= flowLimits.hooksPerMinute) return undefined
  const counted = patch(turn, { hooksThisMinute: hooksThisMinute + 1 })
  return hooksThisMinute === 0 ? emit(counted, { type: 'start', name: 'minute', ms: MINUTE_MS }) : counted
}

/** The result that a hook reports, as far as it is known now. */
export function reportEvent(state: SessionState, report: HookReport): HookEvent {
  switch (report.type) {
    case 'redirect':
      return { type: 'redirect' }
    case 'play': {
      const task = state.activities[report.task]
      const outcome = task?.kind === 'play' ? task.outcome : undefined
      return { type: 'play', outcome: outcome ?? { result: 'stopped', playedMs: 0 } }
    }
    case 'gather': {
      const task = state.activities[report.task]
      const outcome = task?.kind === 'collect' ? task.outcome : undefined
      return { type: 'gather', outcome: outcome ?? { result: 'stopped', digits: '' } }
    }
    case 'dial':
      return dialEvent(state, report.group)
  }
}

const CANCELED = { type: 'dial', outcome: 'canceled', sipStatus: 487, message: 'canceled', durationMs: 0 } as const

function dialEvent(state: SessionState, name: string): HookEvent {
  const group = state.activities[name]
  const outcome = group?.kind === 'group' ? group.outcome : undefined
  if (!outcome) return CANCELED
  if (outcome.result === 'lost') {
    const { outcome: failure, sipStatus, message, leg } = outcome
    return { type: 'dial', outcome: failure, sipStatus, message, ...(leg && { leg }), durationMs: 0 }
  }
  const leg = legOf(state, outcome.leg.id) ?? outcome.leg
  if (wasAbandoned(state, outcome)) return { ...CANCELED, leg }
  const durationMs = leg.durationMs ?? 0
  if (joinOf(state, outcome) === 'failed') {
    const message = 'the answered leg could not be joined'
    return { type: 'dial', outcome: 'failed', sipStatus: leg.sipStatus, message, leg, durationMs }
  }
  return { type: 'dial', outcome: 'completed', sipStatus: leg.sipStatus, message: leg.sipReason, leg, durationMs }
}

type Won = Extract<GroupOutcome, { result: 'won' }>

/** The caller had gone by the time the callee answered. */
const wasAbandoned = ({ self }: SessionState, won: Won): boolean =>
  self.state === 'ended' && (won.bridge === undefined || self.outcome === 'canceled')

function joinOf(state: SessionState, won: Won): string | undefined {
  const bridge = won.bridge === undefined ? undefined : state.activities[won.bridge]
  return bridge?.kind === 'bridge' ? bridge.outcome?.result : undefined
}
