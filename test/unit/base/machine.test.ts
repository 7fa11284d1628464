import { describe, expect, test } from 'vitest'
import { Machine, type Step, type TimerEffect, type TimerEvent } from '../../../src/base/index.ts'
import { Timeline } from '../../sim/world/clock.ts'

type Event = { readonly type: 'arm'; readonly ms: number } | { readonly type: 'disarm' } | { readonly type: 'poke' }
type Effect = { readonly type: 'rang' } | { readonly type: 'poked' }

function step(count: number, event: Event | TimerEvent<'bell'>): Step<number, Effect | TimerEffect<'bell'>> {
  switch (event.type) {
    case 'arm':
      return [count, [{ type: 'start', name: 'bell', ms: event.ms }]]
    case 'disarm':
      return [count, [{ type: 'stop', name: 'bell' }]]
    case 'poke':
      return [count + 1, [{ type: 'poked' }]]
    case 'timer':
      return [count, [{ type: 'rang' }]]
  }
}

function machine() {
  const timeline = new Timeline()
  const clock = timeline.clock()
  const log: string[] = []
  const running = new Machine<number, Event, 'bell', Effect>(clock, step, 0, effect => {
    log.push(`${timeline.now} ${effect.type}`)
  })
  return { timeline, clock, log, running }
}

describe('the machine runner', () => {
  test('a timer that is started again is due once, at the later time', () => {
    const { timeline, clock, log, running } = machine()
    running.dispatch({ type: 'arm', ms: 100 })
    timeline.runUntil(50)
    running.dispatch({ type: 'arm', ms: 100 })
    timeline.runUntil(1_000)
    expect(log).toEqual(['150 rang'])
    expect(clock.armed).toBe(0)
  })

  test('a stopped timer never rings, even when it was due in the same millisecond', () => {
    const { timeline, log, running } = machine()
    timeline.clock().after(100, () => running.dispatch({ type: 'disarm' }))
    running.dispatch({ type: 'arm', ms: 100 })
    timeline.runUntil(1_000)
    expect(log).toEqual([])
  })

  test('a closed machine takes no events and keeps no timer', () => {
    const { timeline, clock, log, running } = machine()
    running.dispatch({ type: 'arm', ms: 100 })
    running.close()
    running.dispatch({ type: 'poke' })
    timeline.runUntil(1_000)
    expect(log).toEqual([])
    expect(clock.armed).toBe(0)
  })

  test('an event raised by an effect waits until the effects of the first are done', () => {
    const timeline = new Timeline()
    const order: string[] = []
    const running = new Machine<number, Event, 'bell', Effect>(
      timeline.clock(),
      (count, event) => (event.type === 'poke' ? [count + 1, [{ type: 'poked' }, { type: 'rang' }]] : [count, []]),
      0,
      effect => {
        order.push(`${effect.type} ${running.state}`)
        if (effect.type === 'poked' && running.state === 1) running.dispatch({ type: 'poke' })
      },
    )
    running.dispatch({ type: 'poke' })
    expect(order).toEqual(['poked 1', 'rang 1', 'poked 2', 'rang 2'])
  })

  test('an effect that throws leaves the machine usable', () => {
    const timeline = new Timeline()
    let broken = true
    const running = new Machine<number, Event, 'bell', Effect>(timeline.clock(), step, 0, () => {
      if (broken) throw new Error('broken')
    })
    expect(() => running.dispatch({ type: 'poke' })).toThrow('broken')
    broken = false
    running.dispatch({ type: 'poke' })
    expect(running.state).toBe(2)
  })
})
