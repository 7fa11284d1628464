/**
 * What is really heard, over real sockets: phones that send tones and measure what arrives.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock, systemNet } from '../../src/base/index.ts'
import { type Manners, type PhoneCall, SimPhone } from '../sim/peers/phone.ts'
import { SeededRandom } from '../sim/world/random.ts'
import { FRAME_SAMPLES, frequencyHz, levelDbm0, listen, type PayloadType, sine, wavOf } from './ear.ts'
import { Home, type SwitchProcess } from './process.ts'
import { openWebhook, type Webhook } from './webhook.ts'

const LEVEL_DBM0 = -12
const PROMPT_MS = 1_500
const PROMPT_HZ = 700

const home = new Home()
let webhook: Webhook
let sw: SwitchProcess
let port: number
let flow: unknown = []
const phones: SimPhone[] = []
const net = systemNet(systemClock)
let nextRtpPort = 40_000

beforeAll(async () => {
  webhook = await openWebhook(path => (path === '/call' ? flow : undefined))
  const prompt = new Int16Array((PROMPT_MS * 8_000) / 1_000)
  for (let i = 0; i < prompt.length; i++)
    prompt[i] = Math.round(8_000 * Math.sin((2 * Math.PI * PROMPT_HZ * i) / 8_000))
  home.write(
    'cordboard.yaml',
    `promptsDir: .
applications: [{ name: test, callHook: "${webhook.url}/call" }]
numbers: [{ number: "1", application: test }]
`,
  )
  home.write('prompt.wav', wavOf(prompt))
  sw = home.run()
  port = (await sw.ready()).sipPort
})

afterAll(async () => {
  for (const phone of phones) phone.close()
  sw.signal('SIGTERM')
  const { code, err } = await sw.ended
  home.remove()
  await webhook.close()
  expect(code, err).toBe(0)
})

function phone(name: string, manners: Manners = {}): SimPhone {
  const random = new SeededRandom(phones.length + 1, name)
  const made = new SimPhone({
    clock: systemClock,
    net,
    random,
    address: '127.0.0.1',
    port: 0,
    rtpPort: nextRtpPort,
    name,
  })
  nextRtpPort += 2
  made.manners = manners
  phones.push(made)
  return made
}

const waitMs = (ms: number): Promise<void> => new Promise(resolve => systemClock.after(ms, resolve))

async function until(what: string, condition: () => boolean, limitMs = 10_000): Promise<void> {
  const limit = systemClock.now() + limitMs
  while (!condition()) {
    if (systemClock.now() > limit) throw new Error(`Never happened: ${what}`)
    await waitMs(10)
  }
}

/** What one end heard of a sine that the other sent. */
function expectTone(call: PhoneCall, hz: number, payloadType: PayloadType, atLeastMs: number): void {
  const { samples, longestGapMs, payloadType: heardType } = listen(call.audio?.heard ?? [])
  expect(heardType).toBe(payloadType)
  expect(samples.length / 8).toBeGreaterThanOrEqual(atLeastMs)
  expect(longestGapMs).toBeLessThanOrEqual(40)
  expect(Math.abs(frequencyHz(samples) - hz)).toBeLessThanOrEqual(2)
  expect(Math.abs(levelDbm0(samples, hz, payloadType) - LEVEL_DBM0)).toBeLessThanOrEqual(1)
}

