/**
 * What each event means to a session: facts are recorded here, and the interpreter then goes on where they allow it.
 */
import { askFlow, notify, notifyProblem } from './asks.ts'
import { checkProgram } from './check.ts'
import type { AskReply, LegInfo } from './port.ts'
import type { Program } from './program.ts'
import { type Activity, type AnyEvent, legOf, type Rest, resultOf, type SessionState } from './state.ts'
import { command, emit, goOn, localName, patch, record, type Turn } from './turn.ts'
import { endFlow, leaveSettle, refusalStatus, replaceFlow } from './unwind.ts'

type EventOf<Type extends AnyEvent['type']> = Extract<AnyEvent, { type: Type }>

export function start(turn: Turn): Turn {
  const { rest, self, tag } = turn.state
  if (rest.on !== 'start') return turn
  const tagged = Object.keys(tag).length > 0 ? command(turn, { type: 'tag', tag }) : turn
  const isCalling = self.direction === 'outbound' && self.state !== 'up'
  const opened = isCalling ? patch(tagged, { rest: { on: 'call' } }) : openFlow(tagged)
  return selfChanged(notify(opened, self), self)
}

/** The first program: given, or from the call hook. */
export function openFlow(turn: Turn): Turn {
  const { initial, application } = turn.state
  if (initial) return runOrEnd(turn, initial)
  if (application.callHook) return askFlow(turn, application.callHook, { type: 'call' })
  return endFlow(turn, 500, 'the application has no flow')
}

function runOrEnd(turn: Turn, program: Program): Turn {
  const [problem] = checkProgram(program)
  return problem ? endFlow(turn, 500, `${problem.path}: ${problem.message}`) : replaceFlow(goOn(turn), program)
}

export const leg = (turn: Turn, { leg: snapshot }: EventOf<'leg'>): Turn => know(turn, snapshot)

/** Takes a leg's new snapshot, and tells the status hook if it is in a new state. */
function know(turn: Turn, snapshot: LegInfo): Turn {
  const before = legOf(turn.state, snapshot.id)
  if (before?.state === 'ended') return turn
  const isSelf = snapshot.id === turn.state.self.id
  const known = patch(turn, isSelf ? { self: snapshot } : { legs: withLeg(turn.state.legs, snapshot) })
  if (before?.state === snapshot.state) return known
  const told = notify(known, snapshot)
  return isSelf ? selfChanged(told, snapshot) : told
}

/** In the place of its last snapshot, or else at the end. */
const withLeg = (legs: readonly LegInfo[], snapshot: LegInfo): readonly LegInfo[] =>
  legs.some(({ id }) => id === snapshot.id)
    ? legs.map(known => (known.id === snapshot.id ? snapshot : known))
    : [...legs, snapshot]

function selfChanged(turn: Turn, self: LegInfo): Turn {
  const { limitMs, lastDial } = turn.state
  if (self.state === 'ended') return endFlow(turn, refusalStatus(lastDial), 'the leg has ended')
  if (self.state !== 'up' || limitMs === undefined) return turn
  return emit(turn, { type: 'start', name: 'limit', ms: limitMs })
}

export function played(turn: Turn, { task, outcome }: EventOf<'played'>): Turn {
  const name = openName(turn.state, task, 'play')
  if (name === undefined) return turn
  return record(emit(turn, { type: 'stop', name: `task ${task}` }), name, { kind: 'play', outcome })
}

export function collected(turn: Turn, { task, outcome }: EventOf<'collected'>): Turn {
  const name = openName(turn.state, task, 'collect')
  return name === undefined ? turn : record(turn, name, { kind: 'collect', outcome })
}

export function bridged(turn: Turn, { bridge, outcome }: EventOf<'bridged'>): Turn {
  const name = openName(turn.state, bridge, 'bridge')
  return name === undefined ? turn : record(turn, name, { kind: 'bridge', outcome })
}

