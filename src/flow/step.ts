/**
 * The interpreter: `(session, event) → [session, effects]`, plain data in and out, the same for the same input.
 * Rules R1, R2, R6 and R9 of the flow language live here and in the files it calls.
 */
import type { Step } from '../base/index.ts'
import { flowLimits } from './check.ts'
import {
  bridged,
  collected,
  finish,
  groupLost,
  groupWon,
  leg,
  openFlow,
  played,
  replace,
  replied,
  start,
  timer,
} from './events.ts'
import { openMedia, perform } from './ops.ts'
import type { LegInfo } from './port.ts'
import { type AnyEffect, type AnyEvent, legOf, openLegs, resultOf, type SessionState } from './state.ts'
import { goOn, patch, stopWaiting, type Turn } from './turn.ts'
import { endFlow, isSettled, leaveSettle, refusalStatus } from './unwind.ts'

export function step(state: SessionState, event: AnyEvent): Step<SessionState, AnyEffect> {
  if (state.rest.on === 'nothing') return [state, []]
  const turn = drive(take({ state, effects: [] }, event))
  return [turn.state, turn.effects]
}

function take(turn: Turn, event: AnyEvent): Turn {
  switch (event.type) {
    case 'start':
      return start(turn)
    case 'leg':
      return leg(turn, event)
    case 'played':
      return played(turn, event)
    case 'collected':
      return collected(turn, event)
    case 'bridged':
      return bridged(turn, event)
    case 'group-won':
      return groupWon(turn, event)
    case 'group-lost':
      return groupLost(turn, event)
    case 'replied':
      return replied(turn, event)
    case 'replace':
      return replace(turn, event)
    case 'hangup':
      return endFlow(turn, refusalStatus(turn.state.lastDial), event.cause)
    case 'timer':
      return timer(turn, event)
    default: {
      const unknown: never = event
      return unknown
    }
  }
}

/** Goes on until the session rests. */
function drive(first: Turn): Turn {
  let turn = first
  while (isOver(turn.state)) turn = proceed(turn)
  return turn
}

/** What the session rests on has come about. */
function isOver(state: SessionState): boolean {
  const { rest } = state
  switch (rest.on) {
    case 'running':
      return true
    case 'call':
      return state.self.state === 'up'
    case 'leg':
      return hasReached(legOf(state, rest.leg), rest.state)
    case 'activities':
      return rest.names.some(name => resultOf(state.activities[name]) !== 'open')
    case 'settle':
      return isSettled(state, rest.hooks)
    case 'legs':
      return state.self.state === 'ended' && openLegs(state).length === 0
    case 'start':
    case 'reply':
    case 'nothing':
      return false
  }
}

function hasReached(leg: LegInfo | undefined, state: 'early' | 'up' | 'ended'): boolean {
  if (!leg || leg.state === 'ended' || leg.state === state) return true
  return state === 'early' && leg.state === 'up'
}

/** From a rest that is over to what follows it. */
function proceed(turn: Turn): Turn {
  const { rest } = turn.state
  switch (rest.on) {
    case 'running':
      return advance(turn)
    case 'call':
      return openFlow(turn)
    case 'activities':
      return goOn(stopWaiting(turn))
    case 'settle':
      return leaveSettle(turn, rest)
    case 'legs':
      return finish(turn)
    default:
      return goOn(turn)
  }
}

/** Carries out the next operation of the innermost block. */
function advance(turn: Turn): Turn {
  const { frames, steps, lastDial } = turn.state
  const frame = frames.at(-1)
  if (!frame) return endFlow(turn, refusalStatus(lastDial), 'the flow is over')
  const op = frame.ops[frame.next]
  const outer = frames.slice(0, -1)
  if (!op) return patch(turn, { frames: outer })
  if (steps >= flowLimits.steps) return endFlow(turn, 500, `more than ${flowLimits.steps} steps`)
  const waiting = openMedia(turn, op)
  if (waiting) return waiting
  const advanced = [...outer, { ops: frame.ops, next: frame.next + 1 }]
  return perform(patch(turn, { frames: advanced, steps: steps + 1, path: op.at.path }), op)
}
