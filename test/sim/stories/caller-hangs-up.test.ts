/**
 * The caller hangs up, at every stage of a call.
 */
import { describe, expect } from 'vitest'
import type { PhoneCall, SimPhone } from '../peers/phone.ts'
import { field, statusOf } from '../peers/sip-text.ts'
import { wav } from './sounds.ts'
import { dial, type Story, statusesOf, story, WATCHED } from './story.ts'

/** The caller hangs up now, and is told that it is over. */
function givesUp(s: Story, alice: SimPhone, call: PhoneCall): void {
  alice.hangUp(call)
  s.until('it is over for the caller', () => call.ended)
}

/** The dial was given up while the switch was still looking for the phone. */
function neverRang(s: Story, phone: SimPhone): void {
  s.run(2_000)
  expect(phone.calls).toEqual([])
  expect(s.hook('/dial')).toMatchObject({ dial_status: 'no-answer', dial_sip_status: 487 })
}

const ended = (s: Story, direction: 'inbound' | 'outbound'): object | undefined =>
  s.world.ended.find(({ leg }) => leg.direction === direction)?.leg

describe('the caller hangs up', () => {
  story('R6 while the number is looked up: 487, and nothing is asked', s => {
    s.world.lookUpMs = 400
    s.app({ '/call': dial([s.phone('bob')]) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('it is under way', () => call.statuses.includes(100))
    givesUp(s, alice, call)
    expect(statusesOf(call)).toEqual([487])
    s.run(1_000)
    expect(s.hooks('/call')).toEqual([])
    s.finish()
    expect(s.world.started).toEqual([])
  })

  story('R6 while the row is written: 487, and the row is completed', s => {
    s.world.recordMs = 400
    s.app({ '/call': dial([s.phone('bob')]) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('it is under way', () => call.statuses.includes(100))
    givesUp(s, alice, call)
    s.run(1_000)
    expect(s.hooks('/call')).toEqual([])
    s.finish()
    expect(ended(s, 'inbound')).toMatchObject({ outcome: 'canceled', endedBy: 'caller', sipStatus: 487 })
  })

  story('R6 K07 while the application thinks: 487 at once, and what it says is too late', s => {
    const bob = s.phone('bob')
    s.app({ '/call': () => ({ json: dial([bob]), delayMs: 3_000 }) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.run(1_000)
    givesUp(s, alice, call)
    expect(call.times['487']).toBeLessThan(1_010)
    s.run(4_000)
    expect(bob.calls).toEqual([])
    s.finish()
    expect(s.statuses('inbound')).toEqual(['trying', 'no-answer'])
    expect(ended(s, 'inbound')).toMatchObject({ outcome: 'canceled', endedBy: 'caller', cause: 'CANCEL' })
  })

  story('R6 while a user is looked up: nobody is rung', s => {
    const bob = s.phone('bob')
    s.world.contacts.set('bob', [bob.uri])
    s.world.lookUpMs = 600
    s.app({
      '/call': [{ verb: 'dial', answerOnBridge: true, actionHook: '/dial', target: [{ type: 'user', name: 'bob' }] }],
    })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.run(900)
    givesUp(s, alice, call)
    neverRang(s, bob)
  })

  story('R6 D21 the time of the call is over while a user is looked up: one outcome, and nobody is rung', s => {
    const bob = s.phone('bob', { answerAfterMs: 100 })
    const carol = s.phone('carol')
    s.world.contacts.set('carol', [carol.uri])
    s.app({ '/call': [{ verb: 'dial', target: [{ type: 'user', name: 'carol' }] }] })
    s.world.lookUpMs = 500
    s.world.switch.calls.place(
      {
        target: { type: 'sip', uri: bob.uri, path: '$.to' },
        application: s.world.applications.get('1') ?? WATCHED,
        callerId: '+4930901820',
        ringTimeoutMs: 5_000,
        limitMs: 300,
      },
      () => {},
    )
    s.until('it is over', () => bob.calls[0]?.ended === true)
    s.run(1_000)
    expect(carol.calls).toEqual([])
  })

  story('R6 while the host of the target is looked up: nobody is rung', s => {
    const bob = s.phone('bob')
    s.world.dns.hosts.set('bob.test', [bob.address])
    s.app({
      '/call': [
        { verb: 'alert', message: 'x' },
        {
          verb: 'dial',
          answerOnBridge: true,
          actionHook: '/dial',
          target: [{ type: 'sip', sipUri: 'sip:bob@bob.test' }],
        },
      ],
    })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.world.dns.delayMs = 500
    s.until('it rings', () => call.statuses.includes(180))
    givesUp(s, alice, call)
    neverRang(s, bob)
  })

  story('R6 before the target has said anything: the CANCEL waits for a provisional response', s => {
    const bob = s.phone('bob', { ringAfterMs: 1_000 })
    s.app({ '/call': [{ verb: 'alert', message: 'x' }, ...dial([bob])] })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.rung(bob)
    givesUp(s, alice, call)
    expect(s.wire.requestsTo(bob, 'CANCEL')).toEqual([])
    s.until('it is over for the target', () => bob.calls[0]?.ended === true)
    expect(bob.calls[0]?.statuses).toEqual([180, 487])
  })

  story('R6 R4 before the target has said anything, which then answers at once: ACK and BYE, never a CANCEL', s => {
    const bob = s.phone('bob', { answerAfterMs: 1_000 })
    s.app({ '/call': [{ verb: 'alert', message: 'x' }, ...dial([bob])] })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.rung(bob)
    givesUp(s, alice, call)
    s.until('it is over for the target', () => bob.calls[0]?.ended === true)
    expect(bob.calls[0]?.acked && bob.calls[0].byeReceived).toBe(true)
    expect(s.wire.requestsTo(bob, 'CANCEL')).toEqual([])
    expect(s.hook('/dial')).toMatchObject({ dial_status: 'no-answer', dial_sip_status: 487 })
  })

  story('R6 while it rings: every target gets CANCEL', s => {
    const phones = Array.from({ length: 4 }, (_, index) => s.phone(`p${index}`, { ringAfterMs: 50 }))
    s.app({ '/call': dial(phones) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.run(1_000)
    givesUp(s, alice, call)
    s.run(50)
    for (const phone of phones) expect(phone.calls[0]?.statuses).toEqual([180, 487])
    expect(s.hook('/dial')).toMatchObject({ dial_status: 'no-answer', dial_sip_status: 487 })
  })

  story('R6 while it rings, with a BYE in the early dialog in place of a CANCEL', s => {
    const bob = s.phone('bob', { ringAfterMs: 50 })
    s.app({ '/call': dial([bob]) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('it rings', () => call.statuses.includes(180))
    const [ringing] = s.wire.responsesTo(alice, 'INVITE').filter(({ text }) => statusOf(text) === 180)
    call.toLine = ringing ? field(ringing.text, 'to') : ''
    alice.request(call, 'BYE')
    s.until('it is over for both', () => call.ended && bob.calls[0]?.ended === true)
    expect(statusesOf(call)).toEqual([180, 487])
    expect(call.byeAnswered).toBe(true)
  })

  story('R6 D08 while it rings, answered already: BYE, and every target gets CANCEL', s => {
    const phones = Array.from({ length: 4 }, (_, index) => s.phone(`p${index}`, { ringAfterMs: 50 }))
    s.app({ '/call': dial(phones, { answerOnBridge: false }) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.run(1_000)
    givesUp(s, alice, call)
    s.run(50)
    for (const phone of phones) expect(phone.calls[0]?.statuses).toEqual([180, 487])
  })

  story('R6 during early media', s => {
    const bob = s.phone('bob', { early: true, ringAfterMs: 50, talkFrames: 200 })
    s.app({ '/call': dial([bob]) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.run(1_000)
    givesUp(s, alice, call)
    s.until('it is over for the target', () => bob.calls[0]?.ended === true)
    expect(bob.calls[0]?.statuses).toEqual([183, 487])
  })

  story('R6 in the same millisecond in which the target answers: both are released', s => {
    s.world.net.link = { loss: 0, duplicate: 0, reorder: 0, reorderMs: 0, delayMs: [40, 40] }
    const bob = s.phone('bob', { ringAfterMs: 50, answerAfterMs: 1_000 })
    s.app({ '/call': dial([bob]) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('the target answers', () => bob.calls[0]?.answered === true)
    givesUp(s, alice, call)
    s.until('it is over for the target', () => bob.calls[0]?.ended === true)
    expect(bob.calls[0]?.acked && bob.calls[0].byeReceived).toBe(true)
    s.finish()
    const { dial_status: status } = s.hook('/dial')
    expect(['no-answer', 'completed']).toContain(status)
  })

  story('K01 with a BYE right behind its ACK', s => {
    s.app({ '/call': [{ verb: 'play', url: 'tone_stream://%(5000,0,440)' }] })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('it is answered', () => call.answered)
    givesUp(s, alice, call)
    expect(call.byeAnswered).toBe(true)
  })

  story('K01 with a BYE whose ACK before it was lost', s => {
    s.app({ '/call': [{ verb: 'play', url: 'tone_stream://%(5000,0,440)', actionHook: '/played' }] })
    const alice = s.phone('alice')
    alice.silentAck = true
    const call = s.call(alice)
    s.until('it is answered', () => call.answered)
    givesUp(s, alice, call)
    expect(call.byeAnswered).toBe(true)
    s.finish()
    expect(ended(s, 'inbound')).toMatchObject({ outcome: 'completed', endedBy: 'caller' })
  })

  story('K01 and the ACK comes after the BYE', s => {
    s.world.net.link = { loss: 0, duplicate: 0, reorder: 0, reorderMs: 0, delayMs: [1, 1] }
    s.app({ '/call': [{ verb: 'answer' }, { verb: 'pause', length: 10 }] })
    const alice = s.phone('alice')
    alice.silentAck = true
    const call = s.call(alice)
    s.until('it is answered', () => call.answered)
    givesUp(s, alice, call)
    alice.silentAck = false
    s.run(2_000)
    expect(call.byeAnswered).toBe(true)
  })

  story('K07 during a gather: nothing is reported', s => {
    s.app({
      '/call': [
        {
          verb: 'gather',
          numDigits: 4,
          timeout: 30,
          actionHook: '/digits',
          play: { url: 'tone_stream://%(5000,0,440)' },
        },
      ],
    })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('it is up', () => call.acked)
    s.run(1_000)
    call.audio?.press('1')
    s.run(300)
    givesUp(s, alice, call)
    s.run(1_000)
    expect(s.hooks('/digits')).toEqual([])
  })

  story('K07 while a file is read', s => {
    s.world.files.contents.set('/prompts/a.wav', wav(440, 1_000))
    s.world.files.delayMs = 2_000
    s.app({ '/call': [{ verb: 'play', url: 'a.wav' }] })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('it is up', () => call.acked)
    givesUp(s, alice, call)
    s.run(3_000)
    expect(call.audio?.heard).toEqual([])
  })

  story('K07 while a hook of the flow is answered slowly', s => {
    s.app({
      '/call': [{ verb: 'play', url: 'silence_stream://100', actionHook: '/played' }],
      '/played': () => ({ json: [{ verb: 'play', url: 'tone_stream://%(5000,0,440)' }], delayMs: 4_000 }),
    })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('it is asked', () => s.hooks('/played').length > 0)
    givesUp(s, alice, call)
    s.run(6_000)
    expect(s.statuses('inbound').at(-1)).toBe('completed')
  })

  story('K01 twice: CANCEL sent again is answered again', s => {
    s.world.net.link = { loss: 0, duplicate: 1, reorder: 0, reorderMs: 0, delayMs: [1, 40] }
    const bob = s.phone('bob', { ringAfterMs: 50 })
    s.app({ '/call': dial([bob]) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.run(1_000)
    givesUp(s, alice, call)
    s.run(500)
    expect(call.cancelAnswered).toBe(true)
    expect(s.wire.responsesTo(alice, 'CANCEL').every(({ text }) => statusOf(text) === 200)).toBe(true)
  })

  story('K01 a CANCEL that comes after the 200 is answered, and the call lives', s => {
    s.world.net.link = { loss: 0, duplicate: 0, reorder: 0, reorderMs: 0, delayMs: [40, 40] }
    s.app({
      '/call': [
        { verb: 'alert', message: 'x' },
        { verb: 'pause', length: 1 },
        { verb: 'answer' },
        { verb: 'pause', length: 5 },
      ],
    })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('it is ringing', () => call.statuses.includes(180))
    s.until('the 200 is on its way', () =>
      s.wire.responsesTo(alice, 'INVITE').some(({ text }) => statusOf(text) === 200),
    )
    alice.cancel(call)
    s.until('it is over', () => call.ended)
    expect(call.cancelAnswered && call.answered && call.byeAnswered).toBe(true)
  })
})
