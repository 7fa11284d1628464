import { describe, expect, test } from 'vitest'
import type { AnyEvent, AskReply, AskRequest, CallEffect, SessionParams } from '../../../src/flow/index.ts'
import { Session } from '../../../src/flow/index.ts'
import { Timeline } from '../../sim/world/clock.ts'
import { application, at, dialOps, leg, playOp, program } from './scene.ts'

/** A session on a clock of its own, with a calls room and an application that do what the test says. */
class Stage {
  readonly timeline = new Timeline()
  readonly clock = this.timeline.clock()
  readonly effects: CallEffect[] = []
  readonly asked: { request: AskRequest; done: (reply: AskReply) => void; dropped: boolean }[] = []
  readonly observed: AnyEvent[] = []
  finished = 0
  perform: (effect: CallEffect) => void = () => {}
  readonly session: Session

  constructor(params: Partial<SessionParams> = {}) {
    this.session = new Session(
      { id: 'session-1', application, self: leg('trying'), ...params },
      {
        clock: this.clock,
        calls: {
          perform: effect => {
            this.effects.push(effect)
            this.perform(effect)
          },
        },
        ask: {
          ask: (request, done) => {
            const entry = { request, done, dropped: false }
            this.asked.push(entry)
            return () => {
              entry.dropped = true
            }
          },
        },
        onFinished: () => this.finished++,
        observe: event => this.observed.push(event),
      },
    )
  }

  types = (): readonly string[] => this.effects.map(effect => effect.type)
}

describe('the runner of a session', () => {
  test('asks, plays what comes back, and ends with the caller', () => {
    const stage = new Stage()
    stage.session.start()
    stage.asked[0]?.done({ ok: true, program: program(playOp(), { op: 'await', at, until: ['hello'] }) })
    expect(stage.types()).toEqual(['answer'])
    stage.session.handle({ type: 'leg', leg: leg('up') })
    expect(stage.types()).toEqual(['answer', 'play'])
    stage.session.handle({ type: 'leg', leg: leg('ended', { outcome: 'completed' }) })
    expect(stage.types()).toEqual(['answer', 'play', 'stop', 'end'])
    expect([stage.finished, stage.session.over, stage.clock.armed]).toEqual([1, true, 0])
    expect(stage.observed.map(event => event.type)).toEqual(['start', 'replied', 'leg', 'leg'])
  })

  test('what the calls room reports at once, while it carries out an effect, is taken after it', () => {
    const stage = new Stage({ self: leg('up'), program: program(...dialOps()) })
    stage.perform = effect => {
      if (effect.type !== 'originate') return
      stage.session.handle({
        type: 'group-lost',
        group: effect.group,
        outcome: 'failed',
        sipStatus: 503,
        message: 'no outbound trunk',
      })
    }
    stage.session.start()
    expect(stage.asked.map(({ request }) => request.event.type)).toEqual(['status', 'dial'])
  })

  test('timers run on the clock of the session', () => {
    const stage = new Stage({ self: leg('up'), program: program({ op: 'await', at, until: [], timeoutMs: 1_500 }) })
    stage.session.start()
    stage.timeline.runUntil(1_499)
    expect(stage.types()).toEqual([])
    stage.timeline.runUntil(1_500)
    expect(stage.types()).toEqual(['end'])
  })

  test('a question that is replaced is given up', () => {
    const stage = new Stage()
    stage.session.start()
    stage.session.handle({ type: 'replace', program: program({ op: 'await', at, until: [] }) })
    expect(stage.asked.map(entry => entry.dropped)).toEqual([true, false])
    expect(stage.session.summary()).toMatchObject({ rest: 'activities', requests: 1 })
  })

  test('notifications may arrive after the session is over', () => {
    const stage = new Stage({ program: program() })
    stage.session.start()
    stage.session.handle({ type: 'leg', leg: leg('ended') })
    expect(stage.session.summary()).toMatchObject({ rest: 'nothing', requests: 2, timers: 0, open: [], openLegs: [] })
    for (const { done } of stage.asked) done({ ok: true })
    expect(stage.session.summary().requests).toBe(0)
    expect(stage.asked.every(entry => !entry.dropped)).toBe(true)
  })

  test('a defect in the calls room ends this session with a cause, and is thrown at nobody', () => {
    const stage = new Stage({ self: leg('up'), program: program(playOp(), { op: 'await', at, until: ['hello'] }) })
    stage.perform = effect => {
      if (effect.type === 'play') throw new TypeError('x is not a function')
    }
    stage.session.start()
    expect(stage.effects.at(-1)).toEqual({ type: 'end', status: 480, cause: 'internal error: x is not a function' })
  })

  test('a legs room that forgets to report is not waited for for ever', () => {
    const stage = new Stage({ program: program() })
    stage.session.start()
    expect(stage.session.over).toBe(false)
    stage.timeline.runUntil(40_000)
    expect([stage.session.over, stage.finished, stage.clock.armed]).toEqual([true, 1, 0])
  })

  test('close gives up timers and requests, twice as well as once', () => {
    const stage = new Stage({ self: leg('up'), program: program({ op: 'await', at, until: [], timeoutMs: 1_500 }) })
    stage.session.start()
    stage.session.close()
    stage.session.close()
    expect(stage.asked.every(entry => entry.dropped)).toBe(true)
    expect([stage.clock.armed, stage.session.summary().requests]).toEqual([0, 0])
    stage.timeline.runUntil(5_000)
    expect(stage.types()).toEqual([])
  })
})
