import { describe, expect, test } from 'vitest'
import type { Op } from '../../../src/flow/index.ts'
import { at, dialOps, playOp, Scene } from './scene.ts'

describe('a dial', () => {
  test('D28: a callee who is busy is reported with status and reason, and the flow goes on', () => {
    const scene = Scene.answered(...dialOps(), playOp(), { op: 'await', at, until: ['hello'] })
    scene.other('ended', { outcome: 'busy', sipStatus: 486 })
    scene.send({
      type: 'group-lost',
      group: '1:dial',
      outcome: 'busy',
      sipStatus: 486,
      message: 'Busy Here',
      leg: scene.state.legs.find(({ id }) => id === 'b') as never,
    })
    expect(scene.asks).toMatchObject([
      {
        expect: 'flow',
        event: { type: 'dial', outcome: 'busy', sipStatus: 486, message: 'Busy Here', leg: { id: 'b' } },
      },
    ])
    scene.reply({ ok: true })
    expect(scene.calls).toMatchObject([{ type: 'play' }])
  })

  test('D31: a dial that could not even start is reported without a leg', () => {
    const scene = Scene.answered(...dialOps()).lost('dial', 'failed', 503)
    const [ask] = scene.asks
    expect(ask?.event).toEqual({
      type: 'dial',
      outcome: 'failed',
      sipStatus: 503,
      message: 'it was failed',
      durationMs: 0,
    })
  })

  test('D21: the limit of the conversation goes with the bridge, and the callee is hung up after it', () => {
    const scene = Scene.answered(...dialOps({ limitMs: 30_000 })).won('dial')
    expect(scene.calls).toMatchObject([{ type: 'bridge', limitMs: 30_000 }])
    scene.parted('dial', 'limit')
    expect(scene.calls).toEqual([{ type: 'hangup', leg: 'b' }])
    scene.other('ended', { outcome: 'completed', durationMs: 30_000, endedBy: 'switch' })
    expect(scene.asks.at(-1)?.event).toMatchObject({ type: 'dial', outcome: 'completed', durationMs: 30_000 })
  })

  test('a callee who hangs up leaves the caller to the rest of the flow', () => {
    const scene = Scene.answered(...dialOps(), playOp()).won('dial')
    scene.other('ended', { outcome: 'completed', durationMs: 1_000, endedBy: 'callee' })
    expect(scene.asks.map(ask => ask.event.type)).toEqual(['status'])
    scene.parted('dial')
    expect(scene.asks.map(ask => ask.event.type)).toEqual(['dial'])
    scene.reply({ ok: true })
    expect(scene.calls[0]).toMatchObject({ type: 'play' })
  })

  test('a callee who could not be joined is a failure, not a completed call', () => {
    const scene = Scene.answered(...dialOps())
      .won('dial')
      .parted('dial', 'failed')
      .other('ended')
    expect(scene.asks.at(-1)?.event).toMatchObject({ type: 'dial', outcome: 'failed', leg: { id: 'b' } })
  })

  test('a callee who answers and is not joined has completed the dial all the same', () => {
    const [originate, wait, , hook] = dialOps() as [Op, Op, Op, Op]
    const scene = Scene.answered(originate, wait, hook).won('dial')
    expect(scene.asks.at(-1)?.event).toMatchObject({ type: 'dial', outcome: 'completed', leg: { id: 'b' } })
  })

  test('an answer that came while the caller was still being answered is not lost', () => {
    const scene = Scene.ringing(...dialOps({ answer: true }))
      .lost('dial', 'busy', 486)
      .self('up')
    expect(scene.asks.map(ask => ask.event.type)).toEqual(['status', 'dial'])
  })

  test('operations on a winner that there is not do not hold up the flow', () => {
    const winner = { winnerOf: 'dial' }
    const scene = Scene.answered(
      ...dialOps().slice(0, 2),
      playOp({ leg: winner }),
      { op: 'echo', at, task: 'echo', leg: winner, policy: 'auto' },
      { op: 'bridge', at, bridge: 'late', a: 'self', b: winner },
      { op: 'hangup', at, leg: winner },
      { op: 'await', at, until: ['late'] },
      {
        op: 'branch',
        at,
        on: 'late',
        cases: { failed: [playOp({ task: 'sorry' }), { op: 'await', at, until: ['sorry'] }] },
      },
    ).lost('dial', 'busy', 486)
    expect(scene.calls).toMatchObject([{ type: 'play', task: '1:sorry' }])
  })
})

describe('what the status hook hears', () => {
  test('every state of every leg, once, in order', () => {
    const scene = Scene.ringing(...dialOps())
      .self('ringing')
      .other('trying')
      .other('ringing')
      .other('ringing', { sipStatus: 183 })
    scene
      .other('early')
      .won('dial')
      .other('up')
      .self('up')
      .other('ended')
      .parted('dial')
      .reply({ ok: true })
      .self('ended')
    const heard = scene.allAsks.flatMap(({ event }) =>
      event.type === 'status' ? [`${event.leg.id} ${event.leg.state}`] : [],
    )
    expect(heard).toEqual([
      'a trying',
      'a ringing',
      'b trying',
      'b ringing',
      'b early',
      'b up',
      'a up',
      'b ended',
      'a ended',
    ])
    expect(scene.allAsks.map(ask => ask.sequence)).toEqual(scene.allAsks.map((_, index) => index + 1))
  })

  test('nothing after a leg has ended', () => {
    const scene = Scene.answered(...dialOps())
      .other('ended')
      .other('ringing')
      .other('ended')
    expect(scene.allAsks.filter(({ event }) => event.type === 'status' && event.leg.id === 'b')).toHaveLength(1)
  })

  test('an application without a status hook hears nothing', () => {
    const { statusHook: _, ...application } = new Scene().state.application
    const scene = new Scene({ application }).self('ringing')
    expect(scene.allAsks.map(ask => ask.event.type)).toEqual(['call'])
  })
})
