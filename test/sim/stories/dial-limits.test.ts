/**
 * How long a dial rings, and how long the call that it makes may last.
 */
import { describe, expect } from 'vitest'
import type { SimPhone } from '../peers/phone.ts'
import { dial, statusesOf, story } from './story.ts'

const rings = { ringAfterMs: 50 }

describe('timeLimit', () => {
  for (const answerOnBridge of [true, false]) {
    story(`D21 ends the call so many seconds after it was joined, with answerOnBridge ${answerOnBridge}`, s => {
      const bob = s.phone('bob', { ringAfterMs: 50, answerAfterMs: 4_000 })
      s.app({ '/call': dial([bob], { timeLimit: 7, answerOnBridge }) })
      const call = s.call(s.phone('alice'))
      const other = s.rung(bob)
      s.until('the callee answers', () => other.answered)
      const joinedAt = s.now + 1
      s.until('both are told that it is over', () => call.ended && other.ended)
      expect(call.byeReceived && other.byeReceived).toBe(true)
      expect(Math.abs((other.times['byeReceived'] ?? 0) - joinedAt - 7_000)).toBeLessThan(50)
      expect(Math.abs((call.times['byeReceived'] ?? 0) - joinedAt - 7_000)).toBeLessThan(50)
      s.finish()
      expect(s.hook('/dial')).toMatchObject({ dial_status: 'completed', dial_sip_status: 200 })
      expect(s.world.ended.find(({ leg }) => leg.direction === 'outbound')?.answeredMs).toBeGreaterThan(6_950)
    })
  }

  story('D21 leaves the caller to the rest of the flow', s => {
    const bob = s.phone('bob', { answerAfterMs: 200 })
    s.app({ '/call': [...dial([bob], { timeLimit: 2 }), { verb: 'pause', length: 3 }, { verb: 'hangup' }] })
    const call = s.call(s.phone('alice'))
    s.until('both are told that it is over', () => call.ended)
    const between = (call.times['byeReceived'] ?? 0) - (bob.calls[0]?.times['byeReceived'] ?? 0)
    expect(between).toBeGreaterThan(2_950)
    expect(between).toBeLessThan(3_100)
  })

  story('D21 that is longer than the call does nothing', s => {
    const bob = s.phone('bob', { answerAfterMs: 200, hangUpAfterMs: 1_000 })
    s.app({ '/call': dial([bob], { timeLimit: 3_600 }) })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(s.now).toBeLessThan(2_000)
  })
})

