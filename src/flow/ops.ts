/**
 * Each operation of the language: what it does to the session, and whether the session then rests.
 */
import { admitHook, ask, askFlow, reportEvent } from './asks.ts'
import { flowLimits } from './check.ts'
import type { LegId, LegInfo } from './port.ts'
import type { AnswerPolicy, Headers, HookRef, LegRef, Op } from './program.ts'
import { isAnswered, legOf, resultOf, type SessionState } from './state.ts'
import { command, emit, globalName, patch, record, type Turn } from './turn.ts'
import { endFlow, refusalStatus } from './unwind.ts'

type OpOf<Name extends Op['op']> = Extract<Op, { op: Name }>

/** Rule R1: opens the media path that an operation needs, and waits for it; undefined if the operation can go ahead. */
export function openMedia(turn: Turn, op: Op): Turn | undefined {
  if (!('policy' in op) || op.leg !== 'self' || op.policy === 'none') return undefined
  const { self } = turn.state
  if (hasMedia(self, op.policy)) return undefined
  const [type, state] = op.policy === 'auto' ? (['answer', 'up'] as const) : (['early', 'early'] as const)
  return patch(command(turn, { type, leg: self.id }), { rest: { on: 'leg', leg: self.id, state } })
}

const hasMedia = (leg: LegInfo, policy: AnswerPolicy): boolean =>
  isAnswered(leg) || (policy === 'early' && leg.state === 'early')

/** Carries out one operation. The session goes on at once unless it was made to rest. */
export function perform(turn: Turn, op: Op): Turn {
  switch (op.op) {
    case 'ring':
      return ring(turn, op)
    case 'answer':
      return answer(turn)
    case 'reject':
      return reject(turn, op)
    case 'hangup':
      return hangup(turn, op)
    case 'originate':
      return originate(turn, op)
    case 'play':
      return play(turn, op)
    case 'collect':
      return collect(turn, op)
    case 'stop':
      return stop(turn, op)
    case 'bridge':
      return bridge(turn, op)
    case 'echo':
      return echo(turn, op)
    case 'await':
      return rest(turn, op)
    case 'branch':
      return branch(turn, op)
    case 'hook':
      return hook(turn, op)
    case 'set':
      return set(turn, op)
    case 'end':
      return endFlow(turn, refusalStatus(turn.state.lastDial))
    default: {
      const unknown: never = op
      return unknown
    }
  }
}

function ring(turn: Turn, { alertInfo }: OpOf<'ring'>): Turn {
  const { self } = turn.state
  if (isAnswered(self)) return turn
  return command(turn, { type: 'ring', leg: self.id, ...(alertInfo !== undefined && { alertInfo }) })
}

function answer(turn: Turn): Turn {
  const { self } = turn.state
  if (isAnswered(self)) return turn
  return patch(command(turn, { type: 'answer', leg: self.id }), { rest: { on: 'leg', leg: self.id, state: 'up' } })
}

function reject(turn: Turn, { status, reason, headers }: OpOf<'reject'>): Turn {
  const { self } = turn.state
  if (isAnswered(self)) return hangUp(turn, self.id, headers)
  const given = { ...(reason !== undefined && { reason }), ...(headers && { headers }) }
  return endFlow(command(turn, { type: 'reject', leg: self.id, status, ...given }), status)
}

/** Rule R2 for a leg that was never answered; else the end of the leg is awaited. */
function hangup(turn: Turn, { leg, headers }: OpOf<'hangup'>): Turn {
  const { self, lastDial } = turn.state
  const id = resolve(turn.state, leg)
  if (id === undefined) return turn
  if (id !== self.id || isAnswered(self)) return hangUp(turn, id, headers)
  const status = refusalStatus(lastDial)
  return endFlow(headers ? command(turn, { type: 'reject', leg: id, status, headers }) : turn, status)
}

function hangUp(turn: Turn, leg: LegId, headers: Headers | undefined): Turn {
  if (legOf(turn.state, leg)?.state === 'ended') return turn
  const hanging = command(turn, { type: 'hangup', leg, ...(headers && { headers }) })
  return patch(hanging, { rest: { on: 'leg', leg, state: 'ended' } })
}

function originate(turn: Turn, { op: type, at: _, group, ...wanted }: OpOf<'originate'>): Turn {
  const { state } = turn
  const effect = { type, group: globalName(state, group), ...wanted, for: state.self.id }
  return command(record(turn, group, { kind: 'group' }), effect)
}