describe('two phones joined', () => {
  test.each([
    { caller: 0, callee: 0, name: 'PCMU' },
    { caller: 8, callee: 8, name: 'PCMA' },
    { caller: 0, callee: 8, name: 'PCMU against PCMA' },
    { caller: 8, callee: 0, name: 'PCMA against PCMU' },
  ] as const)('$name: each hears the tone of the other, at its level and without a gap', async ({ caller, callee }) => {
    const alice = phone('alice')
    const bob = phone('bob', { ringAfterMs: 20, answerAfterMs: 100, sdp: { payloadTypes: [callee] } })
    flow = [{ verb: 'dial', answerOnBridge: true, target: [{ type: 'sip', sipUri: bob.uri }] }]
    const call = alice.call('1', { address: '127.0.0.1', port }, { sdp: { payloadTypes: [caller] } })
    await until('both are up', () => call.answered && bob.calls[0]?.acked === true)
    const other = bob.calls[0] as PhoneCall
    call.audio?.talk(75, sine(440, LEVEL_DBM0, caller))
    other.audio?.talk(75, sine(1_000, LEVEL_DBM0, callee))
    await until(
      'the tones are over',
      () => (call.audio?.heard.length ?? 0) >= 74 && (other.audio?.heard.length ?? 0) >= 74,
    )
    alice.hangUp(call)
    await until('it is over', () => call.byeAnswered && other.byeReceived)
    expectTone(call, 1_000, caller, 1_480)
    expectTone(other, 440, callee, 1_480)
  })

  test('digits pressed at one end arrive as events at the other', async () => {
    const alice = phone('alice')
    const bob = phone('bob', { ringAfterMs: 20, answerAfterMs: 50, sdp: { events: 97 } })
    flow = [{ verb: 'dial', answerOnBridge: true, target: [{ type: 'sip', sipUri: bob.uri }] }]
    const call = alice.call('1', { address: '127.0.0.1', port })
    await until('both are up', () => call.answered && bob.calls[0]?.acked === true)
    const other = bob.calls[0] as PhoneCall
    call.audio?.press('42#')
    const events = (): number[] => {
      const packets = (other.audio?.heard ?? []).filter(({ payloadType }) => payloadType === 97)
      return [...new Map(packets.map(({ timestamp, payload }) => [timestamp, payload[0] as number])).values()]
    }
    await until('three events', () => events().length >= 3)
    alice.hangUp(call)
    expect(events()).toEqual([4, 2, 11])
  })
})

describe('one phone and the switch', () => {
  test('a prompt is heard in full', async () => {
    const alice = phone('alice')
    flow = [{ verb: 'play', url: 'prompt.wav' }, { verb: 'hangup' }]
    const call = alice.call('1', { address: '127.0.0.1', port })
    await until('the switch hangs up', () => call.byeReceived)
    const { samples, longestGapMs } = listen(call.audio?.heard ?? [])
    expect(longestGapMs).toBe(0)
    expect(frequencyHz(samples)).toBe(PROMPT_HZ)
    // From its first sample to its last: what is not prompt is less than a packet.
    const loud =
      samples.findLastIndex(sample => Math.abs(sample) > 4_000) - samples.findIndex(sample => Math.abs(sample) > 4_000)
    expect(Math.abs(loud - PROMPT_MS * 8)).toBeLessThan(FRAME_SAMPLES)
  })

  test('a caller who is not answered yet hears the called network (183), and then the called party', async () => {
    const alice = phone('alice')
    const bob = phone('bob', { ringAfterMs: 20, early: true, answerAfterMs: 1_500 })
    flow = [{ verb: 'dial', answerOnBridge: true, target: [{ type: 'sip', sipUri: bob.uri }] }]
    const call = alice.call('1', { address: '127.0.0.1', port })
    await until('early media', () => call.statuses.includes(183) && bob.calls[0]?.audio?.remote !== undefined)
    const other = bob.calls[0] as PhoneCall
    other.audio?.talk(50, sine(425, LEVEL_DBM0, 0))
    await until('it is heard', () => (call.audio?.heard.length ?? 0) >= 40)
    expect(call.answered).toBe(false)
    expectTone(call, 425, 0, 780)
    await until('the answer', () => call.acked && other.acked)
    const before = call.audio?.heard.length ?? 0
    other.audio?.talk(25, sine(425, LEVEL_DBM0, 0))
    await until('the called party', () => (call.audio?.heard.length ?? 0) >= before + 20)
    alice.hangUp(call)
    await until('it is over', () => call.byeAnswered)
    expect(new Set(call.audio?.heard.map(({ ssrc }) => ssrc)).size, 'one stream for the caller').toBe(1)
  })

  test('a digit over RFC 4733 stops the prompt and reaches the webhook', async () => {
    const alice = phone('alice')
    flow = [{ verb: 'gather', numDigits: 2, actionHook: '/digits', play: { url: 'prompt.wav', loop: 5 } }]
    const call = alice.call('1', { address: '127.0.0.1', port })
    await until('the prompt', () => (call.audio?.heard.length ?? 0) > 10)
    const before = webhook.received.length
    call.audio?.press('7')
    await waitMs(400)
    const quietFrom = call.audio?.heard.length ?? 0
    await waitMs(200)
    expect((call.audio?.heard.length ?? 0) - quietFrom).toBeLessThanOrEqual(1)
    call.audio?.press('9')
    await until('the hook', () => webhook.received.slice(before).some(({ path }) => path === '/digits'))
    const hook = webhook.received.find(({ path }) => path === '/digits')
    expect(hook?.payload).toMatchObject({ digits: '79', reason: 'dtmfDetected' })
    await until('it is over', () => call.byeReceived)
  })
})
