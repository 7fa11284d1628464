/**
 * Digits: how many, until when, from where.
 */
import { describe, expect } from 'vitest'
import type { PhoneCall, SimPhone } from '../peers/phone.ts'
import { heardBetween, levelOf, voice } from './sounds.ts'
import { type Payload, type Story, story } from './story.ts'

const PROMPT_HZ = 440

const prompt = (ms: number): object => ({ play: { url: `tone_stream://%(${ms},0,${PROMPT_HZ})` } })

interface Scene {
  readonly alice: SimPhone
  readonly call: PhoneCall
}

/** A call that gathers; it goes on to the hook /digits, and hangs up. */
function gathering(s: Story, properties: object, from: Parameters<SimPhone['call']>[2] = {}): Scene {
  s.app({ '/call': [{ verb: 'gather', actionHook: '/digits', ...properties }, { verb: 'hangup' }] })
  const alice = s.phone('alice')
  const call = s.call(alice, from)
  s.until('it is up', () => call.acked)
  s.run(50)
  return { alice, call }
}

/** When the hook came, and what it said. */
function result(s: Story, { call }: Scene): Payload & { readonly atMs: number } {
  s.until('it is over', () => call.ended)
  const [hook, ...more] = s.hooks('/digits')
  expect(more).toEqual([])
  const { reason, digits } = hook?.payload ?? {}
  return { reason, ...(digits === undefined ? {} : { digits }), atMs: hook?.atMs ?? 0 }
}

const press = (s: Story, { call }: Scene, digits: string): void => {
  call.audio?.press(digits)
  s.run(200 * digits.length + 20)
}

/** A digit in SIP INFO. */
function info(s: Story, { alice, call }: Scene, type: string, body: string): void {
  alice.request(call, 'INFO', [`Content-Type: ${type}`], body)
  s.run(20)
}

describe('gather ends', () => {
  story('K07 with numDigits', s => {
    const scene = gathering(s, { numDigits: 4 })
    press(s, scene, '12*#')
    expect(result(s, scene)).toMatchObject({ reason: 'dtmfDetected', digits: '12*#' })
  })

  story('K07 with maxDigits, and what comes afterwards is not part of it', s => {
    const scene = gathering(s, { maxDigits: 2 })
    press(s, scene, '123')
    expect(result(s, scene)).toMatchObject({ reason: 'dtmfDetected', digits: '12' })
  })

  story('K07 with the key of finishOnKey, which is not part of the digits', s => {
    const scene = gathering(s, { finishOnKey: '#', timeout: 30 })
    press(s, scene, '987#')
    expect(result(s, scene)).toMatchObject({ reason: 'dtmfDetected', digits: '987' })
  })

  story('K07 with any key of several', s => {
    const scene = gathering(s, { finishOnKey: '*#', timeout: 30 })
    press(s, scene, '9*')
    expect(result(s, scene)).toMatchObject({ reason: 'dtmfDetected', digits: '9' })
  })

  story('K07 with the timeout, when nobody presses anything', s => {
    const scene = gathering(s, { timeout: 3, numDigits: 1 })
    const { reason, atMs } = result(s, scene)
    expect(reason).toBe('timeout')
    expect(atMs - (scene.call.times['answered'] ?? 0)).toBeGreaterThan(2_990)
    expect(atMs - (scene.call.times['answered'] ?? 0)).toBeLessThan(3_050)
  })

  story('K07 with a timeout of 15 s when none is given', s => {
    const scene = gathering(s, { numDigits: 1 })
    const { atMs } = result(s, scene)
    expect(atMs - (scene.call.times['answered'] ?? 0)).toBeGreaterThan(14_990)
    expect(atMs - (scene.call.times['answered'] ?? 0)).toBeLessThan(15_050)
  })

  story('K07 never by itself with a timeout of 0', s => {
    const scene = gathering(s, { timeout: 0, numDigits: 1 })
    s.run(100_000)
    expect(s.hooks('/digits')).toEqual([])
    press(s, scene, '1')
    expect(result(s, scene)).toMatchObject({ digits: '1' })
  })

  story('K07 with interDigitTimeout once it has begun', s => {
    const scene = gathering(s, { timeout: 30, interDigitTimeout: 2 })
    const from = s.now
    press(s, scene, '42')
    const { atMs, ...said } = result(s, scene)
    expect(said).toEqual({ reason: 'dtmfDetected', digits: '42' })
    expect(atMs - from).toBeGreaterThan(2_200)
    expect(atMs - from).toBeLessThan(2_350)
  })

  story('K07 with fewer digits than minDigits in a timeout', s => {
    const scene = gathering(s, { timeout: 3, interDigitTimeout: 1, minDigits: 3, maxDigits: 5 })
    press(s, scene, '42')
    expect(result(s, scene)).toMatchObject({ reason: 'timeout' })
  })

  story('K07 with as many digits as minDigits in digits', s => {
    const scene = gathering(s, { timeout: 3, interDigitTimeout: 1, minDigits: 2, maxDigits: 5 })
    press(s, scene, '42')
    expect(result(s, scene)).toMatchObject({ reason: 'dtmfDetected', digits: '42' })
  })

  story('K07 with the call, and then there is nothing to report', s => {
    const scene = gathering(s, { timeout: 30, numDigits: 2 })
    press(s, scene, '4')
    scene.alice.hangUp(scene.call)
    s.run(1_000)
    expect(s.hooks('/digits')).toEqual([])
  })
})

