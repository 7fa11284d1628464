import { describe, expect, test } from 'vitest'
import { hookRef, leg, playOp, program, Scene } from './scene.ts'

describe('a caller comes in', () => {
  test('the application is asked first, then told that the call is there', () => {
    const scene = new Scene()
    expect(scene.asks.map(({ sequence, event, expect: wanted }) => [sequence, event.type, wanted])).toEqual([
      [1, 'call', 'flow'],
      [2, 'status', 'none'],
    ])
    expect(scene.asks[0]?.hook.url).toBe('https://app.example/call')
    expect(scene.calls).toEqual([])
    expect(scene.summary.rest).toBe('reply')
  })

  test('the flow of the reply runs', () => {
    const scene = new Scene().replyWith({ op: 'ring', at: { path: '$', verb: 'alert' }, alertInfo: 'bell' })
    expect(scene.calls).toMatchObject([{ type: 'ring', leg: 'a', alertInfo: 'bell' }, { type: 'end' }])
  })

  test('a program that is given runs without a question', () => {
    const scene = Scene.ringing(playOp({ policy: 'none' }))
    expect(scene.allAsks.map(ask => ask.event.type)).toEqual(['status'])
    expect(scene.calls[0]).toMatchObject({ type: 'play', task: '1:hello' })
  })

  test('an application with neither hook nor program ends the call as our fault', () => {
    const { callHook: _, ...silent } = new Scene().state.application
    const scene = new Scene({ application: silent })
    expect(scene.calls).toEqual([{ type: 'end', status: 500, cause: 'the application has no flow' }])
  })

  test('a program that may not run ends the call and says why', () => {
    const scene = Scene.ringing({ op: 'await', at: { path: '$[4]', verb: 'x' }, until: ['nobody'] })
    expect(scene.calls).toEqual([{ type: 'end', status: 500, cause: '$[4]: Nothing in the flow is called nobody.' }])
  })

  test('an empty answer says nothing: the caller is refused', () => {
    const scene = new Scene().reply({ ok: true })
    expect(scene.calls).toEqual([{ type: 'end', status: 480, cause: 'the flow is over' }])
  })
})

describe('a call is made for an application', () => {
  const outbound = leg('trying', { direction: 'outbound' })

  test('the application is asked when the callee has answered, not before', () => {
    const scene = new Scene({ self: outbound })
    expect(scene.summary.rest).toBe('call')
    expect(scene.asks.map(ask => ask.event.type)).toEqual(['status'])
    scene.send({ type: 'leg', leg: { ...outbound, state: 'ringing', sipStatus: 180 } })
    expect(scene.asks.map(ask => ask.event.type)).toEqual(['status'])
    scene.send({ type: 'leg', leg: { ...outbound, state: 'up', sipStatus: 200 } })
    expect(scene.asks.map(ask => ask.event.type)).toEqual(['status', 'call'])
  })

  test('a callee who does not answer ends the session without a question', () => {
    const scene = new Scene({ self: outbound })
    scene.send({ type: 'leg', leg: { ...outbound, state: 'ended', outcome: 'busy', sipStatus: 486 } })
    expect(scene.allAsks.map(ask => ask.event.type)).toEqual(['status', 'status'])
    expect(scene.effects.at(-1)).toEqual({ type: 'finish' })
    expect(scene.summary.rest).toBe('nothing')
  })

  test('another program may replace the first before the callee answers', () => {
    const scene = new Scene({ self: outbound, program: program(playOp()) })
    scene.send({
      type: 'replace',
      program: program({ op: 'echo', at: { path: '$', verb: 'x' }, task: 'echo', leg: 'self', policy: 'auto' }),
    })
    scene.send({ type: 'leg', leg: { ...outbound, state: 'up' } })
    expect(scene.calls.map(effect => effect.type)).toEqual(['echo', 'stop', 'end'])
  })

  test('the time limit runs from the answer and ends the call', () => {
    const scene = new Scene({
      self: outbound,
      limitMs: 5_000,
      program: program({ op: 'await', at: { path: '$', verb: 'x' }, until: [] }),
    })
    expect(scene.effects).not.toContainEqual({ type: 'start', name: 'limit', ms: 5_000 })
    scene.send({ type: 'leg', leg: { ...outbound, state: 'up' } })
    expect(scene.effects).toContainEqual({ type: 'start', name: 'limit', ms: 5_000 })
    scene.send({ type: 'timer', name: 'limit' })
    expect(scene.calls).toEqual([{ type: 'end', status: 480, cause: 'the time limit of the call is over' }])
  })
})

test('a tag that comes with the session is stored and sent from the first hook on', () => {
  const scene = new Scene({ tag: { order: 7 } })
  expect(scene.calls).toEqual([{ type: 'tag', tag: { order: 7 } }])
  expect(scene.asks.every(ask => ask.tag['order'] === 7)).toBe(true)
})

test('a tag set later replaces the one before, and a status hook set later hears of the legs', () => {
  const scene = new Scene({ tag: { order: 7 } }).replyWith(
    { op: 'set', at: { path: '$', verb: 'tag' }, tag: { customer: 'x' }, statusHook: hookRef('/elsewhere') },
    { op: 'await', at: { path: '$', verb: 'x' }, until: [] },
  )
  expect(scene.calls).toEqual([{ type: 'tag', tag: { customer: 'x' } }])
  scene.self('up')
  expect(scene.asks).toMatchObject([{ hook: { url: '/elsewhere' }, tag: { customer: 'x' } }])
  expect(scene.asks[0]?.tag).toEqual({ customer: 'x' })
})
