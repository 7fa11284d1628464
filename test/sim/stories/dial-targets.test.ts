/**
 * Whom a dial rings: phone numbers over trunks, users, SIP URIs.
 */
import { describe, expect } from 'vitest'
import { field } from '../peers/sip-text.ts'
import { failedDial, type Story, statusesOf, story } from './story.ts'

const dial = (target: unknown, more: object = {}): object[] => [
  { verb: 'dial', answerOnBridge: true, actionHook: '/dial', target, ...more },
]

const carrier = { name: 'carrier', host: '10.0.9.1', port: 5080, plus: true } as const

/** Calls number 1, and sees the target answer; the caller hangs up after a second. */
function talk(s: Story, target: unknown, callee = s.phone('bob')): void {
  s.app({ '/call': dial(target) })
  const caller = s.phone('alice')
  const call = s.call(caller)
  const other = s.rung(callee)
  s.until('both are up', () => call.acked && other.acked)
  s.run(1_000)
  caller.hangUp(call)
}

describe('a dial rings', () => {
  story('D01 D26 a user at the phone that is registered, by name and domain', s => {
    const bob = s.phone('bob')
    s.world.contacts.set('bob@example.test', [`sip:bob-desk@${bob.address}:5060;ob`])
    talk(s, [{ type: 'user', name: 'bob@example.test' }], bob)
    expect(s.wire.inviteTo(bob).start).toBe(`INVITE sip:bob-desk@${bob.address}:5060;ob SIP/2.0`)
    s.finish()
    expect(s.hook('/dial')).toMatchObject({ dial_status: 'completed' })
    expect(s.world.ended.map(({ leg }) => leg.to)).toContain('bob@example.test')
  })

  story('D26 every phone of a user, and the first to answer is joined', s => {
    const desk = s.phone('desk', { ringAfterMs: 50 })
    const mobile = s.phone('mobile', { ringAfterMs: 50, answerAfterMs: 900 })
    s.world.contacts.set('jane', [desk.uri, mobile.uri])
    s.app({ '/call': dial([{ type: 'user', name: 'jane' }]) })
    const caller = s.phone('alice')
    const call = s.call(caller)
    s.until('it is answered', () => call.answered)
    s.run(500)
    expect(desk.calls[0]?.canceled).toBe(true)
    expect(mobile.calls[0]?.acked).toBe(true)
    caller.hangUp(call)
  })

  story('D26 a user who is nowhere registered is reported as no-answer with a reason', s => {
    s.app({ '/call': dial([{ type: 'user', name: 'nobody@example.test' }]) })
    expect(failedDial(s)).toMatchObject({
      statuses: [480],
      report: {
        dial_status: 'no-answer',
        dial_sip_status: 480,
        dial_sip_reason: 'nobody@example.test has no phone',
      },
    })
  })

  story('D01 D25 a SIP URI as it is, its parameters with it', s => {
    const bob = s.phone('bob')
    talk(s, [{ type: 'sip', sipUri: `sip:bob@${bob.address}:5060;transport=udp;x=1` }], bob)
    expect(s.wire.inviteTo(bob).start).toBe(`INVITE sip:bob@${bob.address}:5060;transport=udp;x=1 SIP/2.0`)
  })

  story('D01 D25 a SIP URI with a host name, at the address that the name has', s => {
    const bob = s.phone('bob')
    s.world.dns.hosts.set('pbx.example.test', [bob.address])
    talk(s, [{ type: 'sip', sipUri: 'sip:bob@pbx.example.test' }], bob)
    expect(s.wire.inviteTo(bob).start).toBe('INVITE sip:bob@pbx.example.test SIP/2.0')
  })

  story('D01 D24 a phone number over the trunk that is named, in E.164', s => {
    const gateway = s.world.phone('gateway', '10.0.9.1', 5080)
    s.world.trunks.set('other', { ...carrier, name: 'other', host: '10.0.9.9' })
    s.world.trunks.set('carrier', { ...carrier, fromDomain: 'sip.carrier.test' })
    talk(s, [{ type: 'phone', number: '+4930901820', trunk: 'carrier' }], gateway)
    const invite = s.wire.inviteTo(gateway)
    expect(invite.start).toBe('INVITE sip:+4930901820@10.0.9.1:5080 SIP/2.0')
    expect(field(invite, 'to')).toBe('<sip:+4930901820@10.0.9.1:5080>')
    expect(field(invite, 'from')).toMatch(/^<sip:alice@sip\.carrier\.test>;tag=/)
    s.finish()
    expect(s.world.started.find(({ leg }) => leg.direction === 'outbound')?.leg).toMatchObject({
      to: '+4930901820',
      trunk: 'carrier',
    })
  })

  story(
    'D24 a phone number without a trunk over an outbound one, without the plus sign where the carrier wants none',
    s => {
      const gateway = s.world.phone('gateway', '10.0.9.1', 5080)
      s.world.trunks.set('carrier', { ...carrier, plus: false })
      talk(s, [{ type: 'phone', number: '+49 (30) 901-820' }], gateway)
      expect(s.wire.inviteTo(gateway).start).toBe('INVITE sip:4930901820@10.0.9.1:5080 SIP/2.0')
    },
  )

  story('D24 a phone number with the codecs that the carrier prefers, in that order', s => {
    const gateway = s.world.phone('gateway', '10.0.9.1', 5080)
    s.world.trunks.set('carrier', { ...carrier, codecs: ['PCMA', 'pcmu', 'PCMA'] })
    talk(s, [{ type: 'phone', number: '+4930901820' }], gateway)
    expect(s.wire.inviteTo(gateway).body).toMatch(/^m=audio \d+ RTP\/AVP 8 0 101\r$/m)
  })

  for (const lookUpMs of [0, 50]) {
    story(`D24 no phone number over a carrier with none of our codecs: failed, found out after ${lookUpMs} ms`, s => {
      s.world.lookUpMs = lookUpMs
      s.world.trunks.set('carrier', { ...carrier, codecs: ['opus'] })
      s.app({ '/call': dial([{ type: 'phone', number: '+4930901820' }]) })
      expect(failedDial(s)).toMatchObject({
        statuses: [502],
        report: {
          dial_status: 'failed',
          dial_sip_status: 488,
          dial_sip_reason: 'None of the codecs of trunk carrier is known here: opus',
        },
      })
    })
  }

  story('D31 no phone number when there is no outbound trunk: failed, with the reason', s => {
    s.app({ '/call': dial([{ type: 'phone', number: '+4930901820' }]) })
    expect(failedDial(s)).toMatchObject({
      statuses: [502],
      report: {
        dial_status: 'failed',
        dial_sip_status: 503,
        dial_sip_reason: 'No outbound trunk',
      },
    })
    expect(s.hook('/dial')).not.toHaveProperty('dial_call_sid')
  })

  story('D31 no phone number over a trunk that does not exist: failed, and the trunk is named', s => {
    s.world.trunks.set('carrier', carrier)
    s.app({ '/call': dial([{ type: 'phone', number: '+4930901820', trunk: 'typo' }]) })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(s.hook('/dial')).toMatchObject({ dial_status: 'failed', dial_sip_reason: 'No trunk named typo' })
  })

  story('D02 ten targets of all three types at the same time', s => {
    const phones = Array.from({ length: 8 }, (_, index) => s.phone(`sip${index}`, { ringAfterMs: 20 }))
    const user = s.phone('user', { ringAfterMs: 20 })
    const gateway = s.world.phone('gateway', '10.0.9.1', 5080)
    s.world.contacts.set('jane', [user.uri])
    s.world.trunks.set('carrier', carrier)
    const targets = [
      ...phones.map(phone => ({ type: 'sip', sipUri: phone.uri })),
      { type: 'user', name: 'jane' },
      { type: 'phone', number: '+4930901820' },
    ]
    s.app({ '/call': dial(targets) })
    const caller = s.phone('alice')
    const call = s.call(caller)
    s.until('the tenth answers', () => call.answered)
    const rungAt = [...phones, user, gateway].map(phone => phone.calls[0]?.times['invite'])
    expect(new Set(rungAt)).toEqual(new Set([rungAt[0]]))
    expect(rungAt[0]).toBeGreaterThan(0)
    s.run(300)
    for (const phone of [...phones, user]) expect(phone.calls[0]?.statuses.at(-1)).toBe(487)
    caller.hangUp(call)
  })

  story('D02 the second while the name of the first is still looked up', s => {
    const bob = s.phone('bob')
    const carol = s.phone('carol', { ringAfterMs: 10 })
    s.app({
      '/call': dial([
        { type: 'sip', sipUri: 'sip:carol@carol.test' },
        { type: 'sip', sipUri: bob.uri },
      ]),
    })
    s.world.dns.hosts.set('carol.test', [carol.address])
    const caller = s.phone('alice')
    const call = s.call(caller)
    s.until('it is answered', () => call.answered)
    expect(bob.calls[0]?.times['invite']).toBeLessThan(carol.calls[0]?.times['invite'] ?? 0)
    caller.hangUp(call)
  })
})

