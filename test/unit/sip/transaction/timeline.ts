/**
 * Runs a pure machine against a list of happenings and writes down what it did and when.
 */
import { Machine, type Step, type TimerEffect, type TimerEvent } from '../../../../src/base/index.ts'
import { Timeline } from '../../../sim/world/clock.ts'

interface Typed {
  readonly type: string
}

export interface Story<Event> {
  /** `[ms, event]`, in order of time. */
  readonly events: readonly (readonly [atMs: number, event: Event])[]
  readonly untilMs: number
}

export interface Told<State> {
  /** `ms effect` in order. */
  readonly log: readonly string[]
  readonly state: State
  readonly timers: number
}

export function tell<State, Event, Name extends string, Effect extends Typed>(
  step: (state: State, event: Event | TimerEvent<Name>) => Step<State, Effect | TimerEffect<Name>>,
  start: State,
  story: Story<Event>,
  describe: (effect: Effect) => string = effect => effect.type,
): Told<State> {
  const timeline = new Timeline()
  const log: string[] = []
  const machine = new Machine<State, Event, Name, Effect>(timeline.clock(), step, start, effect => {
    log.push(`${timeline.now} ${describe(effect)}`)
  })
  for (const [atMs, event] of story.events) {
    timeline.runUntil(atMs)
    machine.dispatch(event)
  }
  timeline.runUntil(story.untilMs)
  return { log, state: machine.state, timers: machine.timers }
}
