/**
 * Webhooks control calls: what each verb does on the wire.
 */
import { describe, expect } from 'vitest'
import { field, statusOf } from '../peers/sip-text.ts'
import { SWITCH } from '../world/world.ts'
import { heardBetween, levelOf, loudnessOf, voice, wav } from './sounds.ts'
import { type Story, statusesOf, story, WATCHED } from './story.ts'

const tone = (hz: number, ms = 500): object => ({ verb: 'play', url: `tone_stream://%(${ms},0,${hz})` })

/** Alice calls, and the call goes to its end. */
function toTheEnd(
  s: Story,
  verbs: readonly object[],
  more: Parameters<Story['app']>[0] = {},
): ReturnType<Story['call']> {
  s.app({ '/call': verbs, ...more })
  const call = s.call(s.phone('alice'))
  s.until('it is over', () => call.ended)
  return call
}

/** The final response of the switch to the INVITE. */
const finalOf = (s: Story): ReturnType<Story['wire']['responsesTo']>[number]['text'] => {
  const found = s.wire.messages.find(({ bySwitch, text }) => bySwitch && statusOf(text) >= 200)
  if (!found) throw new Error('There is no final response.')
  return found.text
}

describe('K01 an incoming call', () => {
  story('K01 asks the application what to do, and says who calls', s => {
    const alice = s.phone('alice')
    s.app({ '/call': [{ verb: 'hangup' }] })
    const call = s.call(alice, { from: '+4930901821', headers: ['X-Custom: 7', 'User-Agent: Sim/1'] })
    s.until('it is over', () => call.ended)
    const [hook, ...more] = s.hooks('/call')
    expect(more).toEqual([])
    expect(hook?.payload).toMatchObject({
      direction: 'inbound',
      from: '+4930901821',
      to: '1',
      call_id: call.callId,
      call_status: 'trying',
      caller_id: '+4930901821',
      originating_sip_ip: alice.address,
      sip: { method: 'INVITE', headers: { 'x-custom': '7', 'user-agent': 'Sim/1' } },
    })
    expect(statusesOf(call)).toEqual([480])
  })

  story('K01 by GET has the payload in the query, without the INVITE', s => {
    s.world.applications.set('1', { ...WATCHED, callHook: { url: 'http://app.test/call?key=1', method: 'GET' } })
    s.app({ '/call': [{ verb: 'hangup' }] })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    const [hook] = s.hooks('/call')
    expect(hook?.request.method).toBe('GET')
    expect(hook?.payload).toMatchObject({ key: '1', from: 'alice', direction: 'inbound' })
    expect(hook?.payload).not.toHaveProperty('sip')
  })

  story('K01 sent twice by the network is one call', s => {
    s.world.net.link = { loss: 0, duplicate: 1, reorder: 0, reorderMs: 0, delayMs: [1, 30] }
    const call = toTheEnd(s, [tone(440), { verb: 'hangup' }])
    expect(statusesOf(call)).toEqual([200])
    expect(s.hooks('/call')).toHaveLength(1)
    s.finish()
    expect(s.world.started).toHaveLength(1)
  })

  story('K01 with the same Call-ID over another way is a loop: 482', s => {
    const alice = s.phone('alice')
    s.app({ '/call': [{ verb: 'pause', length: 1 }, { verb: 'hangup' }] })
    const call = s.call(alice)
    s.until('it is under way', () => s.hooks('/call').length > 0)
    const [first] = s.wire.requestsFrom(alice, 'INVITE')
    const again = Buffer.from(first?.bytes ?? [])
      .toString('latin1')
      .replace(/branch=z9hG4bK[^;]+/, 'branch=z9hG4bKother')
    const heard: string[] = []
    s.world.net
      .host('10.0.7.7')
      .openDatagram(
        { address: '10.0.7.7', port: 5060, onDatagram: bytes => heard.push(Buffer.from(bytes).toString('latin1')) },
        opened => {
          if (opened.ok)
            opened.socket.send(
              Buffer.from(again.replace('UDP 10.0.1.1', 'UDP 10.0.7.7'), 'latin1'),
              SWITCH.port,
              SWITCH.address,
            )
        },
      )
    s.run(100)
    expect(heard[0]).toMatch(/^SIP\/2\.0 482 /)
    s.until('the first goes on', () => call.ended)
    expect(s.hooks('/call')).toHaveLength(1)
  })
})