describe('gather with a prompt', () => {
  story('K07 barge-in: the first digit stops the prompt and counts', s => {
    const scene = gathering(s, { numDigits: 2, ...prompt(10_000) })
    s.run(1_000)
    const from = s.now
    press(s, scene, '4')
    expect(heardBetween(scene.call, from + 40, s.now), 'the prompt has stopped').toEqual([])
    press(s, scene, '2')
    expect(result(s, scene)).toMatchObject({ reason: 'dtmfDetected', digits: '42' })
    expect(s.now).toBeLessThan(2_000)
  })

  story('K07 without barge-in: digits count, and the prompt is heard to its end', s => {
    const scene = gathering(s, { numDigits: 3, dtmfBargein: false, timeout: 5, ...prompt(2_000) })
    press(s, scene, '42')
    s.run(1_700)
    expect(levelOf((scene.call.audio?.heard ?? []).slice(-10), PROMPT_HZ)).toBeGreaterThan(-16)
    expect(scene.call.audio?.heard).toHaveLength(100)
    press(s, scene, '1')
    expect(result(s, scene)).toMatchObject({ digits: '421' })
  })

  story('K07 without listenDuringPrompt: what is pressed meanwhile does not count', s => {
    const scene = gathering(s, { numDigits: 1, listenDuringPrompt: false, timeout: 5, ...prompt(1_000) })
    press(s, scene, '4')
    s.run(1_000)
    press(s, scene, '2')
    expect(result(s, scene)).toMatchObject({ digits: '2' })
  })

  story('K07 the time counts from the end of the prompt', s => {
    const scene = gathering(s, { numDigits: 1, timeout: 3, ...prompt(4_000) })
    const { atMs, reason } = result(s, scene)
    expect(reason).toBe('timeout')
    expect(atMs - (scene.call.times['answered'] ?? 0)).toBeGreaterThan(6_990)
    expect(atMs - (scene.call.times['answered'] ?? 0)).toBeLessThan(7_100)
  })

  story('K07 the finish key alone during the prompt ends both', s => {
    const scene = gathering(s, { finishOnKey: '#', timeout: 5, minDigits: 0, ...prompt(10_000) })
    press(s, scene, '#')
    expect(result(s, scene)).toMatchObject({ reason: 'dtmfDetected', digits: '' })
    expect(s.now).toBeLessThan(1_000)
  })

  story('K07 a prompt that cannot be played: the digits are gathered all the same', s => {
    const scene = gathering(s, { numDigits: 1, timeout: 3, play: { url: 'missing.wav' } })
    press(s, scene, '7')
    expect(result(s, scene)).toMatchObject({ reason: 'dtmfDetected', digits: '7' })
  })

  story('K07 a prompt that cannot be played: the time counts from then', s => {
    const scene = gathering(s, { numDigits: 1, timeout: 3, play: { url: 'missing.wav' } })
    const { atMs, reason } = result(s, scene)
    expect(reason).toBe('timeout')
    expect(atMs - (scene.call.times['answered'] ?? 0)).toBeLessThan(3_050)
  })

  story('K07 the menu is heard again when the application says so', s => {
    s.app({
      '/call': [{ verb: 'gather', numDigits: 1, timeout: 1, actionHook: '/digits', ...prompt(500) }],
      '/digits': ({ reason }, count) => {
        if (reason === 'timeout' && count < 2) {
          return [{ verb: 'gather', numDigits: 1, timeout: 1, actionHook: '/digits', ...prompt(500) }]
        }
        return [{ verb: 'hangup' }]
      },
    })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(s.hooks('/digits').map(({ payload }) => payload['reason'])).toEqual(['timeout', 'timeout', 'timeout'])
    expect(call.audio?.heard).toHaveLength(75)
  })
})

