/**
 * How what runs is taken down, by a program that replaces it or at the end of the session (rules R2 and R6).
 */
import { ask, reportEvent } from './asks.ts'
import type { LegId } from './port.ts'
import type { Outcome, Program } from './program.ts'
import { type Activity, type HookOp, legOf, openLegs, type Rest, resultOf, type SessionState } from './state.ts'
import { command, emit, globalName, patch, stopWaiting, type Turn } from './turn.ts'

/** For the last results of a verb that was interrupted. */
const SETTLE_MS = 2_000
/** For the ends of the legs: longer than a BYE can take on a dead path (64·T1, RFC 3261 section 17.1.2.2). */
const LINGER_MS = 40_000

/** Rule R2: how an unanswered leg is refused, by how the last dial went. */
export function refusalStatus(lastDial: Outcome | undefined): number {
  switch (lastDial) {
    case 'busy':
      return 486
    case 'declined':
      return 603
    case 'failed':
      return 502
    case 'error':
      return 500
    case 'no-answer':
    case 'canceled':
    case 'completed':
    case undefined:
      return 480
  }
}

/** Says `end`, once; what is still to be reported is then awaited. */
export function endFlow(turn: Turn, status: number, cause?: string): Turn {
  if (isEnding(turn.state.rest)) return turn
  const unlimited = turn.state.limitMs === undefined ? turn : emit(turn, { type: 'stop', name: 'limit' })
  const ended = command(release(unlimited), { type: 'end', status, ...(cause !== undefined && { cause }) })
  return settle(ended, { hooks: hooksLeft(turn.state) })
}

/** Takes down what runs, except `self`, and goes on with another program. */
export function replaceFlow(turn: Turn, program: Program): Turn {
  const { state } = turn
  if (isEnding(state.rest)) return turn
  const dropped = state.rest.on === 'reply' ? emit(turn, { type: 'drop', sequence: state.rest.sequence }) : turn
  const alone = winnersUp(state).reduce((next, leg) => command(next, { type: 'hangup', leg }), release(dropped))
  return settle(alone, { hooks: hooksLeft(state), program })
}

/** Sends what was still to be reported and goes on: with the next program, or to the end. */
export function leaveSettle(turn: Turn, { hooks, program }: Extract<Rest, { on: 'settle' }>): Turn {
  const reported = hooks.reduce(
    (next, { hook, report }) => ask(next, hook, reportEvent(next.state, report), 'none'),
    stopWaiting(turn),
  )
  if (program) return startProgram(reported, program)
  const lingering = emit(reported, { type: 'start', name: 'linger', ms: LINGER_MS })
  return patch(lingering, { rest: { on: 'legs' }, activities: {}, frames: [] })
}

export function startProgram(turn: Turn, program: Program): Turn {
  const { generation } = turn.state
  return patch(turn, {
    rest: { on: 'running' },
    generation: generation + 1,
    frames: [{ ops: program.ops, next: 0 }],
    activities: {},
    legs: openLegs(turn.state),
  })
}

/** True when every dial that the hooks report is over, and the leg that it won too. */
export function isSettled(state: SessionState, hooks: readonly HookOp[]): boolean {
  return hooks.every(({ report }) => {
    if (report.type !== 'dial') return true
    const group = state.activities[report.group]
    if (group?.kind !== 'group') return true
    const { outcome } = group
    if (outcome?.result !== 'won') return outcome !== undefined
    return legOf(state, outcome.leg.id)?.state === 'ended'
  })
}

const isEnding = (rest: Rest): boolean =>
  rest.on === 'legs' || rest.on === 'nothing' || (rest.on === 'settle' && rest.program === undefined)

function settle(turn: Turn, what: { readonly hooks: readonly HookOp[]; readonly program?: Program }): Turn {
  const timed = !isSettled(turn.state, what.hooks)
  const resting = patch(turn, { rest: { on: 'settle', ...what, timed } })
  return timed ? emit(resting, { type: 'start', name: 'settle', ms: SETTLE_MS }) : resting
}

/** The `always` hooks of the verb that is interrupted. */
function hooksLeft({ frames, path }: SessionState): readonly HookOp[] {
  return frames
    .toReversed()
    .flatMap(frame => frame.ops.slice(frame.next))
    .filter(op => op.op === 'hook')
    .filter(op => op.always === true && op.at.path === path)
}

/** Stops every task, bridge, group and timer of the running program. */
function release(turn: Turn): Turn {
  const open = Object.entries(turn.state.activities).filter(([, activity]) => resultOf(activity) === 'open')
  return open.reduce(
    (next, [name, { kind }]) => releaseOne(next, kind, globalName(turn.state, name)),
    stopWaiting(turn),
  )
}

function releaseOne(turn: Turn, kind: Activity['kind'], name: string): Turn {
  switch (kind) {
    case 'play':
      return command(emit(turn, { type: 'stop', name: `task ${name}` }), { type: 'stop', task: name })
    case 'collect':
    case 'echo':
      return command(turn, { type: 'stop', task: name })
    case 'bridge':
      return command(turn, { type: 'unbridge', bridge: name })
    case 'group':
      return command(turn, { type: 'cancel-group', group: name })
  }
}

/** Legs that a dial has won and that are not over. */
const winnersUp = (state: SessionState): readonly LegId[] =>
  Object.values(state.activities)
    .map(activity => (activity.kind === 'group' ? activity.outcome : undefined))
    .filter(outcome => outcome?.result === 'won')
    .map(outcome => outcome.leg.id)
    .filter(id => legOf(state, id)?.state !== 'ended')