describe('a dial is refused', () => {
  const fallback = [{ verb: 'sip:decline', status: 503, reason: 'Fallback' }]

  /** The fallback runs, and the status hook hears where the document is wrong. */
  function refused(s: Story, document: object | string, path: string): void {
    s.fallback(fallback)
    s.app({ '/call': () => (typeof document === 'string' ? { text: document } : { json: document }) })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(statusesOf(call)).toEqual([503])
    s.run(100)
    expect(s.wrong.map(problem => problem.path)).toEqual([path])
    expect(s.problems[0]?.['hook']).toBe('http://app.test/call')
    expect(String(s.problems[0]?.['message'])).toContain(path)
  }

  story('D02 with eleven targets: the list is named, and the fallback runs', s => {
    const targets = Array.from({ length: 11 }, (_, index) => ({ type: 'sip', sipUri: `sip:${index}@10.0.1.9` }))
    refused(
      s,
      [
        { verb: 'alert', message: 'x' },
        { verb: 'dial', target: targets },
      ],
      '$[1].target',
    )
  })

  story('D20 without a target', s => refused(s, [{ verb: 'dial', answerOnBridge: true }], '$[0].target'))

  story('D20 with an empty list of targets', s => refused(s, [{ verb: 'dial', target: [] }], '$[0].target'))

  story('D24 with a target of no known type', s =>
    refused(s, [{ verb: 'dial', target: [{ type: 'fax', number: '+4930901820' }] }], '$[0].target[0].type'),
  )

  story('D24 with a number that is no number', s =>
    refused(s, [{ verb: 'dial', target: [{ type: 'phone', number: '0000' }] }], '$[0].target[0].number'),
  )

  story('D25 with a SIP target without its URI', s =>
    refused(s, [{ verb: 'dial', target: [{ type: 'sip' }] }], '$[0].target[0].sipUri'),
  )
})

describe('a dial is read leniently', () => {
  story('D30 with trailing commas and a comment, as the published sample has them', s => {
    const bob = s.phone('bob')
    const document = `{
      "verb": "dial",
      "answerOnBridge": true, // as the page has it
      "target": [
        { "type": "sip", "sipUri": "${bob.uri}", },
      ],
    }`
    s.app({ '/call': () => ({ text: document }) })
    const caller = s.phone('alice')
    const call = s.call(caller)
    s.until('both are up', () => call.acked && bob.calls[0]?.acked === true)
    expect(s.problems).toEqual([])
    caller.hangUp(call)
  })
})
