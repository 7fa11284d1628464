import { describe, expect, test } from 'vitest'
import type { Op } from '../../../src/flow/index.ts'
import { at, callee, dialOps, hookRef, playOp, program, Scene } from './scene.ts'

const pause: Op = { op: 'await', at: { path: '$[1]', verb: 'pause' }, until: [] }

describe('R6: the caller hangs up', () => {
  test('while it rings: the dial is cancelled, the hook still says so, and its reply is ignored', () => {
    const scene = Scene.ringing(...dialOps(), playOp()).other('ringing')
    scene.self('ended', { outcome: 'canceled', sipStatus: 487 })
    expect(scene.calls.map(effect => effect.type)).toEqual(['cancel-group', 'end'])
    expect(scene.asks.map(ask => ask.event.type)).toEqual(['status'])
    scene.lost('dial', 'canceled', 487)
    expect(scene.asks).toMatchObject([
      { expect: 'none', hook: { url: '/dialed' }, event: { type: 'dial', outcome: 'canceled', sipStatus: 487 } },
    ])
    scene.other('ended', { outcome: 'canceled', sipStatus: 487 })
    expect(scene.asks.map(ask => ask.event.type)).toEqual(['status'])
    expect(scene.effects.at(-1)).toEqual({ type: 'finish' })
  })

  test('and nobody says how the dial ended: the hook goes out after two seconds', () => {
    const scene = Scene.ringing(...dialOps()).self('ended', { outcome: 'canceled' })
    expect(scene.effects).toContainEqual({ type: 'start', name: 'settle', ms: 2_000 })
    scene.send({ type: 'timer', name: 'settle' })
    expect(scene.asks).toMatchObject([{ event: { type: 'dial', outcome: 'canceled', sipStatus: 487 } }])
    expect(scene.summary.rest).toBe('nothing')
  })

  test('in conversation: the hook says completed, with the duration of the callee', () => {
    const scene = Scene.ringing(...dialOps())
      .won('dial')
      .self('up')
    scene.self('ended', { outcome: 'completed', endedBy: 'caller' })
    expect(scene.calls.map(effect => effect.type)).toEqual(['unbridge', 'end'])
    scene.other('ended', { outcome: 'completed', durationMs: 61_000, sipStatus: 200, sipReason: 'OK' })
    const event = scene.asks.find(ask => ask.event.type === 'dial')?.event
    expect(event).toMatchObject({ outcome: 'completed', sipStatus: 200, durationMs: 61_000, leg: { id: 'b' } })
    expect(scene.summary.rest).toBe('nothing')
  })

  test('in the moment the callee answers: nobody was connected', () => {
    const scene = Scene.ringing(...dialOps({ answer: true })).won('dial')
    scene.self('ended', { outcome: 'canceled' }).other('ended', { outcome: 'completed' })
    const event = scene.asks.find(ask => ask.event.type === 'dial')?.event
    expect(event).toMatchObject({ outcome: 'canceled', sipStatus: 487, leg: { id: 'b' } })
  })

  test('while the bridge still answers him: nobody was connected either', () => {
    const scene = Scene.ringing(...dialOps()).won('dial')
    expect(scene.calls).toMatchObject([{ type: 'bridge' }])
    scene.self('ended', { outcome: 'canceled' }).other('ended', { outcome: 'completed' })
    expect(scene.asks.find(ask => ask.event.type === 'dial')?.event).toMatchObject({ outcome: 'canceled' })
  })

  test('a callee who answers across the cancel is taken down by the end, and awaited', () => {
    const scene = Scene.ringing(...dialOps())
      .self('ended', { outcome: 'canceled' })
      .won('dial')
    expect(scene.calls).toEqual([])
    expect(scene.summary.openLegs).toEqual(['b'])
    scene.other('ended', { outcome: 'completed' })
    expect(scene.summary.rest).toBe('nothing')
  })

  test('during a prompt: it is stopped, and no hook of a later verb runs', () => {
    const later = dialOps().map(op => ({ ...op, at: { path: '$[7]', verb: 'dial' } }))
    const scene = Scene.answered(playOp({ timeoutMs: 9_000 }), { op: 'await', at, until: ['hello'] }, ...later)
    expect(scene.effects).toContainEqual({ type: 'start', name: 'task 1:hello', ms: 9_000 })
    scene.self('ended', { outcome: 'completed' })
    expect(scene.effects).toContainEqual({ type: 'stop', name: 'task 1:hello' })
    expect(scene.calls).toMatchObject([{ type: 'stop', task: '1:hello' }, { type: 'end' }])
    expect(scene.allAsks.filter(ask => ask.event.type === 'dial')).toEqual([])
    expect(scene.summary.rest).toBe('nothing')
  })

  test('while the application thinks: the request is left to arrive, its reply is ignored', () => {
    const scene = new Scene().self('ended', { outcome: 'canceled' })
    expect(scene.effects).not.toContainEqual({ type: 'drop', sequence: 1 })
    expect(scene.summary.rest).toBe('nothing')
    scene.send({ type: 'replied', sequence: 1, reply: { ok: true, program: program(playOp()) } })
    expect(scene.effects).toEqual([])
  })

  test('every leg that is left keeps the session until it has ended, but not for ever', () => {
    const scene = Scene.answered(...dialOps())
      .other('ringing')
      .self('ended')
      .lost('dial', 'canceled', 487)
    expect(scene.summary).toMatchObject({ rest: 'legs', openLegs: ['b'] })
    expect(scene.effects).toContainEqual({ type: 'start', name: 'linger', ms: 40_000 })
    scene.send({ type: 'timer', name: 'linger' })
    expect(scene.effects).toEqual([{ type: 'finish' }])
  })
})

