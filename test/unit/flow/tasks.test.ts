import { describe, expect, test } from 'vitest'
import type { Op } from '../../../src/flow/index.ts'
import { at, collectOp, hookRef, playOp, Scene } from './scene.ts'

const wait = (...until: string[]): Op => ({ op: 'await', at, until })

describe('waiting', () => {
  test('ends with the first of several', () => {
    const scene = Scene.answered(playOp(), playOp({ task: 'other' }), wait('hello', 'other'), playOp({ task: 'next' }))
    scene.send({ type: 'played', task: '1:other', outcome: { result: 'completed', playedMs: 5 } })
    expect(scene.calls[0]).toMatchObject({ type: 'play', task: '1:next' })
  })

  test('for something that is over does not rest', () => {
    const scene = Scene.answered(playOp(), wait('hello'), wait('hello'), playOp({ task: 'next' }))
    scene.send({ type: 'played', task: '1:hello', outcome: { result: 'failed', playedMs: 0, message: 'no file' } })
    expect(scene.calls[0]).toMatchObject({ type: 'play', task: '1:next' })
  })

  test('for a time ends with the timer, which is stopped where something else ends it', () => {
    const timed: Op = { op: 'await', at, until: ['hello'], timeoutMs: 700 }
    const scene = Scene.answered(playOp(), timed, playOp({ task: 'next' }), wait('next'))
    expect(scene.effects).toContainEqual({ type: 'start', name: 'await', ms: 700 })
    const byTime = Scene.answered(playOp(), timed, playOp({ task: 'next' }), wait('next'))
    byTime.send({ type: 'timer', name: 'await' })
    expect(byTime.calls).toMatchObject([{ type: 'play', task: '1:next' }])
    scene.send({ type: 'played', task: '1:hello', outcome: { result: 'completed', playedMs: 5 } })
    expect(scene.effects[0]).toEqual({ type: 'stop', name: 'task 1:hello' })
    expect(scene.effects).toContainEqual({ type: 'stop', name: 'await' })
  })

  test('for no time does not rest', () => {
    expect(Scene.answered({ op: 'await', at, until: [], timeoutMs: 0 }).calls.map(effect => effect.type)).toEqual([
      'end',
    ])
  })
})

describe('branches', () => {
  const toneOf = (name: string): readonly Op[] => [playOp({ task: name }), wait(name)]
  const branch: Op = {
    op: 'branch',
    at,
    on: 'hello',
    cases: { completed: toneOf('yes'), open: toneOf('still') },
    otherwise: toneOf('no'),
  }

  test.each([
    ['completed', '1:yes'],
    ['failed', '1:no'],
    ['stopped', '1:no'],
  ] as const)('after %s it plays %s', (result, task) => {
    const scene = Scene.answered(playOp(), wait('hello'), branch)
    scene.send({ type: 'played', task: '1:hello', outcome: { result, playedMs: 5 } })
    expect(scene.calls).toMatchObject([{ type: 'play', task }])
  })

  test('while something is under way its result is open', () => {
    expect(Scene.answered(playOp(), branch).calls.at(-1)).toMatchObject({ type: 'play', task: '1:still' })
  })

  test('results are only looked up among the cases themselves', () => {
    const scene = Scene.answered(playOp(), wait('hello'), { op: 'branch', at, on: 'hello', cases: {} })
    scene.send({ type: 'played', task: '1:hello', outcome: { result: 'toString' as 'failed', playedMs: 5 } })
    expect(scene.calls.map(effect => effect.type)).toEqual(['end'])
  })
})

describe('tasks', () => {
  test('stop ends a prompt; its result still comes', () => {
    const scene = Scene.answered(playOp({ times: 0 }), { op: 'stop', at, task: 'hello' }, wait('hello'))
    expect(scene.calls.at(-1)).toEqual({ type: 'stop', task: '1:hello' })
    expect(scene.summary.rest).toBe('activities')
    scene.send({ type: 'played', task: '1:hello', outcome: { result: 'stopped', playedMs: 5 } })
    expect(scene.calls.map(effect => effect.type)).toEqual(['end'])
  })

  test('stop ends an echo, which reports nothing', () => {
    const scene = Scene.answered(
      { op: 'echo', at, task: 'echo', leg: 'self', policy: 'auto' },
      { op: 'stop', at, task: 'echo' },
      wait(),
    )
    expect(scene.calls.at(-1)).toEqual({ type: 'stop', task: '1:echo' })
    expect(scene.summary.open).toEqual([])
  })

  test('a prompt with a time limit is stopped by it', () => {
    const scene = Scene.answered(playOp({ times: 0, timeoutMs: 3_000 }), wait('hello'))
    scene.send({ type: 'timer', name: 'task 1:hello' })
    expect(scene.calls).toEqual([{ type: 'stop', task: '1:hello' }])
  })

  test('digits end up in the hook, and not in the summary', () => {
    const collect = collectOp({ prompt: { task: 'hello', barge: true, listen: true } })
    const hook: Op = { op: 'hook', at, hook: hookRef('/pin'), report: { type: 'gather', task: 'pin' }, expect: 'flow' }
    const scene = Scene.answered(playOp(), collect, wait('pin'), hook)
    expect(scene.calls[1]).toMatchObject({ type: 'collect', prompt: { task: '1:hello', barge: true, listen: true } })
    scene.send({ type: 'collected', task: '1:pin', outcome: { result: 'digits', digits: '4711', finishKey: '#' } })
    expect(scene.asks[0]?.event).toEqual({
      type: 'gather',
      outcome: { result: 'digits', digits: '4711', finishKey: '#' },
    })
    expect(JSON.stringify(scene.summary)).not.toContain('4711')
  })

  test('results of another kind, of unknown tasks and repeated ones change nothing', () => {
    const scene = Scene.answered(playOp(), wait('hello'))
    const before = scene.state
    scene.send({ type: 'collected', task: '1:hello', outcome: { result: 'digits', digits: '1' } })
    scene.send({ type: 'played', task: '1:nobody', outcome: { result: 'completed', playedMs: 1 } })
    scene.send({ type: 'played', task: 'hello', outcome: { result: 'completed', playedMs: 1 } })
    scene.send({ type: 'bridged', bridge: '1:hello', outcome: { result: 'ended' } })
    expect(scene.state).toEqual(before)
  })
})
