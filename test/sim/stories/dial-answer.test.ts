/**
 * When the caller is answered, and who is joined with whom.
 */
import { describe, expect } from 'vitest'
import type { PhoneCall, SimPhone } from '../peers/phone.ts'
import { heardBetween, levelOf, voice } from './sounds.ts'
import { dial, failedDial, type Story, statusesOf, story } from './story.ts'

/** Both say something for a while, and each hears the other and nobody else. */
function converse(s: Story, one: PhoneCall, other: PhoneCall): void {
  const from = s.now
  one.audio?.talk(25, voice(700))
  other.audio?.talk(25, voice(1_300))
  s.run(600)
  for (const [call, hears, says] of [
    [one, 1_300, 700],
    [other, 700, 1_300],
  ] as const) {
    const heard = heardBetween(call, from, s.now)
    expect(heard).toHaveLength(25)
    expect(levelOf(heard, hears)).toBeCloseTo(-10, 0)
    expect(levelOf(heard, says)).toBeLessThan(-35)
  }
}

describe('answerOnBridge', () => {
  story('D07 the caller rings until the callee answers, and only then gets the 200', s => {
    const bob = s.phone('bob', { ringAfterMs: 100, answerAfterMs: 3_000 })
    s.app({ '/call': dial([bob], { answerOnBridge: true }) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('it rings', () => call.statuses.includes(180))
    s.run(2_500)
    expect(statusesOf(call)).toEqual([180])
    s.until('it is answered', () => call.acked && bob.calls[0]?.acked === true)
    const answeredAt = bob.calls[0]?.times['answered'] ?? 0
    expect(call.times['200']).toBeGreaterThan(answeredAt)
    expect(call.times['200']).toBeLessThan(answeredAt + 10)
    converse(s, call, s.rung(bob))
    alice.hangUp(call)
  })

  story('D07 K02 nobody answers: the caller never gets a 200, and is refused by how it went', s => {
    const bob = s.phone('bob', { ringAfterMs: 50, reject: { status: 486, afterMs: 500 } })
    s.app({ '/call': dial([bob], { answerOnBridge: true }) })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(statusesOf(call)).toEqual([180, 486])
  })

  story('D08 false: the caller is answered as soon as the call to the callee is placed, before it rings', s => {
    const bob = s.phone('bob', { ringAfterMs: 500, answerAfterMs: 2_000 })
    s.app({ '/call': dial([bob], { answerOnBridge: false }) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('it is answered', () => call.acked)
    const [invite] = s.wire.requestsTo(bob, 'INVITE')
    const [answer] = s.wire.responsesTo(alice, 'INVITE')
    expect(answer?.atMs).toBeCloseTo(invite?.atMs ?? 0, 0)
    expect(bob.calls[0]?.statuses).toEqual([])
    s.until('the callee answers', () => bob.calls[0]?.acked === true)
    converse(s, call, s.rung(bob))
    alice.hangUp(call)
  })

  story('D09 is false when it is not given', s => {
    const bob = s.phone('bob', { ringAfterMs: 500, answerAfterMs: 2_000 })
    s.app({ '/call': dial([bob], { answerOnBridge: undefined }) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('it is answered', () => call.acked)
    expect(statusesOf(call)).toEqual([200])
    expect(bob.calls[0]?.statuses).toEqual([])
    s.until('the callee answers', () => bob.calls[0]?.acked === true)
    alice.hangUp(call)
  })

  story('D08 nobody answers: an answered caller goes on with the flow', s => {
    const bob = s.phone('bob', { reject: { status: 486, afterMs: 500 } })
    s.app({
      '/call': [
        ...dial([bob], { answerOnBridge: false }),
        { verb: 'play', url: 'tone_stream://%(500,0,440)' },
        { verb: 'hangup' },
      ],
    })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(levelOf(heardBetween(call, call.times['200'] ?? 0, s.now).slice(-25), 440)).toBeGreaterThan(-20)
    expect(s.hook('/dial')).toMatchObject({ dial_status: 'busy', dial_sip_status: 486 })
  })
})

describe('R1 what answers the caller', () => {
  story('R1 D07 a play before the dial does: answerOnBridge has nothing left to wait with', s => {
    const bob = s.phone('bob', { ringAfterMs: 100, answerAfterMs: 1_000 })
    s.app({ '/call': [{ verb: 'play', url: 'tone_stream://%(300,0,440)' }, ...dial([bob], { answerOnBridge: true })] })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('the callee answers', () => bob.calls[0]?.acked === true)
    expect(statusesOf(call)).toEqual([200])
    expect(call.times['200']).toBeLessThan(bob.calls[0]?.times['invite'] ?? 0)
    converse(s, call, s.rung(bob))
    alice.hangUp(call)
  })

  story('R1 a play with early media before the dial does not: 183, then the 200 of the bridge', s => {
    const bob = s.phone('bob', { ringAfterMs: 100, answerAfterMs: 1_000 })
    const early = { verb: 'play', url: 'tone_stream://%(300,0,440)', earlyMedia: true }
    s.app({ '/call': [early, ...dial([bob], { answerOnBridge: true })] })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('it is answered', () => call.acked && bob.calls[0]?.acked === true)
    expect(statusesOf(call)).toEqual([183, 200])
    expect(call.times['200']).toBeGreaterThan(bob.calls[0]?.times['answered'] ?? 0)
    expect(call.bodies.get(200)).toBe(call.bodies.get(183))
    converse(s, call, s.rung(bob))
    alice.hangUp(call)
  })

  story('R1 a gather does; pause, alert, tag and redirect do not', s => {
    const quiet = [
      { verb: 'alert', message: 'x' },
      { verb: 'pause', length: 0.5 },
      { verb: 'tag', data: { a: 1 } },
      { verb: 'redirect', actionHook: '/next' },
    ]
    s.app({ '/call': quiet, '/next': [{ verb: 'gather', numDigits: 1, timeout: 1 }, { verb: 'hangup' }] })
    const call = s.call(s.phone('alice'))
    s.run(500)
    expect(statusesOf(call)).toEqual([180])
    s.until('it is over', () => call.ended)
    expect(statusesOf(call)).toEqual([180, 200])
  })
})

describe('the first to answer is joined', () => {
  story('D03 K02 of ten: the others get CANCEL, and the caller talks to the one', s => {
    const phones = Array.from({ length: 10 }, (_, index) =>
      s.phone(`p${index}`, { ringAfterMs: 50 + index, answerAfterMs: index === 6 ? 1_500 : 10_000 }),
    )
    s.app({ '/call': dial(phones, { answerOnBridge: true }) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('it is answered', () => call.acked)
    s.run(200)
    const winner = s.rung(phones[6] as SimPhone)
    expect(winner.acked).toBe(true)
    for (const phone of phones) {
      if (phone === phones[6]) continue
      expect(s.wire.requestsTo(phone, 'CANCEL')).toHaveLength(1)
      expect(s.wire.requestsTo(phone, 'BYE')).toHaveLength(0)
      expect(phone.calls[0]?.ended).toBe(true)
    }
    expect(s.wire.requestsTo(phones[6] as SimPhone, 'CANCEL')).toHaveLength(0)
    converse(s, call, winner)
    alice.hangUp(call)
    s.finish()
    const [, ...legs] = s.world.ended
    const outcomes = s.world.ended.filter(({ leg }) => leg.parentId !== undefined).map(({ leg }) => leg.outcome)
    expect(legs).toHaveLength(10)
    expect(outcomes.toSorted()).toEqual([...Array.from({ length: 9 }, () => 'canceled'), 'completed'])
  })

  story('D03 R4 two in the same millisecond: one is kept, the other gets ACK and BYE', s => {
    const phones = ['bob', 'carol'].map(name => s.phone(name, { ringAfterMs: 50, answerAfterMs: 1_000 }))
    s.app({ '/call': dial(phones, { answerOnBridge: true }) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('it is answered', () => call.acked)
    s.run(300)
    const up = phones.filter(phone => phone.calls[0]?.acked === true && phone.calls[0]?.ended === false)
    const released = phones.filter(phone => phone.calls[0]?.byeReceived === true)
    expect([up.length, released.length]).toEqual([1, 1])
    converse(s, call, s.rung(up[0] as SimPhone))
    alice.hangUp(call)
  })

  story('D03 R4 a 200 that crosses our CANCEL gets ACK and BYE', s => {
    const bob = s.phone('bob', { ringAfterMs: 50, answerAfterMs: 1_000 })
    const carol = s.phone('carol', { ringAfterMs: 50, answersCancel: true })
    s.app({ '/call': dial([bob, carol], { answerOnBridge: true }) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('it is answered', () => call.acked)
    s.until('the other is released', () => carol.calls[0]?.byeReceived === true)
    expect(carol.calls[0]?.acked).toBe(true)
    converse(s, call, s.rung(bob))
    alice.hangUp(call)
    s.finish()
    const lost = s.world.ended.find(({ leg }) => leg.to === 'carol')
    expect(lost?.leg).toMatchObject({ outcome: 'canceled', endedBy: 'switch', cause: 'another leg answered' })
  })

  story('D03 one without a common codec does not win, and the next does', s => {
    const bob = s.phone('bob', { ringAfterMs: 50, answerAfterMs: 500, sdp: { payloadTypes: [9] } })
    const carol = s.phone('carol', { ringAfterMs: 50, answerAfterMs: 1_000 })
    s.app({ '/call': dial([bob, carol], { answerOnBridge: true }) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('it is answered', () => call.acked)
    expect(bob.calls[0]?.byeReceived).toBe(true)
    converse(s, call, s.rung(carol))
    alice.hangUp(call)
  })

  story('D03 one that answers without a description does not win', s => {
    const bob = s.phone('bob', { answerAfterMs: 500, body: '' })
    s.app({ '/call': dial([bob], { answerOnBridge: true }) })
    expect(failedDial(s)).toMatchObject({
      statuses: [502],
      report: {
        dial_status: 'failed',
        dial_sip_status: 488,
        dial_sip_reason: 'answer without a description',
      },
    })
  })
})

describe('joined', () => {
  story('K01 K03 PCMU against PCMA is translated both ways', s => {
    const bob = s.phone('bob', { answerAfterMs: 200, sdp: { payloadTypes: [8] } })
    s.app({ '/call': dial([bob], { answerOnBridge: true }) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('both are up', () => call.acked && bob.calls[0]?.acked === true)
    const other = s.rung(bob)
    const from = s.now
    call.audio?.talk(25, voice(700, 'u'))
    other.audio?.talk(25, voice(1_300, 'a'))
    s.run(600)
    const [toAlice, toBob] = [heardBetween(call, from, s.now), heardBetween(other, from, s.now)]
    expect(toAlice.map(({ payloadType }) => payloadType)).toEqual(Array(25).fill(0))
    expect(toBob.map(({ payloadType }) => payloadType)).toEqual(Array(25).fill(8))
    expect(levelOf(toAlice, 1_300)).toBeCloseTo(-10, 0)
    expect(levelOf(toBob, 700)).toBeCloseTo(-10, 0)
    alice.hangUp(call)
  })

  story('K04 digits go through, under the payload type of each side', s => {
    const bob = s.phone('bob', { answerAfterMs: 200, sdp: { events: 96 } })
    s.app({ '/call': dial([bob], { answerOnBridge: true }) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('both are up', () => call.acked && bob.calls[0]?.acked === true)
    const other = s.rung(bob)
    call.audio?.talk(5, voice(700))
    s.run(200)
    call.audio?.press('5#')
    s.run(600)
    const events = (other.audio?.heard ?? []).filter(({ payloadType }) => payloadType === 96)
    expect(new Set(events.map(({ payload }) => payload[0]))).toEqual(new Set([5, 11]))
    expect(new Set(events.map(({ timestamp }) => timestamp)).size).toBe(2)
    alice.hangUp(call)
  })
})
