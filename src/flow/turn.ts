/**
 * One step under way, as a value: the state so far and the effects so far.
 */
import type { CallEffect } from './port.ts'
import type { Activity, AnyEffect, SessionState } from './state.ts'

export interface Turn {
  readonly state: SessionState
  readonly effects: readonly AnyEffect[]
}

export const patch = ({ state, effects }: Turn, change: Partial<SessionState>): Turn => ({
  state: { ...state, ...change },
  effects,
})

export const emit = ({ state, effects }: Turn, ...more: readonly AnyEffect[]): Turn => ({
  state,
  effects: [...effects, ...more],
})

/** An effect on the call. */
export const command = (turn: Turn, effect: CallEffect): Turn => emit(turn, { type: 'call', effect })

/** Stores an activity under its name, new or changed. */
export const record = (turn: Turn, name: string, activity: Activity): Turn =>
  patch(turn, { activities: { ...turn.state.activities, [name]: activity } })

/** The next operation is due. */
export const goOn = (turn: Turn): Turn => patch(turn, { rest: { on: 'running' } })

/** Stops the timer of what the session rests on, if it has one. */
export function stopWaiting(turn: Turn): Turn {
  const { rest } = turn.state
  if (rest.on === 'activities' && rest.timed) return emit(turn, { type: 'stop', name: 'await' })
  if (rest.on === 'settle' && rest.timed) return emit(turn, { type: 'stop', name: 'settle' })
  return turn
}

/**
 * The name by which the calls room knows a task, group or bridge. Programs reuse names, so the generation is part of
 * it: a late result of a program that was replaced finds nothing.
 */
export const globalName = (state: SessionState, name: string): string => `${state.generation}:${name}`

/** The name within the running program; undefined if it was another program's. */
export function localName(state: SessionState, global: string): string | undefined {
  const prefix = `${state.generation}:`
  return global.startsWith(prefix) ? global.slice(prefix.length) : undefined
}