describe('K07 play', () => {
  story('K07 answers, plays a file in full, and reports how much', s => {
    s.world.files.contents.set('/prompts/hello.wav', wav(1_000, 1_230))
    const call = toTheEnd(s, [{ verb: 'play', url: 'hello.wav', actionHook: '/played' }, { verb: 'hangup' }])
    expect(statusesOf(call)).toEqual([200])
    expect(call.audio?.heard).toHaveLength(62)
    expect(levelOf((call.audio?.heard ?? []).slice(0, 61), 1_000)).toBeCloseTo(-10, 0)
    expect(s.hook('/played')).toMatchObject({
      reason: 'playCompleted',
      playback_seconds: 1,
      playback_milliseconds: 1_230,
      playback_last_offset_pos: '9840',
    })
  })

  story('K07 several, one after the other, as often as asked', s => {
    const call = toTheEnd(s, [
      {
        verb: 'play',
        url: ['tone_stream://%(200,0,500)', 'silence_stream://100', 'tone_stream://%(200,0,900)'],
        loop: 2,
      },
      { verb: 'hangup' },
    ])
    const heard = call.audio?.heard ?? []
    expect(heard).toHaveLength(50)
    expect(levelOf(heard.slice(0, 10), 500)).toBeGreaterThan(-14)
    expect(loudnessOf(heard.slice(10, 15))).toBeLessThan(-60)
    expect(levelOf(heard.slice(15, 25), 900)).toBeGreaterThan(-14)
    expect(levelOf(heard.slice(25, 35), 500)).toBeGreaterThan(-14)
  })

  story('K07 for at most timeoutSecs', s => {
    const call = toTheEnd(s, [
      { verb: 'play', url: 'tone_stream://%(60000,0,500)', timeoutSecs: 2, actionHook: '/played' },
      { verb: 'hangup' },
    ])
    expect(call.audio?.heard.length).toBeGreaterThan(98)
    expect(call.audio?.heard.length).toBeLessThan(102)
    expect(s.hook('/played')).toMatchObject({ reason: 'playCompleted', playback_seconds: 2 })
  })

  story('K07 with earlyMedia is heard before the answer, and the call stays unanswered', s => {
    const call = toTheEnd(s, [
      { verb: 'play', url: 'tone_stream://%(500,0,500)', earlyMedia: true },
      { verb: 'sip:decline', status: 404 },
    ])
    expect(statusesOf(call)).toEqual([183, 404])
    expect(levelOf((call.audio?.heard ?? []).slice(0, 25), 500)).toBeGreaterThan(-14)
  })

  story('K07 endlessly until the caller hangs up', s => {
    s.app({ '/call': [{ verb: 'play', url: 'tone_stream://%(1000,0,500)', loop: 'forever' }] })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.run(20_000)
    expect(call.audio?.heard.length).toBeGreaterThan(990)
    alice.hangUp(call)
  })

  story('K07 in PCMA for a phone that has nothing else', s => {
    s.app({ '/call': [tone(1_000), { verb: 'hangup' }] })
    const call = s.call(s.phone('alice'), { sdp: { payloadTypes: [9, 8], events: 0 } })
    s.until('it is over', () => call.ended)
    const heard = call.audio?.heard ?? []
    expect(new Set(heard.map(({ payloadType }) => payloadType))).toEqual(new Set([8]))
    expect(levelOf(heard.slice(0, 25), 1_000)).toBeGreaterThan(-14)
  })
})

