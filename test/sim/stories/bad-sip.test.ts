/**
 * What should not come: malformed and unwanted SIP, calls that cannot be taken.
 */
import { describe, expect } from 'vitest'
import { readText } from '../peers/sip-text.ts'
import type { Stranger } from '../peers/stranger.ts'
import { SeededRandom } from '../world/random.ts'
import { SWITCH } from '../world/world.ts'
import { voice } from './sounds.ts'
import { type Story, statusesOf, story } from './story.ts'

/** Nothing was made of it. */
function expectNothing(s: Story): void {
  s.run(100)
  expect(s.world.switch.calls.size).toBe(0)
  expect(s.world.started).toEqual([])
  expect(s.world.http.received).toEqual([])
  expect(s.world.switch.sip.dialogs).toBe(0)
  expect(s.world.media.counts().legs).toBe(0)
}

const SDP = [
  'v=0',
  'o=- 1 1 IN IP4 10.0.66.6',
  's=-',
  'c=IN IP4 10.0.66.6',
  't=0 0',
  'm=audio 30000 RTP/AVP 0',
  '',
].join('\r\n')

describe('K01 a malformed request is refused with a reason, and nothing comes of it', () => {
  const sdp = { 'Content-Type': 'application/sdp' }
  const cases: readonly (readonly [name: string, make: (host: Stranger) => string, status: number, reason: RegExp])[] =
    [
      [
        'without Call-ID',
        host => host.request('INVITE', { ...sdp, 'Call-ID': undefined }, SDP),
        400,
        /Missing Call-ID/,
      ],
      ['without From', host => host.request('INVITE', { ...sdp, From: undefined }, SDP), 400, /Missing From/],
      ['without To', host => host.request('INVITE', { ...sdp, To: undefined }, SDP), 400, /Missing To/],
      ['without CSeq', host => host.request('INVITE', { ...sdp, CSeq: undefined }, SDP), 400, /Missing CSeq/],
      [
        'with another method in CSeq',
        host => host.request('INVITE', { ...sdp, CSeq: '1 BYE' }, SDP),
        400,
        /Method Differs/,
      ],
      [
        'with a CSeq that is no number',
        host => host.request('INVITE', { ...sdp, CSeq: 'one INVITE' }, SDP),
        400,
        /Malformed CSeq/,
      ],
      [
        'with a CSeq beyond 2^31',
        host => host.request('INVITE', { ...sdp, CSeq: '4294967296 INVITE' }, SDP),
        400,
        /Malformed CSeq/,
      ],
      [
        'with two From lines',
        host => host.request('INVITE', { ...sdp, from: '<sip:b@x>' }, SDP),
        400,
        /Duplicate From/,
      ],
      [
        'with an unclosed quote in From',
        host => host.request('INVITE', { ...sdp, From: '"evil <sip:a@b>;tag=1' }, SDP),
        400,
        /Malformed From/,
      ],
      [
        'with a longer Content-Length than there is',
        host => host.request('INVITE', { ...sdp, 'Content-Length': '9999' }, SDP),
        400,
        /Content-Length/,
      ],
      [
        'with a negative Content-Length',
        host => host.request('INVITE', { ...sdp, 'Content-Length': '-1' }, SDP),
        400,
        /Content-Length/,
      ],
      [
        'of another version',
        host => host.request('INVITE', sdp, SDP).replace('SIP/2.0\r\n', 'SIP/3.0\r\n'),
        505,
        /Version/,
      ],
      [
        'with 300 header lines',
        host => host.request('INVITE', Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`X-${n}`, 'x']))),
        513,
        /Large/,
      ],
      ['with a header line of 20 kB', host => host.request('INVITE', { 'X-Long': 'x'.repeat(20_000) }), 513, /Large/],
      ['with a Contact of *', host => host.request('INVITE', { ...sdp, Contact: '*' }, SDP), 400, /Malformed Contact/],
    ]
  for (const [name, make, status, reason] of cases) {
    story(`K01 INVITE ${name}: ${status}`, s => {
      const host = s.stranger()
      host.say(make(host))
      expectNothing(s)
      expect(host.statuses).toEqual([status])
      expect(host.heard[0]?.start).toMatch(reason)
    })
  }

  const refused: readonly (readonly [name: string, make: (host: Stranger) => string, status: number])[] = [
    ['a method that does not exist', host => host.request('DANCE'), 501],
    ['a method that is not served', host => host.request('PUBLISH'), 405],
    ['an extension that is required and unknown', host => host.request('INVITE', { Require: '100rel, foo' }, ''), 420],
    ['a tel URI', host => host.request('INVITE').replace('sip:1@10.0.0.1 SIP', 'tel:+4930901820 SIP'), 416],
    ['a body that is no description', host => host.request('INVITE', { 'Content-Type': 'text/plain' }, 'hello'), 415],
    ['a BYE of no dialog', host => host.request('BYE', { To: '<sip:1@10.0.0.1>;tag=nobody' }), 481],
    ['an INFO of no dialog', host => host.request('INFO', { To: '<sip:1@10.0.0.1>;tag=nobody' }), 481],
    ['a CANCEL of no INVITE', host => host.request('CANCEL'), 481],
    ['a re-INVITE of no dialog', host => host.request('INVITE', { To: '<sip:1@10.0.0.1>;tag=nobody' }), 481],
    ['an OPTIONS', host => host.request('OPTIONS'), 200],
  ]
  for (const [name, make, status] of refused) {
    story(`K01 ${name}: ${status}`, s => {
      const host = s.stranger()
      host.say(make(host))
      expectNothing(s)
      expect(host.statuses).toContain(status)
      host.say(
        host.request('ACK', {
          Via: host.heard[0]?.fields.get('via')?.[0] ?? '',
          To: host.heard[0]?.fields.get('to')?.[0] ?? '',
        }),
      )
    })
  }

  const silent: readonly (readonly [name: string, message: string | Uint8Array])[] = [
    ['nothing', ''],
    ['line ends', '\r\n\r\n'],
    ['a byte', '\0'],
    ['text', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
    [
      'a response of no transaction',
      'SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\nContact: <sip:x@10.0.66.6>\r\n\r\n',
    ],
    [
      'an ACK of nothing',
      'ACK sip:1@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.66.6;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: x\r\nCSeq: 1 ACK\r\n\r\n',
    ],
    [
      'a request without Via',
      'OPTIONS sip:1@10.0.0.1 SIP/2.0\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\n\r\n',
    ],
  ]
  for (const [name, message] of silent) {
    story(`K01 ${name} is passed over in silence`, s => {
      const host = s.stranger()
      host.say(message)
      expectNothing(s)
      expect(host.heard).toEqual([])
    })
  }

  story('K01 ten thousand datagrams of noise and of torn INVITEs do no harm', s => {
    const host = s.stranger()
    const random = new SeededRandom(7, 'noise')
    s.app({ '/call': [{ verb: 'sip:decline', status: 404 }] })
    const whole = host.request(
      'INVITE',
      { 'Content-Type': 'application/sdp', 'Content-Length': String(SDP.length) },
      SDP,
    )
    for (let count = 0; count < 10_000; count++) {
      const bytes = Buffer.from(whole.replace('INVITE-0', `n${count}`).replace('bKINVITE', `bK${count}`), 'latin1')
      const cuts = random.between(1, 4)
      for (let cut = 0; cut < cuts; cut++) {
        const at = random.between(0, bytes.length - 1)
        if (random.chance(0.5)) bytes[at] = random.between(0, 255)
        else bytes.copyWithin(at, random.between(0, bytes.length - 1))
      }
      host.say(random.chance(0.2) ? bytes.subarray(0, random.between(0, bytes.length)) : bytes)
      if (count % 500 === 0) s.run(100)
    }
    s.run(60_000)
    s.until('every call is over', () => s.world.switch.calls.size === 0)
    const call = s.call(s.phone('alice'))
    s.until('a good call goes through', () => call.ended)
    expect(statusesOf(call)).toEqual([404])
  })
})