function play(turn: Turn, { task, leg, sources, times, timeoutMs }: OpOf<'play'>): Turn {
  const id = resolve(turn.state, leg)
  if (id === undefined) {
    const outcome = { result: 'failed', playedMs: 0, message: 'there is no such leg' } as const
    return record(turn, task, { kind: 'play', outcome })
  }
  const global = globalName(turn.state, task)
  const effect = { type: 'play', task: global, leg: id, sources, times } as const
  const playing = command(record(turn, task, { kind: 'play' }), effect)
  if (timeoutMs === undefined) return playing
  return emit(playing, { type: 'start', name: `task ${global}`, ms: timeoutMs })
}

function collect(turn: Turn, op: OpOf<'collect'>): Turn {
  const { op: type, at: _, policy: __, task, leg, prompt, ...spec } = op
  const { state } = turn
  const id = resolve(state, leg)
  if (id === undefined) return record(turn, task, { kind: 'collect', outcome: { result: 'stopped', digits: '' } })
  const after = prompt && { prompt: { ...prompt, task: globalName(state, prompt.task) } }
  const effect = { type, task: globalName(state, task), leg: id, ...spec, ...after }
  return command(record(turn, task, { kind: 'collect' }), effect)
}

function stop(turn: Turn, { task }: OpOf<'stop'>): Turn {
  const activity = turn.state.activities[task]
  if (resultOf(activity) !== 'open') return turn
  const stopped = activity?.kind === 'echo' ? record(turn, task, { kind: 'echo', stopped: true }) : turn
  return command(stopped, { type: 'stop', task: globalName(turn.state, task) })
}

function bridge(turn: Turn, { bridge: name, a, b, limitMs }: OpOf<'bridge'>): Turn {
  const { state } = turn
  const [left, right] = [resolve(state, a), resolve(state, b)]
  if (left === undefined || right === undefined) {
    return record(turn, name, { kind: 'bridge', outcome: { result: 'failed' } })
  }
  const limit = limitMs === undefined ? {} : { limitMs }
  const effect = { type: 'bridge', bridge: globalName(state, name), a: left, b: right, ...limit } as const
  return command(takeOver(record(turn, name, { kind: 'bridge' }), name, b), effect)
}

/** Remembers which bridge the winner of a group went into. */
function takeOver(turn: Turn, name: string, leg: LegRef): Turn {
  if (leg === 'self') return turn
  const group = turn.state.activities[leg.winnerOf]
  if (group?.kind !== 'group' || group.outcome?.result !== 'won') return turn
  return record(turn, leg.winnerOf, { kind: 'group', outcome: { ...group.outcome, bridge: name } })
}

function echo(turn: Turn, { task, leg }: OpOf<'echo'>): Turn {
  const id = resolve(turn.state, leg)
  const echoing = record(turn, task, { kind: 'echo', stopped: id === undefined })
  return id === undefined ? echoing : command(echoing, { type: 'echo', task: globalName(turn.state, task), leg: id })
}

function rest(turn: Turn, { until, timeoutMs }: OpOf<'await'>): Turn {
  if (timeoutMs === 0) return turn
  const timed = timeoutMs !== undefined
  const resting = patch(turn, { rest: { on: 'activities', names: until, timed } })
  return timed ? emit(resting, { type: 'start', name: 'await', ms: timeoutMs }) : resting
}

function branch(turn: Turn, { on, cases, otherwise }: OpOf<'branch'>): Turn {
  const result = resultOf(turn.state.activities[on])
  const chosen = result !== undefined && Object.hasOwn(cases, result) ? cases[result] : otherwise
  return chosen ? patch(turn, { frames: [...turn.state.frames, { ops: chosen, next: 0 }] }) : turn
}

function hook(turn: Turn, { hook: ref, report, expect, optional }: OpOf<'hook'>): Turn {
  const admitted = admitHook(turn)
  if (!admitted) return endFlow(turn, 500, `more than ${flowLimits.hooksPerMinute} hooks within a minute`)
  const moved = report.type === 'redirect' && isAbsolute(ref.url) ? rebase(admitted, ref) : admitted
  const event = reportEvent(turn.state, report)
  return expect === 'flow' ? askFlow(moved, ref, event, optional) : ask(moved, ref, event, 'none')
}

/** A flow that moves to another server takes its relative URLs with it. */
const rebase = (turn: Turn, callHook: HookRef): Turn =>
  patch(turn, { application: { ...turn.state.application, callHook } })

const isAbsolute = (url: string): boolean => /^https?:/i.test(url)

function set(turn: Turn, { tag, statusHook }: OpOf<'set'>): Turn {
  const tagged = tag ? command(patch(turn, { tag }), { type: 'tag', tag }) : turn
  return statusHook ? patch(tagged, { application: { ...tagged.state.application, statusHook } }) : tagged
}

function resolve(state: SessionState, leg: LegRef): LegId | undefined {
  if (leg === 'self') return state.self.id
  const group = state.activities[leg.winnerOf]
  return group?.kind === 'group' && group.outcome?.result === 'won' ? group.outcome.leg.id : undefined
}
