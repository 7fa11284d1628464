/**
 * What lies between the switch and a phone: proxies that fork and record their route, NATs, the switch itself.
 */
import { describe, expect } from 'vitest'
import { PhoneAudio } from '../peers/audio.ts'
import { field, methodOf, readSdp, statusOf, type Text, tagIn, writeSdp } from '../peers/sip-text.ts'
import type { Stranger } from '../peers/stranger.ts'
import { SWITCH } from '../world/world.ts'
import { heardBetween, levelOf, voice } from './sounds.ts'
import { type Story, statusesOf, story } from './story.ts'

const dial = (uri: string, more: object = {}): object[] => [
  { verb: 'dial', answerOnBridge: true, actionHook: '/dial', target: [{ type: 'sip', sipUri: uri }], ...more },
]

const contact = (address: string): string => `Contact: <sip:x@${address}:5060>`

/** Alice calls; the INVITE that reaches the proxy. */
function reach(
  s: Story,
  proxy: Stranger,
  more: object = {},
): { readonly call: ReturnType<Story['call']>; readonly invite: Text } {
  s.app({ '/call': dial(`sip:bob@${proxy.address}`, more) })
  const call = s.call(s.phone('alice'))
  s.until('the proxy is reached', () => proxy.requests('INVITE').length > 0)
  return { call, invite: proxy.requests('INVITE')[0] as Text }
}

const tags = (texts: readonly Text[]): readonly string[] => texts.map(text => tagIn(field(text, 'to')))

