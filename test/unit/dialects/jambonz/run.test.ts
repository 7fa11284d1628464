/**
 * Verbs from the document to the call: what the interpreter does with what the dialect reads.
 */
import { describe, expect, test } from 'vitest'
import { dialectNamed } from '../../../../src/dialects/index.ts'
import type { Program } from '../../../../src/flow/index.ts'
import { callee, leg, Scene } from '../../flow/scene.ts'

function compile(...verbs: readonly object[]): Program {
  const result = dialectNamed('jambonz')?.read([...verbs])
  if (!result?.ok) throw new Error(JSON.stringify(result?.problems))
  return result.program
}

const ringing = (...verbs: readonly object[]): Scene => new Scene({ program: compile(...verbs) })
const answered = (...verbs: readonly object[]): Scene => new Scene({ program: compile(...verbs), self: leg('up') })

const types = (scene: Scene): readonly string[] => scene.calls.map(effect => effect.type)

const bob = { type: 'user', name: 'bob@example.com' }
const carol = { type: 'user', name: 'carol@example.com' }
const next = { verb: 'play', url: 'next.wav' }

describe('dial', () => {
  test('D02, D22: rings all targets at once for sixty seconds', () => {
    const scene = answered({ verb: 'dial', target: [bob, carol] })
    expect(scene.calls).toMatchObject([
      {
        type: 'originate',
        group: '1:dial 0',
        targets: [{ name: bob.name }, { name: carol.name }],
        ringTimeoutMs: 60_000,
        for: 'a',
      },
    ])
  })

  test('D09: answers the caller as soon as the call is placed, unless told otherwise', () => {
    expect(types(ringing({ verb: 'dial', target: [bob] }))).toEqual(['originate', 'answer'])
    expect(types(ringing({ verb: 'dial', target: [bob], answerOnBridge: true }))).toEqual(['originate'])
    expect(types(ringing({ verb: 'dial', target: [bob, carol], answerOnBridge: true }))).toEqual(['ring', 'originate'])
  })

  test('D14: music replaces the ringing of the callee', () => {
    const [originate] = answered({ verb: 'dial', target: [bob], dialMusic: 'https://app.example/wait' }).calls
    expect(originate).toMatchObject({
      alerting: { relay: false, music: [{ kind: 'audio', location: 'https://app.example/wait' }] },
    })
  })

  test('the media of a single callee before the answer is relayed, of several not', () => {
    expect(answered({ verb: 'dial', target: [bob] }).calls[0]).toMatchObject({ alerting: { relay: true } })
    expect(answered({ verb: 'dial', target: [bob, carol] }).calls[0]).toMatchObject({ alerting: { relay: false } })
  })

  test('D04: the hook `dial` hears how it went where none is named, and no more than that', () => {
    const scene = answered({ verb: 'dial', target: [bob] }, next).lost('dial 0', 'no-answer', 487)
    expect(scene.asks).toMatchObject([
      { hook: { url: 'dial', method: 'POST' }, expect: 'flow', event: { outcome: 'no-answer', sipStatus: 487 } },
    ])
    scene.reply({ ok: false, code: 'status', message: 'The hook answered 404.', problems: [] })
    expect(types(scene)).toEqual(['play'])
  })

  test('a hook that is named must bring a flow: if it fails the call ends', () => {
    const scene = ringing({ verb: 'dial', target: [bob], answerOnBridge: true, actionHook: '/d' }, next)
    scene
      .lost('dial 0', 'busy', 486)
      .reply({ ok: false, code: 'status', message: 'The hook answered 404.', problems: [] })
    expect(scene.calls).toMatchObject([{ type: 'end', status: 502 }])
  })

  test('D03, D21, D28: joins the winner, for so long, and reports it', () => {
    const scene = answered({ verb: 'dial', target: [bob, carol], timeLimit: 10 }, next).won('dial 0')
    expect(scene.calls).toEqual([{ type: 'bridge', bridge: '1:bridge 0', a: 'a', b: 'b', limitMs: 10_000 }])
    scene.send({ type: 'bridged', bridge: '1:bridge 0', outcome: { result: 'limit' } })
    scene.send({ type: 'leg', leg: callee('ended', { outcome: 'completed', durationMs: 10_000, sipStatus: 200 }) })
    expect(scene.asks.at(-1)).toMatchObject({
      event: { type: 'dial', outcome: 'completed', sipStatus: 200, durationMs: 10_000 },
    })
  })

  test('R2: a dial that fails on a caller who still rings refuses the caller by it', () => {
    const scene = ringing({ verb: 'dial', target: [bob], answerOnBridge: true }).lost('dial 0', 'busy', 486)
    scene.reply({ ok: true })
    expect(scene.calls).toMatchObject([{ type: 'end', status: 486 }])
  })

  test('R6: a caller who gives up cancels the dial, and its hook hears of it', () => {
    const scene = ringing({ verb: 'dial', target: [bob], answerOnBridge: true }, next).self('ended', {
      outcome: 'canceled',
    })
    expect(types(scene)).toEqual(['cancel-group', 'end'])
    scene.lost('dial 0', 'canceled', 487)
    expect(scene.asks).toMatchObject([{ hook: { url: 'dial' }, expect: 'none', event: { outcome: 'canceled' } }])
    expect(scene.summary.rest).toBe('nothing')
  })
})