describe('K07 the other verbs', () => {
  story('K07 answer answers and waits for nothing', s => {
    const call = toTheEnd(s, [{ verb: 'answer' }, { verb: 'hangup' }])
    expect(statusesOf(call)).toEqual([200])
    expect(s.now).toBeLessThan(50)
  })

  story('K07 alert rings with Alert-Info', s => {
    const call = toTheEnd(s, [{ verb: 'alert', message: '<http://bell.test/x>;info=alert-☎' }, { verb: 'hangup' }])
    expect(statusesOf(call)).toEqual([180, 480])
    const ringing = s.wire.messages.find(({ text }) => statusOf(text) === 180)
    expect(ringing && Buffer.from(field(ringing.text, 'alert-info'), 'latin1').toString('utf8')).toBe(
      '<http://bell.test/x>;info=alert-☎',
    )
  })

  story('K07 pause waits so long, and the call keeps ringing', s => {
    const call = toTheEnd(s, [{ verb: 'alert', message: 'x' }, { verb: 'pause', length: 2.5 }, { verb: 'hangup' }])
    expect(s.now).toBeGreaterThan(2_500)
    expect(s.now).toBeLessThan(2_600)
    expect(statusesOf(call)).toEqual([180, 480])
  })

  story('K07 sip:decline refuses with status, reason and headers', s => {
    const call = toTheEnd(s, [
      {
        verb: 'sip:decline',
        status: 603,
        reason: 'Heute geschlossen ☂',
        headers: { 'X-Why': 'holiday', 'Retry-After': 30 },
      },
    ])
    expect(statusesOf(call)).toEqual([603])
    const refusal = finalOf(s)
    expect(Buffer.from(refusal.start, 'latin1').toString('utf8')).toBe('SIP/2.0 603 Heute geschlossen ☂')
    expect([field(refusal, 'x-why'), field(refusal, 'retry-after')]).toEqual(['holiday', '30'])
    s.finish()
    expect(s.world.ended[0]?.leg).toMatchObject({ outcome: 'declined', sipStatus: 603, endedBy: 'switch' })
  })

  story('K07 sip:decline of an answered call hangs it up, headers and all', s => {
    const alice = s.phone('alice')
    s.app({ '/call': [{ verb: 'answer' }, { verb: 'sip:decline', status: 603, headers: { 'X-Why': 'late' } }] })
    const call = s.call(alice)
    s.until('it is over', () => call.ended)
    const [bye] = s.wire.requestsTo(alice, 'BYE')
    expect(bye && field(bye.text, 'x-why')).toBe('late')
  })

  story('K07 hangup of an unanswered call refuses it, with headers', s => {
    const call = toTheEnd(s, [{ verb: 'hangup', headers: { 'X-Why': 'none' } }])
    expect(statusesOf(call)).toEqual([480])
    expect(field(finalOf(s), 'x-why')).toBe('none')
  })

  story('K07 hangup is the end: what stands behind it does not run', s => {
    const call = toTheEnd(s, [{ verb: 'answer' }, { verb: 'hangup' }, tone(440)])
    expect(call.audio?.heard).toEqual([])
  })

  story('K07 redirect goes on with what another URL says, and its relative hooks are there', s => {
    const call = toTheEnd(
      s,
      [
        { verb: 'redirect', actionHook: 'http://app.test/other/flow' },
        { verb: 'sip:decline', status: 486 },
      ],
      {
        '/other/flow': [{ verb: 'redirect', actionHook: 'next' }],
        '/other/next': [{ verb: 'sip:decline', status: 410 }],
      },
    )
    expect(statusesOf(call)).toEqual([410])
    expect(s.hook('/other/next')).toMatchObject({ call_id: call.callId })
  })

  story('K07 redirect without an answer goes on', s => {
    const call = toTheEnd(s, [
      { verb: 'redirect', actionHook: '/other' },
      { verb: 'sip:decline', status: 486 },
    ])
    expect(statusesOf(call)).toEqual([486])
  })

  story('K07 redirect in a circle ends, without harm to the switch', s => {
    const call = toTheEnd(s, [{ verb: 'redirect', actionHook: '/call' }])
    expect(statusesOf(call)).toEqual([500])
    expect(s.hooks('/call').length).toBeLessThan(60)
  })

  story('K07 redirect names another status hook', s => {
    const call = toTheEnd(s, [{ verb: 'redirect', actionHook: '/flow', statusHook: '/status2' }], {
      '/flow': [{ verb: 'answer' }, { verb: 'hangup' }],
    })
    s.finish()
    expect(call.statuses).toContain(200)
    expect(s.hooks('/status2').map(({ payload }) => payload['call_status'])).toEqual(['in-progress', 'completed'])
    expect(s.statuses('inbound')).toEqual(['trying'])
  })

  story('K07 tag goes with every hook from then on, and into the record', s => {
    toTheEnd(s, [
      { verb: 'tag', data: { customer: 17, vip: true } },
      { verb: 'play', url: 'silence_stream://20', actionHook: '/played' },
      { verb: 'hangup' },
    ])
    expect(s.hook('/played')).toMatchObject({ customerData: { customer: 17, vip: true } })
    s.finish()
    expect(s.world.ended[0]?.tag).toEqual({ customer: 17, vip: true })
    expect(s.hooks('/status').at(-1)?.payload).toMatchObject({ customerData: { customer: 17, vip: true } })
  })

  story('K07 an empty flow refuses the call: 480', s => expect(statusesOf(toTheEnd(s, []))).toEqual([480]))

  story('K07 a flow that ends answered hangs up', s => {
    const call = toTheEnd(s, [tone(440)])
    expect(call.byeReceived).toBe(true)
  })

  story('K07 hooks are signed with the secret of the application', s => {
    s.world.applications.set('1', { ...WATCHED, secret: 'shh' })
    toTheEnd(s, [{ verb: 'hangup' }])
    const [hook] = s.hooks('/call')
    expect(hook?.request.headers['Jambonz-Signature']).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/)
    expect(hook?.request.headers['webhook-signature']).toMatch(/^v1,/)
  })
})

describe('K07 a program instead of a hook', () => {
  story('K07 runs for a number that has one', s => {
    s.world.programs.set('echo', {
      dialect: 'jambonz',
      ops: [
        { op: 'echo', task: 'e', leg: 'self', policy: 'auto', at: { path: '$[0]', verb: 'echo' } },
        { op: 'await', until: ['e'], timeoutMs: 2_000, at: { path: '$[0]', verb: 'echo' } },
      ],
    })
    const call = s.call(s.phone('alice'), {}, 'echo')
    s.until('it is up', () => call.acked)
    call.audio?.talk(25, voice(700))
    s.run(1_000)
    expect(levelOf(heardBetween(call, 0, s.now), 700)).toBeCloseTo(-10, 0)
    s.until('it is over', () => call.ended)
    expect(s.hooks('/call')).toEqual([])
  })
})