describe('R4 a proxy that forks', () => {
  const sdp = (port: number, address = '10.0.66.6'): string => writeSdp({ address, port })

  story('R4 D03 several phones ring behind it, one answers', s => {
    const proxy = s.stranger()
    const { call, invite } = reach(s, proxy)
    proxy.reply(invite, 180, { tag: 'a', headers: [contact('10.0.66.7')] })
    proxy.reply(invite, 180, { tag: 'b', headers: [contact('10.0.66.8')] })
    proxy.reply(invite, 183, { tag: 'b', headers: [contact('10.0.66.8')], body: sdp(30_000) })
    s.run(50)
    expect(statusesOf(call)).toEqual([180, 183])
    proxy.reply(invite, 200, { tag: 'a', headers: [contact(proxy.address)], body: sdp(31_000) })
    s.until('it is answered', () => call.acked)
    s.run(50)
    expect(tags(proxy.requests('ACK'))).toEqual(['a'])
    s.world.phones[0]?.hangUp(call)
    s.until('it is released', () => proxy.requests('BYE').length > 0)
    const [bye] = proxy.requests('BYE')
    expect(tagIn(field(bye as Text, 'to'))).toBe('a')
    proxy.reply(bye as Text, 200)
  })

  story('R4 D03 two phones behind it answer: the second gets ACK and BYE, the first is kept', s => {
    const proxy = s.stranger()
    const { call, invite } = reach(s, proxy)
    proxy.reply(invite, 180, { tag: 'a', headers: [contact('10.0.66.7')] })
    proxy.reply(invite, 200, { tag: 'a', headers: [contact(proxy.address)], body: sdp(31_000) })
    proxy.reply(invite, 200, { tag: 'b', headers: [contact(proxy.address)], body: sdp(32_000) })
    s.until('it is answered', () => call.acked)
    s.run(50)
    expect(tags(proxy.requests('ACK'))).toEqual(['a', 'b'])
    expect(tags(proxy.requests('BYE'))).toEqual(['b'])
    proxy.reply(proxy.requests('BYE')[0] as Text, 200)
    // Repeated answers get their ACK again, and nothing else.
    proxy.reply(invite, 200, { tag: 'b', headers: [contact(proxy.address)], body: sdp(32_000) })
    proxy.reply(invite, 200, { tag: 'a', headers: [contact(proxy.address)], body: sdp(31_000) })
    s.run(50)
    expect(tags(proxy.requests('ACK'))).toEqual(['a', 'b', 'b', 'a'])
    expect(proxy.requests('BYE')).toHaveLength(1)
    expect(call.ended).toBe(false)
    s.world.phones[0]?.hangUp(call)
    s.until('it is released', () => proxy.requests('BYE').length > 1)
    proxy.reply(proxy.requests('BYE')[1] as Text, 200)
  })

  story('R4 D03 R6 two phones behind it answer a call that was given up: both get ACK and BYE', s => {
    const proxy = s.stranger()
    const { call, invite } = reach(s, proxy, { timeout: 1 })
    proxy.reply(invite, 180, { tag: 'a', headers: [contact('10.0.66.7')] })
    s.until('it is given up', () => proxy.requests('CANCEL').length > 0)
    proxy.reply(proxy.requests('CANCEL')[0] as Text, 200)
    for (const tag of ['a', 'b'])
      proxy.reply(invite, 200, { tag, headers: [contact(proxy.address)], body: sdp(31_000) })
    s.run(50)
    expect(tags(proxy.requests('ACK'))).toEqual(['a', 'b'])
    expect(tags(proxy.requests('BYE'))).toEqual(['a', 'b'])
    for (const bye of proxy.requests('BYE')) proxy.reply(bye, 200)
    expect(statusesOf(call)).toEqual([180, 480])
  })

  story('R4 D03 an answer without a description, of a branch that sent none before, is of no use', s => {
    const proxy = s.stranger()
    const { call, invite } = reach(s, proxy)
    proxy.reply(invite, 183, { tag: 'a', headers: [contact('10.0.66.7')], body: sdp(30_000) })
    proxy.reply(invite, 200, { tag: 'b', headers: [contact(proxy.address)] })
    s.until('it is over', () => call.ended)
    expect(statusesOf(call)).toEqual([183, 502])
    expect(tags(proxy.requests('BYE'))).toEqual(['b'])
    proxy.reply(proxy.requests('BYE')[0] as Text, 200)
  })

  story('R4 D03 an answer without a description, of the branch that described itself before, is joined', s => {
    const proxy = s.stranger()
    const { call, invite } = reach(s, proxy)
    proxy.reply(invite, 183, { tag: 'a', headers: [contact('10.0.66.7')], body: sdp(30_000) })
    proxy.reply(invite, 200, { tag: 'a', headers: [contact(proxy.address)] })
    s.until('it is answered', () => call.acked)
    s.world.phones[0]?.hangUp(call)
    s.until('it is released', () => proxy.requests('BYE').length > 0)
    proxy.reply(proxy.requests('BYE')[0] as Text, 200)
  })

  story('K06 an answer that comes long after everything was forgotten gets ACK and BYE', s => {
    const proxy = s.stranger()
    const { call, invite } = reach(s, proxy, { timeout: 1 })
    s.until('it is over', () => call.ended)
    s.run(70_000)
    proxy.reply(invite, 200, { tag: 'late', headers: [contact(proxy.address)], body: sdp(31_000) })
    s.run(50)
    expect(tags(proxy.requests('ACK'))).toEqual(['late'])
    expect(tags(proxy.requests('BYE'))).toEqual(['late'])
    proxy.reply(proxy.requests('BYE')[0] as Text, 200)
    s.run(40_000)
  })
})