describe('gather', () => {
  const menu = { verb: 'gather', actionHook: '/menu', numDigits: 1, play: { url: 'menu.wav' } }

  test('plays, listens, stops the prompt, asks, and does what it is told', () => {
    const scene = ringing(menu, next)
    expect(types(scene)).toEqual(['answer'])
    scene.self('up')
    expect(scene.calls).toMatchObject([
      { type: 'play', task: '1:prompt 0' },
      { type: 'collect', minDigits: 1, maxDigits: 1, prompt: { task: '1:prompt 0', barge: true, listen: true } },
    ])
    scene.send({ type: 'collected', task: '1:gather 0', outcome: { result: 'digits', digits: '2' } })
    expect(scene.calls).toEqual([{ type: 'stop', task: '1:prompt 0' }])
    expect(scene.asks).toMatchObject([{ hook: { url: '/menu' }, event: { type: 'gather', outcome: { digits: '2' } } }])
    scene.send({ type: 'played', task: '1:prompt 0', outcome: { result: 'stopped', playedMs: 900 } })
    scene.reply({ ok: true, program: compile({ verb: 'hangup' }) })
    expect(scene.calls).toEqual([{ type: 'hangup', leg: 'a' }])
  })

  test('without a hook is a pause that keys can end', () => {
    const scene = answered({ verb: 'gather', timeout: 3 }, next)
    expect(scene.calls[0]).toMatchObject({ firstDigitTimeoutMs: 3_000 })
    scene.send({ type: 'collected', task: '1:gather 0', outcome: { result: 'timeout', digits: '' } })
    expect(types(scene)).toEqual(['play'])
  })

  test('is not asked about when the caller hangs up', () => {
    const scene = answered(menu).self('ended', { outcome: 'completed' })
    expect(scene.asks.map(ask => ask.event.type)).toEqual(['status'])
  })
})

describe('the other verbs', () => {
  test('pause waits without answering', () => {
    const scene = ringing({ verb: 'pause', length: 2 }, { verb: 'sip:decline', status: 486, reason: 'Busy Here' })
    expect(scene.calls).toEqual([])
    expect(scene.effects).toContainEqual({ type: 'start', name: 'await', ms: 2_000 })
    scene.send({ type: 'timer', name: 'await' })
    expect(scene.calls).toEqual([
      { type: 'reject', leg: 'a', status: 486, reason: 'Busy Here' },
      { type: 'end', status: 486 },
    ])
  })

  test('alert rings with its Alert-Info, answer answers', () => {
    const scene = ringing({ verb: 'alert', message: 'info=x' }, { verb: 'answer' }, { verb: 'hangup' })
    expect(scene.calls).toEqual([
      { type: 'ring', leg: 'a', alertInfo: 'info=x' },
      { type: 'answer', leg: 'a' },
    ])
    expect(types(scene.self('up'))).toEqual(['hangup'])
  })

  test('a prompt before the answer is early media', () => {
    const scene = ringing({ verb: 'play', url: 'a.wav', earlyMedia: true })
    expect(types(scene)).toEqual(['early'])
    expect(types(scene.self('early'))).toEqual(['play'])
  })

  test('play for so long, then its hook', () => {
    const scene = answered({ verb: 'play', url: 'a.wav', loop: 'forever', timeoutSecs: 5, actionHook: '/played' })
    expect(scene.calls).toMatchObject([{ type: 'play', times: 0 }])
    scene.send({ type: 'timer', name: 'task 1:play 0' })
    scene.send({ type: 'played', task: '1:play 0', outcome: { result: 'stopped', playedMs: 5_000 } })
    expect(scene.asks).toMatchObject([
      { hook: { url: '/played' }, event: { type: 'play', outcome: { playedMs: 5_000 } } },
    ])
  })

  test('tag and redirect: the data goes with the next question, statuses to the new hook', () => {
    const scene = answered(
      { verb: 'tag', data: { a: 1 } },
      { verb: 'redirect', actionHook: '/b', statusHook: '/s' },
      next,
    )
    expect(scene.calls).toEqual([{ type: 'tag', tag: { a: 1 } }])
    expect(scene.asks.at(-1)).toMatchObject({ hook: { url: '/b' }, tag: { a: 1 }, event: { type: 'redirect' } })
    scene.self('ended')
    expect(scene.asks).toMatchObject([{ hook: { url: '/s' }, event: { type: 'status' } }])
  })
})
