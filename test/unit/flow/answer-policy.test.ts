import { describe, expect, test } from 'vitest'
import type { Op } from '../../../src/flow/index.ts'
import { at, collectOp, dialOps, playOp, Scene } from './scene.ts'

describe('R1: what an operation does to a caller who still rings', () => {
  test('a prompt answers, waits for the ACK and then plays', () => {
    const scene = Scene.ringing(playOp(), { op: 'await', at, until: ['hello'] })
    expect(scene.calls).toEqual([{ type: 'answer', leg: 'a' }])
    scene.self('ringing')
    expect(scene.calls).toEqual([])
    scene.self('up')
    expect(scene.calls).toMatchObject([{ type: 'play', leg: 'a' }])
  })

  test('a prompt before the answer opens early media and waits for it', () => {
    const scene = Scene.ringing(playOp({ policy: 'early' }), { op: 'await', at, until: ['hello'] })
    expect(scene.calls).toEqual([{ type: 'early', leg: 'a' }])
    scene.self('early')
    expect(scene.calls).toMatchObject([{ type: 'play' }])
  })

  test('early media asked for again is not asked for twice', () => {
    const scene = Scene.ringing(playOp({ policy: 'early' }), playOp({ policy: 'early', task: 'again' })).self('early')
    expect(scene.allCalls.filter(effect => effect.type === 'early')).toHaveLength(1)
    expect(scene.calls.map(effect => effect.type)).toContain('play')
  })

  test('a caller answered while early media was asked for is good enough', () => {
    const scene = Scene.ringing(playOp({ policy: 'early' })).self('up')
    expect(scene.calls[0]).toMatchObject({ type: 'play' })
  })

  test('an operation that needs nothing goes ahead', () => {
    expect(Scene.ringing(playOp({ policy: 'none' })).calls[0]).toMatchObject({ type: 'play' })
  })

  test('digits and echo answer too', () => {
    expect(Scene.ringing(collectOp()).calls).toEqual([{ type: 'answer', leg: 'a' }])
    expect(Scene.ringing(collectOp()).self('up').calls[0]).toEqual({
      type: 'collect',
      task: '1:pin',
      leg: 'a',
      minDigits: 1,
      maxDigits: 4,
      finishKeys: '#',
      firstDigitTimeoutMs: 5_000,
      interDigitTimeoutMs: 2_000,
    })
    const echo: Op = { op: 'echo', at, task: 'echo', leg: 'self', policy: 'auto' }
    expect(Scene.ringing(echo).self('up').calls[0]).toEqual({ type: 'echo', task: '1:echo', leg: 'a' })
  })

  test('on an answered caller nothing is answered again', () => {
    const scene = Scene.answered({ op: 'answer', at }, playOp(), { op: 'ring', at })
    expect(scene.calls.map(effect => effect.type)).toEqual(['play', 'stop', 'end'])
  })

  test('D08: without answerOnBridge the caller is answered as soon as the dial is placed', () => {
    const scene = Scene.ringing(...dialOps({ answer: true }))
    expect(scene.calls.map(effect => effect.type)).toEqual(['originate', 'answer'])
  })

  test('D07: with answerOnBridge the caller rings on; the bridge answers', () => {
    const scene = Scene.ringing(...dialOps())
    expect(scene.calls.map(effect => effect.type)).toEqual(['originate'])
    scene.won('dial')
    expect(scene.calls).toEqual([{ type: 'bridge', bridge: '1:dial bridge', a: 'a', b: 'b' }])
  })

  test('a callee who answers before the ACK of the caller is joined after it', () => {
    const scene = Scene.ringing(...dialOps({ answer: true })).won('dial')
    expect(scene.calls).toEqual([])
    scene.self('up')
    expect(scene.calls).toMatchObject([{ type: 'bridge' }])
  })
})