describe('a proxy that records its route', () => {
  const routes = ['<sip:10.0.66.6;lr>', '<sip:edge@10.0.66.9:5070;lr;x=1>']

  story('K01 requests in the dialog of a dialled phone go the way back', s => {
    const proxy = s.stranger()
    const { call, invite } = reach(s, proxy)
    const recorded = routes.map(route => `Record-Route: ${route}`).toReversed()
    proxy.reply(invite, 200, {
      tag: 'a',
      headers: [...recorded, contact('10.0.77.7')],
      body: writeSdp({ address: '10.0.66.6', port: 31_000 }),
    })
    s.until('it is answered', () => call.acked)
    s.world.phones[0]?.hangUp(call)
    s.until('it is released', () => proxy.requests('BYE').length > 0)
    for (const request of [proxy.requests('ACK')[0], proxy.requests('BYE')[0]]) {
      expect(request?.start).toMatch(/ sip:x@10\.0\.77\.7:5060 SIP/)
      expect(request?.fields.get('route')).toEqual(routes)
    }
    proxy.reply(proxy.requests('BYE')[0] as Text, 200)
  })

  story('K01 responses copy it, and requests to the caller go that way', s => {
    s.app({ '/call': [{ verb: 'answer' }, { verb: 'pause', length: 1 }, { verb: 'hangup', headers: { 'X-A': 'b' } }] })
    const proxy = s.stranger()
    const body = writeSdp({ address: '10.0.77.7', port: 30_000 })
    const request = proxy.request(
      'INVITE',
      {
        'Record-Route': routes.join(', '),
        Contact: '<sip:alice@10.0.77.7:5099>',
        'Content-Type': 'application/sdp',
      },
      body,
    )
    proxy.say(request)
    s.run(100)
    const answer = proxy.heard.find(text => statusOf(text) === 200) as Text
    expect(answer.fields.get('record-route')).toEqual([routes.join(', ')])
    proxy.say(
      proxy.request('ACK', {
        'Call-ID': field(answer, 'call-id'),
        To: field(answer, 'to'),
        Via: 'SIP/2.0/UDP 10.0.66.6;branch=z9hG4bKack',
      }),
    )
    s.until('it is hung up', () => proxy.requests('BYE').length > 0)
    const [bye] = proxy.requests('BYE')
    expect(bye?.start).toBe('BYE sip:alice@10.0.77.7:5099 SIP/2.0')
    expect(bye?.fields.get('route')).toEqual(routes)
    proxy.reply(bye as Text, 200)
  })

  story('K01 a strict router of old finds itself in the Request-URI', s => {
    const proxy = s.stranger()
    const { call, invite } = reach(s, proxy)
    proxy.reply(invite, 200, {
      tag: 'a',
      headers: ['Record-Route: <sip:10.0.66.6:5060>', contact('10.0.77.7')],
      body: writeSdp({ address: '10.0.66.6', port: 31_000 }),
    })
    s.until('it is answered', () => call.acked)
    s.world.phones[0]?.hangUp(call)
    s.until('it is released', () => proxy.requests('BYE').length > 0)
    const [bye] = proxy.requests('BYE')
    expect(bye?.start).toBe('BYE sip:10.0.66.6:5060 SIP/2.0')
    expect(bye?.fields.get('route')).toEqual(['<sip:x@10.0.77.7:5060>'])
    proxy.reply(bye as Text, 200)
  })
})

describe('a NAT', () => {
  /** A phone at 192.168.1.5 whose packets come from 203.0.113.5. */
  function call(s: Story): { readonly nat: Stranger; readonly answer: Text } {
    s.app({ '/call': [{ verb: 'play', url: 'tone_stream://%(3000,0,440)' }, { verb: 'hangup' }] })
    const nat = s.stranger('203.0.113.5')
    const body = writeSdp({ address: '192.168.1.5', port: 7_078 })
    nat.say(
      nat.request(
        'INVITE',
        {
          Via: 'SIP/2.0/UDP 192.168.1.5:5061;branch=z9hG4bKnat;rport',
          Contact: '<sip:alice@192.168.1.5:5061>',
          'Content-Type': 'application/sdp',
        },
        body,
      ),
    )
    s.run(100)
    const answer = nat.heard.find(text => statusOf(text) === 200) as Text
    nat.say(
      nat.request('ACK', {
        'Call-ID': field(answer, 'call-id'),
        To: field(answer, 'to'),
        Via: 'SIP/2.0/UDP 192.168.1.5:5061;branch=z9hG4bKack;rport',
      }),
    )
    return { nat, answer }
  }

  story('K01 answers and requests go to where the phone’s messages come from', s => {
    const { nat, answer } = call(s)
    expect(field(answer, 'via')).toContain('received=203.0.113.5')
    expect(field(answer, 'via')).toContain('rport=5060')
    s.until('it is hung up', () => nat.requests('BYE').length > 0)
    expect(nat.requests('BYE')[0]?.start).toBe('BYE sip:alice@192.168.1.5:5061 SIP/2.0')
    nat.reply(nat.requests('BYE')[0] as Text, 200)
  })

  story('K01 media goes to where the phone’s media comes from, once it comes', s => {
    const { nat, answer } = call(s)
    const clock = s.world.timeline.clock()
    const audio = new PhoneAudio(clock, s.world.net.host(nat.address), nat.address, 61_234, 77)
    const remote = readSdp(answer.body)
    if (remote) audio.remote = remote
    s.run(500)
    expect(audio.heard).toEqual([])
    audio.talk(20, voice(700))
    s.run(1_000)
    expect(audio.heard.length).toBeGreaterThan(40)
    expect(levelOf(audio.heard, 440)).toBeGreaterThan(-14)
    s.until('it is hung up', () => nat.requests('BYE').length > 0)
    nat.reply(nat.requests('BYE')[0] as Text, 200)
    audio.close()
  })
})

