import { describe, expect, test } from 'vitest'
import { type AnyEffect, type AskReply, flowLimits } from '../../../src/flow/index.ts'
import type { Op } from '../../../src/flow/program.ts'
import { step } from '../../../src/flow/step.ts'
import { application, at, hookRef, leg, playOp, program, Scene } from './scene.ts'

const redirect = (url = '/next'): Op => ({
  op: 'hook',
  at,
  hook: hookRef(url),
  report: { type: 'redirect' },
  expect: 'flow',
})

const down = { ok: false, code: 'timeout', message: 'No answer.', problems: [] } as const

describe('a hook in the flow', () => {
  test('rests until the reply, whose flow replaces the rest', () => {
    const scene = Scene.answered(redirect(), playOp())
    expect(scene.calls).toEqual([])
    scene.replyWith(playOp({ task: 'other' }), { op: 'await', at, until: ['other'] })
    expect(scene.calls).toMatchObject([{ type: 'play', task: '2:other' }])
    expect(scene.effects.filter(effect => effect.type === 'drop')).toEqual([])
  })

  test('an empty reply, and one without verbs, go on', () => {
    expect(Scene.answered(redirect(), playOp()).reply({ ok: true }).calls[0]).toMatchObject({ task: '1:hello' })
    expect(Scene.answered(redirect(), playOp()).replyWith().calls[0]).toMatchObject({ task: '1:hello' })
  })

  test('tasks still running are stopped by a reply with a flow', () => {
    const scene = Scene.answered(playOp({ times: 0 }), redirect()).replyWith({ op: 'await', at, until: [] })
    expect(scene.calls).toEqual([{ type: 'stop', task: '1:hello' }])
  })

  test('one that expects nothing does not rest', () => {
    const scene = Scene.answered({ ...redirect(), expect: 'none' } as Op, playOp())
    expect(scene.asks.at(-1)).toMatchObject({ expect: 'none', event: { type: 'redirect' } })
    expect(scene.calls[0]).toMatchObject({ type: 'play' })
  })

  test('replies to anything but the question that is open are ignored', () => {
    const scene = Scene.answered(redirect())
    const before = scene.state
    scene.send({ type: 'replied', sequence: 99, reply: { ok: true, program: program(playOp()) } })
    expect(scene.state).toEqual(before)
  })

  test('a redirect to another server takes relative URLs with it; a path does not', () => {
    const moved = Scene.answered(redirect('https://other.example/flow'))
    expect(moved.state.application.callHook?.url).toBe('https://other.example/flow')
    expect(Scene.answered(redirect('/next')).state.application.callHook?.url).toBe('https://app.example/call')
    const report = { type: 'play', task: 'hello' } as const
    const other: Op = { op: 'hook', at, hook: hookRef('https://other.example/x'), report, expect: 'flow' }
    expect(Scene.answered(playOp(), other).state.application.callHook?.url).toBe('https://app.example/call')
  })
})

describe('R9: a hook that fails', () => {
  test('ends an unanswered call with 502, and the status hook hears why', () => {
    const scene = new Scene().reply(down)
    expect(scene.asks).toMatchObject([
      {
        expect: 'none',
        hook: application.statusHook,
        event: { type: 'problem', message: 'No answer.', hook: application.callHook },
      },
    ])
    expect(scene.calls).toEqual([{ type: 'end', status: 502, cause: 'hook failed: No answer.' }])
  })

  test('runs the fallback, once', () => {
    const fallback = program(redirect('/again'))
    const scene = new Scene({ application: { ...application, fallback } }).reply(down)
    expect(scene.asks.map(ask => ask.event.type)).toEqual(['problem', 'redirect'])
    expect(scene.calls).toEqual([])
    scene.reply(down)
    expect(scene.calls).toMatchObject([{ type: 'end', status: 502 }])
  })

  test('stops what runs before the fallback does', () => {
    const fallback = program(playOp(), { op: 'await', at, until: ['hello'] })
    const scene = new Scene({
      application: { ...application, fallback },
      self: leg('up'),
      program: program(playOp(), redirect()),
    })
    scene.reply(down)
    expect(scene.calls).toMatchObject([
      { type: 'stop', task: '1:hello' },
      { type: 'play', task: '2:hello' },
    ])
  })

  test('a fallback that may not run ends the call', () => {
    const fallback = program({ op: 'stop', at, task: 'nobody' })
    const scene = new Scene({ application: { ...application, fallback } }).reply(down)
    expect(scene.calls).toMatchObject([{ type: 'end', status: 500 }])
  })

  test('a reply whose flow may not run is a failure', () => {
    const scene = new Scene().replyWith({ op: 'stop', at, task: 'nobody' })
    expect(scene.asks[0]?.event).toMatchObject({ type: 'problem', problems: [{ path: '$[0]', code: 'unknown-name' }] })
    expect(scene.calls).toMatchObject([{ type: 'end', status: 502 }])
  })

  test('of one that nobody asked for the flow takes no notice', () => {
    const scene = Scene.answered({ ...redirect(), optional: true } as Op, playOp()).reply(down)
    expect(scene.allAsks.filter(ask => ask.event.type === 'problem')).toEqual([])
    expect(scene.calls[0]).toMatchObject({ type: 'play' })
  })

  test('a failed notification changes nothing', () => {
    const scene = Scene.answered({ op: 'await', at, until: [] })
    const before = scene.state
    scene.send({ type: 'replied', sequence: 1, reply: down })
    expect(scene.state).toEqual(before)
  })
})

describe('loops', () => {
  test('a redirect to itself ends after fifty hooks within a minute', () => {
    const scene = Scene.answered(redirect())
    expect(scene.effects).toContainEqual({ type: 'start', name: 'minute', ms: 60_000 })
    for (let round = 1; round < flowLimits.hooksPerMinute; round++) scene.replyWith(redirect())
    expect(scene.summary.rest).toBe('reply')
    scene.replyWith(redirect())
    expect(scene.calls).toEqual([{ type: 'end', status: 500, cause: 'more than 50 hooks within a minute' }])
  })

  test('fifty hooks a minute for ten minutes are no loop', () => {
    const scene = Scene.answered(redirect())
    for (let round = 1; round < 10 * 50; round++) {
      if (round % 50 === 0) scene.send({ type: 'timer', name: 'minute' })
      scene.replyWith(redirect())
    }
    expect(scene.summary.rest).toBe('reply')
    expect(scene.allCalls).toEqual([])
  })

  test('a session has so many steps and no more', () => {
    const idle = Array.from({ length: 999 }, (): Op => ({ op: 'set', at }))
    const reply: AskReply = { ok: true, program: program(...idle, redirect()) }
    let { state } = Scene.answered(redirect())
    let effects: readonly AnyEffect[] = []
    for (let round = 0; round < 120 && state.rest.on === 'reply'; round++) {
      if (round % 40 === 0) [state] = step(state, { type: 'timer', name: 'minute' })
      ;[state, effects] = step(state, { type: 'replied', sequence: state.sequence, reply })
    }
    expect(state.steps).toBe(flowLimits.steps)
    expect(effects).toContainEqual({
      type: 'call',
      effect: { type: 'end', status: 500, cause: 'more than 100000 steps' },
    })
  })
})