export function groupWon(turn: Turn, { group, leg: winner }: EventOf<'group-won'>): Turn {
  const known = know(turn, winner)
  const { state } = known
  const name = openName(state, group, 'group')
  const won = name === undefined ? known : recordWon(known, name, winner)
  return isUnwanted(state, name) ? command(won, { type: 'hangup', leg: winner.id }) : won
}

const recordWon = (turn: Turn, name: string, winner: LegInfo): Turn =>
  patch(record(turn, name, { kind: 'group', outcome: { result: 'won', leg: winner } }), { lastDial: 'completed' })

/** A leg that answers a dial whose flow has been replaced; at the end of the session all legs are ended anyway. */
function isUnwanted({ rest }: SessionState, name: string | undefined): boolean {
  if (rest.on === 'settle') return rest.program !== undefined
  return name === undefined && rest.on !== 'legs'
}

export function groupLost(turn: Turn, { type: _, group, ...lost }: EventOf<'group-lost'>): Turn {
  const known = lost.leg ? know(turn, lost.leg) : turn
  const name = openName(known.state, group, 'group')
  if (name === undefined) return known
  const recorded = record(known, name, { kind: 'group', outcome: { result: 'lost', ...lost } })
  return patch(recorded, { lastDial: lost.outcome })
}

/** The name within the running program of something that is under way. */
function openName(state: SessionState, global: string, kind: Activity['kind']): string | undefined {
  const name = localName(state, global)
  if (name === undefined) return undefined
  const activity = state.activities[name]
  return activity?.kind === kind && resultOf(activity) === 'open' ? name : undefined
}

export function replied(turn: Turn, { sequence, reply }: EventOf<'replied'>): Turn {
  const { rest } = turn.state
  if (rest.on !== 'reply' || rest.sequence !== sequence) return turn
  if (!reply.ok) return hookFailed(turn, rest, reply)
  const { program } = reply
  if (!program || program.ops.length === 0) return goOn(turn)
  const problems = checkProgram(program)
  if (problems.length === 0) return replaceFlow(goOn(turn), program)
  return hookFailed(turn, rest, { message: 'the flow cannot run', problems })
}

type Failed = Pick<Extract<AskReply, { ok: false }>, 'message' | 'problems'>

/** Rule R9: the fallback program, once; without it the end. */
function hookFailed(turn: Turn, rest: Extract<Rest, { on: 'reply' }>, { message, problems }: Failed): Turn {
  if (rest.optional) return goOn(turn)
  const told = notifyProblem(turn, rest.hook, message, problems)
  const { fallbackUsed, application } = turn.state
  if (fallbackUsed || !application.fallback) return endFlow(told, 502, `hook failed: ${message}`)
  return runOrEnd(patch(told, { fallbackUsed: true }), application.fallback)
}

/** A program that may not run is refused by whoever reads it; one that comes here nevertheless changes nothing. */
export function replace(turn: Turn, { program }: EventOf<'replace'>): Turn {
  if (checkProgram(program).length > 0) return turn
  const { rest } = turn.state
  return rest.on === 'start' || rest.on === 'call' ? patch(turn, { initial: program }) : replaceFlow(turn, program)
}

export function timer(turn: Turn, { name }: EventOf<'timer'>): Turn {
  const { rest, lastDial } = turn.state
  switch (name) {
    case 'await':
      return rest.on === 'activities' ? goOn(turn) : turn
    case 'settle':
      return rest.on === 'settle' ? leaveSettle(turn, rest) : turn
    case 'linger':
      return finish(turn)
    case 'limit':
      return endFlow(turn, refusalStatus(lastDial), 'the time limit of the call is over')
    case 'minute':
      return patch(turn, { hooksThisMinute: 0 })
    default:
      return taskTimer(turn, name.slice('task '.length))
  }
}

const taskTimer = (turn: Turn, task: string): Turn =>
  openName(turn.state, task, 'play') === undefined ? turn : command(turn, { type: 'stop', task })

export const finish = (turn: Turn): Turn => patch(emit(turn, { type: 'finish' }), { rest: { on: 'nothing' } })