describe('timeout', () => {
  const cases = [
    { name: 'D22 K06 60 s when it is not given', more: {}, ms: 60_000 },
    { name: 'D22 K06 as it is given', more: { timeout: 20 }, ms: 20_000 },
    { name: 'D22 K06 of half a second', more: { timeout: 0.5 }, ms: 500 },
  ]
  for (const { name, more, ms } of cases) {
    story(`${name}: nobody answers, everybody gets CANCEL, and the report says no-answer`, s => {
      const phones = ['bob', 'carol'].map(each => s.phone(each, rings))
      s.app({ '/call': dial(phones, more) })
      const call = s.call(s.phone('alice'))
      const rungAt = s.rung(phones[0] as SimPhone).times['invite'] ?? 0
      s.until('it is over', () => call.ended)
      for (const phone of phones) {
        expect(Math.abs((phone.calls[0]?.times['cancelReceived'] ?? 0) - rungAt - ms)).toBeLessThan(50)
        expect(phone.calls[0]?.statuses.at(-1)).toBe(487)
      }
      expect(statusesOf(call)).toEqual([180, 480])
      s.finish()
      expect(s.hook('/dial')).toMatchObject({
        dial_status: 'no-answer',
        dial_call_status: 'no-answer',
        dial_sip_status: 487,
        dial_sip_reason: 'Ring timeout',
      })
      const causes = s.world.ended.filter(({ leg }) => leg.direction === 'outbound').map(({ leg }) => leg)
      expect(causes.map(({ outcome, cause, endedBy }) => ({ outcome, cause, endedBy }))).toEqual(
        Array(2).fill({ outcome: 'no-answer', cause: 'ring timeout', endedBy: 'switch' }),
      )
    })
  }

  story('R3 D22 one target that declines does not stop the time of the others', s => {
    const bob = s.phone('bob', { ringAfterMs: 50, reject: { status: 603, afterMs: 1_000 } })
    const carol = s.phone('carol', rings)
    s.app({ '/call': dial([bob, carol], { timeout: 10 }) })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(carol.calls[0]?.times['cancelReceived']).toBeLessThan(10_100)
    // Rule R5: that somebody declined is the more telling.
    expect(s.hook('/dial')).toMatchObject({ dial_status: 'busy', dial_sip_status: 603 })
    expect(statusesOf(call)).toEqual([180, 603])
  })

  story('R3 D22 one target that cannot be reached at all does not stop the time of the others', s => {
    const carol = s.phone('carol', rings)
    s.app({
      '/call': [
        {
          verb: 'dial',
          answerOnBridge: true,
          timeout: 10,
          actionHook: '/dial',
          target: [
            { type: 'user', name: 'nobody' },
            { type: 'sip', sipUri: 'sip:x@no.such.name' },
            { type: 'sip', sipUri: carol.uri },
          ],
        },
      ],
    })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    const rungAt = carol.calls[0]?.times['invite'] ?? 0
    expect((carol.calls[0]?.times['cancelReceived'] ?? 0) - rungAt).toBeGreaterThan(9_950)
    expect(s.hook('/dial')).toMatchObject({ dial_status: 'no-answer' })
  })

  story('R3 D22 does not end a leg that has answered', s => {
    const bob = s.phone('bob', { ringAfterMs: 50, answerAfterMs: 1_900 })
    s.app({ '/call': dial([bob], { timeout: 2 }) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('it is answered', () => call.acked)
    s.run(5_000)
    expect(call.ended).toBe(false)
    alice.hangUp(call)
  })

  story('R3 D22 ends when the last target has refused, not when the time is up', s => {
    const phones = ['bob', 'carol'].map((each, index) =>
      s.phone(each, { ringAfterMs: 50, reject: { status: 486, afterMs: 1_000 * (index + 1) } }),
    )
    s.app({ '/call': dial(phones) })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(s.now).toBeLessThan(2_200)
    expect(statusesOf(call)).toEqual([180, 486])
  })

  story('D22 K06 crosses the 200: the late answer gets ACK and BYE, and the report stays no-answer', s => {
    s.world.net.link = { loss: 0, duplicate: 0, reorder: 0, reorderMs: 0, delayMs: [40, 40] }
    const bob = s.phone('bob', { ringAfterMs: 50 })
    s.app({ '/call': dial([bob], { timeout: 2 }) })
    const call = s.call(s.phone('alice'))
    const other = s.rung(bob)
    s.until('the CANCEL is on its way', () => s.wire.requestsTo(bob, 'CANCEL').length > 0)
    bob.answer(other)
    s.until('it is over', () => call.ended && other.ended)
    expect(other.acked && other.byeReceived).toBe(true)
    expect(s.hook('/dial')).toMatchObject({ dial_status: 'no-answer', dial_sip_status: 487 })
    expect(statusesOf(call)).toEqual([180, 480])
  })

  story('D22 K06 and a callee that never answers the CANCEL: the caller is told at once all the same', s => {
    const bob = s.phone('bob', { ringAfterMs: 50, deafToCancel: true })
    s.app({ '/call': dial([bob], { timeout: 2 }) })
    const call = s.call(s.phone('alice'))
    s.until('the caller is told', () => call.ended)
    expect(s.now).toBeLessThan(2_200)
    expect(s.hook('/dial')).toMatchObject({ dial_status: 'no-answer', dial_sip_status: 487 })
  })

  story('D22 K06 and a callee that is not there: nothing but INVITEs until the time is up', s => {
    const bob = s.phone('bob', { dead: true })
    s.app({ '/call': dial([bob], { timeout: 10 }) })
    const call = s.call(s.phone('alice'))
    s.until('the caller is told', () => call.ended)
    expect(s.now).toBeGreaterThan(9_950)
    expect(s.now).toBeLessThan(10_300)
    expect(s.wire.requestsTo(bob, 'CANCEL')).toEqual([])
    expect(s.hook('/dial')).toMatchObject({ dial_status: 'no-answer' })
  })

  story('K06 longer than timer B and a callee that is not there: failed, and the timer is named', s => {
    const bob = s.phone('bob', { dead: true })
    s.app({ '/call': dial([bob]) })
    const call = s.call(s.phone('alice'))
    s.until('the caller is told', () => call.ended)
    expect(s.now).toBeGreaterThan(32_000)
    expect(s.now).toBeLessThan(32_300)
    expect(s.hook('/dial')).toMatchObject({
      dial_status: 'failed',
      dial_sip_status: 408,
      dial_sip_reason: 'timer B on INVITE',
    })
  })
})
