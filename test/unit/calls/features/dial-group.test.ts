import { describe, expect, test } from 'vitest'
import { Machine } from '../../../../src/base/index.ts'
import {
  type DialGroupEffect,
  type DialGroupEvent,
  type DialGroupState,
  dialGroup,
  dialGroupStep,
  type LegFailure,
} from '../../../../src/calls/features/dial-group.ts'
import { Timeline } from '../../../sim/world/clock.ts'

const RING_MS = 20_000

function race(
  legs: readonly string[],
  events: readonly (readonly [number, DialGroupEvent])[],
  failures: readonly LegFailure[] = [],
) {
  const timeline = new Timeline()
  const log: string[] = []
  const single = legs.length === 1
  const machine = new Machine<DialGroupState, DialGroupEvent, 'ring', DialGroupEffect>(
    timeline.clock(),
    dialGroupStep,
    dialGroup(legs, failures, { ringTimeoutMs: RING_MS, single }),
    effect => log.push(`${timeline.now} ${write(effect)}`),
  )
  machine.dispatch({ type: 'start' })
  for (const [atMs, event] of events) {
    timeline.runUntil(atMs)
    machine.dispatch(event)
  }
  timeline.runUntil(100_000)
  return { log, timers: machine.timers }
}

function write(effect: DialGroupEffect): string {
  switch (effect.type) {
    case 'end':
      return `end ${effect.leg} ${effect.why}`
    case 'alert':
      return effect.kind === 'early' ? `early ${effect.leg}` : 'ring'
    case 'won':
      return `won ${effect.leg}`
    case 'lost':
      return `lost ${effect.outcome} ${effect.sipStatus} ${effect.leg ?? '-'}`
    default:
      return effect.type
  }
}

const failed = (leg: string, outcome: LegFailure['outcome'], sipStatus: number): DialGroupEvent => ({
  type: 'failed',
  leg,
  outcome,
  sipStatus,
  message: '',
})

describe('dial group', () => {
  test('R4: the first to answer wins, the others are ended', () => {
    const { log, timers } = race(['a', 'b', 'c'], [[1_000, { type: 'answered', leg: 'b' }]])
    expect(log).toEqual(['1000 end a lost-race', '1000 end c lost-race', '1000 won b'])
    expect(timers).toBe(0)
  })

  test('R4: two answers in the same millisecond: the second is released', () => {
    const { log } = race(
      ['a', 'b'],
      [
        [1_000, { type: 'answered', leg: 'b' }],
        [1_000, { type: 'answered', leg: 'a' }],
      ],
    )
    expect(log).toEqual(['1000 end a lost-race', '1000 won b', '1000 end a lost-race'])
  })

  test('R3: the ring timer ends what rings and is not cleared by one target that declines', () => {
    const { log } = race(['a', 'b'], [[500, failed('a', 'declined', 603)]])
    expect(log).toEqual(['20000 end b ring-timeout', '20000 lost declined 603 a'])
  })

  test('a ring timeout without any other failure is no-answer with 487', () => {
    expect(race(['a', 'b'], []).log).toEqual([
      '20000 end a ring-timeout',
      '20000 end b ring-timeout',
      '20000 lost no-answer 487 a',
    ])
  })

  test('R5: of several failures busy comes before declined before no-answer before failed, with that leg and its code', () => {
    const { log, timers } = race(
      ['a', 'b', 'c', 'd'],
      [
        [1, failed('a', 'failed', 503)],
        [2, failed('b', 'busy', 486)],
        [3, failed('c', 'no-answer', 480)],
        [4, failed('d', 'declined', 603)],
      ],
    )
    expect(log).toEqual(['4 lost busy 486 b'])
    expect(timers).toBe(0)
  })

  test('R6: given up, every ringing leg is ended and the outcome is canceled', () => {
    expect(race(['a', 'b'], [[900, { type: 'cancel' }]]).log).toEqual([
      '900 end a given-up',
      '900 end b given-up',
      '900 lost canceled 487 a',
    ])
  })

  test('a leg that answers after the group was lost is ended', () => {
    const { log } = race(['a'], [[20_000, { type: 'answered', leg: 'a' }]])
    expect(log).toEqual(['20000 end a ring-timeout', '20000 lost no-answer 487 a', '20000 end a given-up'])
  })

  test('targets that cannot be tried count as failures; with none left the group is lost at once', () => {
    const noTrunk: LegFailure = { outcome: 'failed', sipStatus: 503, message: 'No outbound trunk' }
    expect(race([], [], [noTrunk]).log).toEqual(['0 lost failed 503 -'])
    expect(race([], []).log).toEqual(['0 lost failed 404 -'])
  })

  test('the caller hears 180 once; early media only of a single target', () => {
    const ringing = (leg: string, hasMedia: boolean): DialGroupEvent => ({ type: 'progress', leg, hasMedia })
    const many = race(
      ['a', 'b'],
      [
        [10, ringing('a', false)],
        [20, ringing('b', true)],
        [30, { type: 'cancel' }],
      ],
    )
    expect(many.log.slice(0, 1)).toEqual(['10 ring'])
    expect(many.log.filter(line => line.includes('early'))).toEqual([])
    const one = race(
      ['a'],
      [
        [10, ringing('a', false)],
        [20, ringing('a', true)],
        [25, ringing('a', true)],
        [30, { type: 'cancel' }],
      ],
    )
    expect(one.log.slice(0, 2)).toEqual(['10 ring', '20 early a'])
  })
})