describe('the switch itself', () => {
  story('D01 dials its own number: two calls, joined from end to end', s => {
    s.app({
      '/call': ({ to }) =>
        to === '1'
          ? dial(`sip:2@${SWITCH.address}:5060`)
          : [{ verb: 'play', url: 'tone_stream://%(1000,0,620)' }, { verb: 'hangup' }],
    })
    const application = s.world.applications.get('1')
    if (application) s.world.applications.set('2', application)
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(levelOf(heardBetween(call, 0, s.now).slice(0, 40), 620)).toBeGreaterThan(-14)
    s.finish()
    expect(s.world.started).toHaveLength(3)
  })

  story('D01 dials itself for ever: Max-Forwards ends it, and every leg is released', s => {
    s.app({ '/call': dial(`sip:1@${SWITCH.address}:5060`) })
    const alice = s.phone('alice')
    alice.maxForwards = 12
    const call = s.call(alice)
    s.until('it is over', () => call.ended)
    expect(statusesOf(call).at(-1)).toBe(502)
    const hops = s.wire.messages.filter(({ text, bySwitch }) => !bySwitch && methodOf(text) === 'INVITE')
    expect(hops.map(({ text }) => Number(field(text, 'max-forwards')))).toEqual([
      12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0,
    ])
  })
})

describe('provisional responses', () => {
  story('D07 a 180 that was lost is sent again with the next INVITE', s => {
    const bob = s.phone('bob', { ringAfterMs: 50, answerAfterMs: 3_000 })
    s.app({ '/call': dial(bob.uri) })
    const alice = s.phone('alice')
    let lost = 0
    s.world.net.filter = ({ to, bytes }) => {
      const isFirst =
        to.address === alice.address && Buffer.from(bytes).toString('latin1').startsWith('SIP/2.0 18') && lost++ === 0
      return !isFirst
    }
    const call = s.call(alice)
    s.run(400)
    expect(call.statuses).toEqual([])
    s.run(300)
    expect(call.statuses).toEqual([180])
    s.until('it is answered', () => call.acked)
    alice.hangUp(call)
  })

  story('D07 a 183 without a description is ringing', s => {
    const proxy = s.stranger()
    const { call, invite } = reach(s, proxy)
    proxy.reply(invite, 183, { tag: 'a', headers: [contact('10.0.66.7')] })
    s.run(50)
    expect(statusesOf(call)).toEqual([180])
    proxy.reply(invite, 486, { tag: 'a' })
    s.until('it is over', () => call.ended)
    expect(statusesOf(call)).toEqual([180, 486])
  })

  story('K07 early media for a caller that offered nothing: it hears its own ringing, and the flow goes on', s => {
    s.app({
      '/call': [
        { verb: 'play', url: 'tone_stream://%(500,0,440)', earlyMedia: true },
        { verb: 'sip:decline', status: 404 },
      ],
    })
    const alice = s.phone('alice')
    const call = s.call(alice, { sdp: null })
    s.until('it is over', () => call.ended)
    expect(statusesOf(call)).toEqual([180, 404])
    expect(call.bodies.get(180)).toBe('')
  })
})

describe('D02 many phones of one user', () => {
  story('D02 D26 at most 30 are rung at once', s => {
    const phones = Array.from({ length: 40 }, (_, index) => s.phone(`p${index}`, { ringAfterMs: 50 }))
    s.world.contacts.set(
      'team',
      phones.map(phone => phone.uri),
    )
    s.app({ '/call': [{ verb: 'dial', answerOnBridge: true, timeout: 2, target: [{ type: 'user', name: 'team' }] }] })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(phones.filter(phone => phone.calls.length > 0)).toHaveLength(30)
  })
})