describe('K01 a call that cannot be taken', () => {
  story('K01 of an unknown number: 404, no hook, no record', s => {
    s.app({})
    const call = s.call(s.phone('alice'), {}, '999')
    s.until('it is over', () => call.ended)
    expect(statusesOf(call)).toEqual([404])
    s.run(100)
    expect(s.world.http.received).toEqual([])
    expect(s.world.started).toEqual([])
  })

  const offers = [
    { name: 'only codecs that are not known', sdp: { payloadTypes: [9], events: 0 }, status: 488 },
    { name: 'only digits', sdp: { payloadTypes: [], events: 101 }, status: 488 },
  ]
  for (const { name, sdp, status } of offers) {
    story(`K01 that offers ${name}: ${status} with a Warning, and no hook`, s => {
      s.app({})
      const alice = s.phone('alice')
      const call = s.call(alice, { sdp })
      s.until('it is over', () => call.ended)
      expect(statusesOf(call)).toEqual([status])
      const [refusal] = s.wire.responsesTo(alice, 'INVITE')
      expect(refusal?.text.fields.get('warning')?.[0]).toMatch(/^399 \S+ "None of the codecs/)
      s.run(100)
      expect(s.world.http.received).toEqual([])
    })
  }

  const bodies = [
    { name: 'SRTP only', body: SDP.replace('RTP/AVP', 'RTP/SAVP'), status: 488 },
    { name: 'video only', body: SDP.replace('m=audio', 'm=video'), status: 488 },
    {
      name: 'no media',
      body: 'v=0\r\no=- 1 1 IN IP4 10.0.66.6\r\ns=-\r\nc=IN IP4 10.0.66.6\r\nt=0 0\r\n',
      status: 488,
    },
    { name: 'a host name', body: SDP.replace('c=IN IP4 10.0.66.6', 'c=IN IP4 evil.test'), status: 488 },
    { name: 'a group address', body: SDP.replace('c=IN IP4 10.0.66.6', 'c=IN IP4 224.0.0.1/127'), status: 488 },
    { name: 'nonsense', body: 'hello', status: 400 },
    { name: 'a port beyond the last', body: SDP.replace('30000', '70000'), status: 400 },
  ]
  for (const { name, body, status } of bodies) {
    story(`K01 whose description has ${name}: ${status} with a Warning`, s => {
      const host = s.stranger()
      host.say(host.request('INVITE', { 'Content-Type': 'application/sdp' }, body))
      s.run(100)
      expect(host.statuses).toEqual([status])
      const [refusal] = host.heard
      expect(refusal?.fields.get('warning')?.[0]).toMatch(/^399 cordboard "[^"]+"$/)
      host.say(
        host.request('ACK', {
          Via: refusal?.fields.get('via')?.[0] ?? '',
          To: refusal?.fields.get('to')?.[0] ?? '',
          'Call-ID': 'INVITE-0@10.0.66.6',
        }),
      )
      s.run(100)
      expect(s.world.http.received).toEqual([])
    })
  }

  story('K01 with a description beside other media is taken, the rest refused with port 0', s => {
    const host = s.stranger()
    s.app({ '/call': [{ verb: 'answer' }, { verb: 'hangup' }] })
    host.say(host.request('INVITE', { 'Content-Type': 'application/sdp' }, `${SDP}m=video 40000 RTP/AVP 96\r\n`))
    s.run(100)
    const answer = host.heard.find(({ start }) => start.startsWith('SIP/2.0 200'))
    expect(answer?.body).toMatch(/^m=video 0 RTP\/AVP 96/m)
    host.say(
      host.request('ACK', {
        Via: `SIP/2.0/UDP ${host.address}:5060;branch=z9hG4bKack`,
        To: answer?.fields.get('to')?.[0] ?? '',
        'Call-ID': 'INVITE-0@10.0.66.6',
      }),
    )
    s.run(100)
    const bye = host.heard.find(({ start }) => start.startsWith('BYE'))
    host.say(
      `SIP/2.0 200 OK\r\n${['via', 'from', 'to', 'call-id', 'cseq'].map(name => `${name}: ${bye?.fields.get(name)?.[0]}\r\n`).join('')}\r\n`,
    )
  })

  story(
    'K01 when no media ports are left: 503, and the next call is served once some are',
    s => {
      s.app({ '/call': [{ verb: 'answer' }, { verb: 'pause', length: 2 }, { verb: 'hangup' }] })
      const calls = ['a', 'b', 'c', 'd'].map(name => s.call(s.phone(name)))
      s.until('all have an answer', () => calls.every(({ answered, ended }) => answered || ended))
      expect(calls.map(statusesOf).toSorted()).toEqual([[200], [200], [503], [503]])
      s.until('all are over', () => calls.every(({ ended }) => ended))
      s.run(2_500)
      const late = s.call(s.phone('e'))
      s.until('it is answered', () => late.answered)
      expect(statusesOf(late)).toEqual([200])
      s.until('it is over', () => late.ended)
      s.finish()
      const refused = s.world.ended.filter(({ leg }) => leg.sipStatus === 503)
      expect(refused).toHaveLength(2)
      for (const { leg } of refused)
        expect(leg).toMatchObject({ outcome: 'error', cause: 'no media ports: No free pair of ports.' })
    },
    { ports: { from: 20_000, to: 20_003 } },
  )

  story(
    'K01 D28 when no media port is left for the callee: failed with 503',
    s => {
      const bob = s.phone('bob')
      s.app({
        '/call': [
          { verb: 'answer' },
          { verb: 'dial', actionHook: '/dial', target: [{ type: 'sip', sipUri: bob.uri }] },
        ],
      })
      const call = s.call(s.phone('alice'))
      s.until('it is over', () => call.ended)
      expect(bob.calls).toEqual([])
      expect(s.hook('/dial')).toMatchObject({
        dial_status: 'failed',
        dial_sip_status: 503,
        dial_sip_reason: 'no media ports: No free pair of ports.',
      })
    },
    { ports: { from: 20_000, to: 20_001 } },
  )
})

describe('K01 a stranger', () => {
  /** Alice in a call with a prompt. */
  function inCall(s: Story): { readonly call: ReturnType<Story['call']>; readonly alice: ReturnType<Story['phone']> } {
    s.app({
      '/call': [
        {
          verb: 'gather',
          numDigits: 1,
          timeout: 60,
          actionHook: '/digits',
          play: { url: 'tone_stream://%(60000,0,440)' },
        },
      ],
    })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('it is up', () => call.acked)
    s.run(500)
    return { alice, call }
  }

  story('K01 does not end a call with a BYE whose tags are not known', s => {
    const { alice, call } = inCall(s)
    const host = s.stranger()
    host.say(
      host.request('BYE', {
        'Call-ID': call.callId,
        From: `<sip:x@y>;tag=${call.localTag}`,
        To: '<sip:1@x>;tag=guess',
      }),
    )
    s.run(100)
    expect(host.statuses).toEqual([481])
    expect(call.ended).toBe(false)
    alice.hangUp(call)
  })

  story('K01 does not cancel a call whose branch it has guessed', s => {
    s.app({
      '/call': [
        { verb: 'pause', length: 2 },
        { verb: 'sip:decline', status: 404 },
      ],
    })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.run(300)
    const host = s.stranger()
    const invite = s.wire.requestsFrom(alice, 'INVITE')[0]
    const text = readText(invite?.bytes ?? new Uint8Array())
    host.say(
      host.request('CANCEL', {
        Via: text.fields.get('via')?.[0] ?? '',
        From: text.fields.get('from')?.[0] ?? '',
        'Call-ID': call.callId,
      }),
    )
    s.run(100)
    expect(host.statuses).toEqual([481])
    s.until('it is over', () => call.ended)
    expect(statusesOf(call)).toEqual([404])
  })

  story('K01 K04 is not heard: its packets and its digits are passed over', s => {
    const { alice, call } = inCall(s)
    call.audio?.talk(50, voice(700))
    s.run(200)
    const host = s.stranger()
    const port = call.audio?.remote?.port ?? 0
    for (let sequence = 0; sequence < 20; sequence++) {
      host.say(Uint8Array.of(0x80, 101, 0, sequence, 0, 0, 0, 1, 9, 9, 9, 9, 5, 0x8a, 1, 0x90), port)
    }
    s.run(1_000)
    expect(s.hooks('/digits')).toEqual([])
    alice.hangUp(call)
    s.finish()
    expect(s.world.ended[0]?.media?.packetsForeign).toBe(20)
  })

  story('K01 hears nothing of the switch that was not asked from there', s => {
    const host = s.stranger()
    s.app({})
    host.say(host.request('OPTIONS', { Via: 'SIP/2.0/UDP 10.0.99.9:9;branch=z9hG4bKx' }))
    s.run(100)
    const replies = s.wire.messages.filter(({ bySwitch }) => bySwitch)
    expect(replies.map(({ peer }) => peer)).toEqual([host.address])
    expect(SWITCH.port).toBe(5060)
  })
})