describe('gather hears digits', () => {
  story('K07 R8 over a network that loses and doubles packets, each once', s => {
    s.world.net.link = { loss: 0, duplicate: 0.5, reorder: 0, reorderMs: 0, delayMs: [1, 1] }
    const scene = gathering(s, { numDigits: 5 })
    press(s, scene, '11223')
    expect(result(s, scene)).toMatchObject({ digits: '11223' })
  })

  for (const [type, body, digit] of [
    ['application/dtmf-relay', 'Signal=5\r\nDuration=160\r\n', '5'],
    ['application/dtmf-relay', 'Signal = *\nDuration = 160', '*'],
    ['application/dtmf', '#', '#'],
    ['application/dtmf', '11', '#'],
  ] as const) {
    story(`K07 in SIP INFO: ${type} ${JSON.stringify(body)}`, s => {
      const scene = gathering(s, { numDigits: 2 }, { sdp: { events: 0 } })
      info(s, scene, type, body)
      info(s, scene, type, body)
      expect(result(s, scene)).toMatchObject({ digits: digit + digit })
      expect(scene.call.answers.filter(({ method }) => method === 'INFO').map(({ status }) => status)).toEqual([
        200, 200,
      ])
    })
  }

  story('K07 in SIP INFO that is lost and sent again: once', s => {
    const scene = gathering(s, { numDigits: 2, timeout: 20 }, { sdp: { events: 0 } })
    s.world.net.link = { loss: 1, duplicate: 0, reorder: 0, reorderMs: 0, delayMs: [1, 1] }
    scene.alice.request(scene.call, 'INFO', ['Content-Type: application/dtmf'], '1')
    s.run(100)
    s.world.net.link = { loss: 0, duplicate: 1, reorder: 0, reorderMs: 0, delayMs: [1, 20] }
    s.run(1_000)
    info(s, scene, 'application/dtmf', '2')
    expect(result(s, scene)).toMatchObject({ digits: '12' })
  })

  story('R8 K07 by RFC 4733 and in SIP INFO too: once', s => {
    const scene = gathering(s, { maxDigits: 5, interDigitTimeout: 2 })
    for (const digit of '12') {
      scene.call.audio?.press(digit)
      s.run(10)
      info(s, scene, 'application/dtmf', digit)
      s.run(300)
    }
    expect(result(s, scene)).toMatchObject({ reason: 'dtmfDetected', digits: '12' })
  })

  story('R8 K07 in SIP INFO first and then by RFC 4733: once', s => {
    const scene = gathering(s, { maxDigits: 5, interDigitTimeout: 2 })
    for (const digit of '1123') {
      info(s, scene, 'application/dtmf', digit)
      scene.call.audio?.press(digit)
      s.run(300)
    }
    expect(result(s, scene)).toMatchObject({ reason: 'dtmfDetected', digits: '1123' })
  })

  story('R8 K07 the same key again by the better source is another digit', s => {
    const scene = gathering(s, { maxDigits: 5, interDigitTimeout: 2 })
    info(s, scene, 'application/dtmf', '1')
    s.run(300)
    press(s, scene, '1')
    expect(result(s, scene)).toMatchObject({ reason: 'dtmfDetected', digits: '11' })
  })

  story('K07 among voice, and voice is no digit', s => {
    const scene = gathering(s, { numDigits: 1, timeout: 2 })
    scene.call.audio?.talk(50, voice(697))
    s.run(1_000)
    press(s, scene, '8')
    expect(result(s, scene)).toMatchObject({ digits: '8' })
  })

  story('K07 refuses an INFO without digits in a body it does not know, and the call goes on', s => {
    const scene = gathering(s, { numDigits: 1, timeout: 5 })
    info(s, scene, 'application/x-own', 'hello')
    info(s, scene, 'application/dtmf', 'hello')
    scene.alice.request(scene.call, 'INFO')
    s.run(20)
    scene.alice.request(scene.call, 'MESSAGE', ['Content-Type: text/plain'], 'hello')
    s.run(20)
    expect(scene.call.answers.map(({ method, status }) => [method, status])).toEqual([
      ['INFO', 415],
      ['INFO', 415],
      ['INFO', 200],
      ['MESSAGE', 405],
    ])
    press(s, scene, '1')
    expect(result(s, scene)).toMatchObject({ digits: '1' })
  })

  story('K07 not before the gather: what was pressed during a play is gone', s => {
    s.app({
      '/call': [
        { verb: 'play', url: 'tone_stream://%(1000,0,440)' },
        { verb: 'gather', numDigits: 1, timeout: 2, actionHook: '/digits' },
        { verb: 'hangup' },
      ],
    })
    const call = s.call(s.phone('alice'))
    s.until('it is up', () => call.acked)
    call.audio?.press('9')
    s.until('it is over', () => call.ended)
    expect(s.hook('/digits')).toMatchObject({ reason: 'timeout' })
  })
})