describe('a command from outside', () => {
  test('ends the session with its cause, and the dial is still reported', () => {
    const scene = Scene.answered(...dialOps()).send({ type: 'hangup', cause: 'by the API' })
    expect(scene.calls).toMatchObject([{ type: 'cancel-group' }, { type: 'end', cause: 'by the API' }])
    scene.lost('dial', 'canceled', 487).self('ended')
    expect(scene.allAsks.filter(ask => ask.event.type === 'dial')).toHaveLength(1)
    expect(scene.summary.rest).toBe('nothing')
  })

  test('twice is once', () => {
    const scene = Scene.answered(pause).send({ type: 'hangup', cause: 'x' }).send({ type: 'hangup', cause: 'y' })
    expect(scene.allCalls).toEqual([{ type: 'end', status: 480, cause: 'x' }])
  })

  test('replaces a prompt: it is stopped, the caller stays', () => {
    const scene = Scene.answered(playOp(), { op: 'await', at, until: ['hello'] })
    scene.send({ type: 'replace', program: program(playOp(), pause) })
    expect(scene.calls).toMatchObject([
      { type: 'stop', task: '1:hello' },
      { type: 'play', task: '2:hello' },
    ])
    scene.send({ type: 'played', task: '1:hello', outcome: { result: 'stopped', playedMs: 10 } })
    expect(scene.summary.open, 'a late result is not taken for the new prompt').toEqual(['hello'])
  })

  test('replaces a conversation: the callee is hung up, the dial is reported, then the new flow runs', () => {
    const scene = Scene.answered(...dialOps()).won('dial')
    scene.send({ type: 'replace', program: program(playOp(), pause) })
    expect(scene.calls.map(effect => effect.type)).toEqual(['unbridge', 'hangup'])
    expect(scene.summary.rest).toBe('settle')
    scene.other('ended', { outcome: 'completed', durationMs: 5_000 })
    expect(scene.asks.at(-1)).toMatchObject({
      expect: 'none',
      event: { type: 'dial', outcome: 'completed', durationMs: 5_000 },
    })
    expect(scene.calls).toMatchObject([{ type: 'play', task: '2:hello' }])
  })

  test('replaces a dial that rings: a callee who answers across it is hung up', () => {
    const scene = Scene.answered(...dialOps())
    scene.send({ type: 'replace', program: program(playOp(), pause) }).won('dial')
    expect(scene.calls).toEqual([{ type: 'hangup', leg: 'b' }])
    scene.other('ended')
    expect(scene.calls).toMatchObject([{ type: 'play', task: '2:hello' }])
  })

  test('a callee of a flow long gone is hung up too', () => {
    const scene = Scene.answered(...dialOps()).send({ type: 'replace', program: program(pause) })
    scene.send({ type: 'timer', name: 'settle' })
    scene.send({ type: 'group-won', group: '1:dial', leg: callee('up') })
    expect(scene.calls).toEqual([{ type: 'hangup', leg: 'b' }])
  })

  test('replaces a question: the application need not answer any more', () => {
    const scene = new Scene().send({ type: 'replace', program: program(pause) })
    expect(scene.effects).toContainEqual({ type: 'drop', sequence: 1 })
    expect(scene.summary.rest).toBe('activities')
  })

  test('the last of two programs wins while the first waits for the dial to be over', () => {
    const scene = Scene.answered(...dialOps()).send({ type: 'replace', program: program(pause) })
    scene.send({ type: 'replace', program: program(playOp(), pause) }).lost('dial', 'canceled', 487)
    expect(scene.allAsks.filter(ask => ask.event.type === 'dial')).toHaveLength(1)
    expect(scene.calls).toMatchObject([{ type: 'play' }])
  })

  test('and a hang-up meanwhile ends it all', () => {
    const scene = Scene.answered(...dialOps())
      .send({ type: 'replace', program: program(playOp()) })
      .self('ended')
    scene.lost('dial', 'canceled', 487)
    expect(scene.allCalls.map(effect => effect.type)).toEqual(['originate', 'cancel-group', 'cancel-group', 'end'])
    expect(scene.summary.rest).toBe('nothing')
  })

  test('a program that may not run changes nothing', () => {
    const scene = Scene.answered(pause)
    const before = scene.state
    scene.send({ type: 'replace', program: program({ ...pause, until: ['nobody'] } as Op) })
    expect(scene.state).toEqual(before)
  })
})

test('a hang-up by the flow waits for the end of the leg, and no later verb runs', () => {
  const scene = Scene.answered({ op: 'hangup', at, leg: 'self', headers: { 'X-Why': 'done' } }, playOp())
  expect(scene.calls).toEqual([{ type: 'hangup', leg: 'a', headers: { 'X-Why': 'done' } }])
  scene.self('ended', { outcome: 'completed', endedBy: 'switch' })
  expect(scene.calls.map(effect => effect.type)).toEqual(['end'])
  expect(scene.summary.rest).toBe('nothing')
})

test('hooks of other programs than the running one are not reported', () => {
  const scene = Scene.answered({ op: 'hook', at, hook: hookRef('/x'), report: { type: 'redirect' }, expect: 'flow' })
  scene.replyWith(pause).self('ended')
  expect(scene.allAsks.filter(ask => ask.event.type === 'redirect')).toHaveLength(1)
})
