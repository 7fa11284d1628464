/**
 * Calls that the switch makes by itself, as the API asks it to.
 */
import { describe, expect } from 'vitest'
import type { Placed } from '../../../src/calls/index.ts'
import { readCreateCall } from '../../../src/dialects/index.ts'
import type { SimPhone } from '../peers/phone.ts'
import { field } from '../peers/sip-text.ts'
import { heardBetween, levelOf, voice } from './sounds.ts'
import { type Story, story, WATCHED } from './story.ts'

/** Places a call as the body of a request says; what came of it. */
function place(s: Story, body: object): Placed {
  const read = readCreateCall({ from: '+4930901820', call_hook: 'http://app.test/call', ...body })
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  const { to, from, callerName, headers, ringTimeoutMs, timeLimitMs, tag, program, callHook, statusHook } = read.call
  let placed: Placed | undefined
  s.world.switch.calls.place(
    {
      target: to,
      application: { ...WATCHED, ...(callHook && { callHook }), ...(statusHook && { statusHook }) },
      callerId: from,
      ringTimeoutMs,
      tag,
      ...(program && { program }),
      ...(callerName !== undefined && { callerName }),
      ...(headers && { headers }),
      ...(timeLimitMs !== undefined && { limitMs: timeLimitMs }),
    },
    result => {
      placed = result
    },
  )
  s.run(1)
  if (!placed) throw new Error('Nothing was said of the call.')
  return placed
}

const to = (phone: SimPhone): object => ({ to: { type: 'sip', sipUri: phone.uri } })

describe('K01 a placed call', () => {
  story('K01 rings the phone, and asks the application once it is answered', s => {
    const bob = s.phone('bob', { ringAfterMs: 100, answerAfterMs: 1_000 })
    s.app({ '/call': [{ verb: 'play', url: 'tone_stream://%(500,0,440)' }, { verb: 'hangup' }] })
    const placed = place(s, { ...to(bob), callerName: 'Cord', headers: { 'X-Campaign': 7 }, tag: { customer: 17 } })
    expect(placed.ok).toBe(true)
    s.until('it is answered', () => bob.calls[0]?.acked === true)
    expect(s.hooks('/call')).toEqual([])
    s.until('it is over', () => bob.calls[0]?.ended === true)
    const invite = s.wire.inviteTo(bob)
    expect(field(invite, 'from')).toMatch(/^"?Cord"? <sip:\+4930901820@/)
    expect(field(invite, 'x-campaign')).toBe('7')
    expect(levelOf(s.rung(bob).audio?.heard ?? [], 440)).toBeGreaterThan(-14)
    expect(s.hook('/call')).toMatchObject({
      direction: 'outbound',
      call_status: 'in-progress',
      from: '+4930901820',
      to: 'bob',
      customerData: { customer: 17 },
      ...(placed.ok && { call_sid: placed.leg.id }),
    })
    s.finish()
    expect(s.statuses('outbound')).toEqual(['trying', 'ringing', 'in-progress', 'completed'])
  })

  story('K01 with verbs of its own asks nobody', s => {
    const bob = s.phone('bob', { answerAfterMs: 100 })
    s.app({})
    place(s, { ...to(bob), app_json: JSON.stringify([{ verb: 'play', url: 'tone_stream://%(200,0,440)' }]) })
    s.until('it is over', () => bob.calls[0]?.ended === true)
    expect(s.hooks('/call')).toEqual([])
    expect(s.rung(bob).audio?.heard).toHaveLength(10)
  })

  story('K01 K02 is joined with whom the flow dials', s => {
    const bob = s.phone('bob', { answerAfterMs: 100 })
    const carol = s.phone('carol', { ringAfterMs: 50, answerAfterMs: 1_000 })
    s.app({ '/call': [{ verb: 'dial', target: [{ type: 'sip', sipUri: carol.uri }] }] })
    place(s, to(bob))
    s.until('both are up', () => bob.calls[0]?.acked === true && carol.calls[0]?.acked === true)
    const [one, other] = [s.rung(bob), s.rung(carol)]
    expect(levelOf(heardBetween(one, 0, s.now), 425), 'ringback').toBeGreaterThan(-20)
    const from = s.now
    one.audio?.talk(25, voice(700))
    other.audio?.talk(25, voice(1_300))
    s.run(600)
    expect(levelOf(heardBetween(one, from, s.now), 1_300)).toBeGreaterThan(-11)
    expect(levelOf(heardBetween(other, from, s.now), 700)).toBeGreaterThan(-11)
    bob.hangUp(one)
    s.until('it is over', () => other.ended)
  })

  story('K06 rings so long and no longer, and the application hears no-answer', s => {
    const bob = s.phone('bob', { ringAfterMs: 50 })
    s.app({})
    place(s, { ...to(bob), timeout: 5 })
    s.until('it is over', () => bob.calls[0]?.ended === true)
    expect(bob.calls[0]?.times['cancelReceived']).toBeGreaterThan(4_990)
    expect(bob.calls[0]?.times['cancelReceived']).toBeLessThan(5_050)
    s.finish()
    expect(s.statuses('outbound')).toEqual(['trying', 'ringing', 'no-answer'])
    expect(s.hooks('/call')).toEqual([])
    expect(s.world.ended[0]?.leg).toMatchObject({ outcome: 'no-answer', cause: 'ring timeout' })
  })

  story('K06 an answer that crosses the end of the ringing is released', s => {
    s.world.net.link = { loss: 0, duplicate: 0, reorder: 0, reorderMs: 0, delayMs: [40, 40] }
    const bob = s.phone('bob', { ringAfterMs: 50, answerAfterMs: 4_950 })
    s.app({})
    place(s, { ...to(bob), timeout: 5 })
    s.until('it is over', () => bob.calls[0]?.ended === true)
    s.finish()
    expect(s.hooks('/call')).toEqual([])
    expect(s.world.ended).toHaveLength(1)
  })

  story('K01 busy: the application hears of it and is asked nothing', s => {
    const bob = s.phone('bob', { reject: { status: 486, afterMs: 100 } })
    s.app({})
    place(s, to(bob))
    s.until('it is over', () => bob.calls[0]?.ended === true)
    s.finish()
    expect(s.statuses('outbound')).toEqual(['trying', 'busy'])
    expect(s.hooks('/call')).toEqual([])
  })

  story('K01 lasts so long and no longer', s => {
    const bob = s.phone('bob', { answerAfterMs: 100 })
    s.app({ '/call': [{ verb: 'play', url: 'tone_stream://%(1000,0,440)', loop: 0 }] })
    place(s, { ...to(bob), timeLimit: 10 })
    s.until('it is over', () => bob.calls[0]?.ended === true)
    expect((bob.calls[0]?.times['byeReceived'] ?? 0) - (bob.calls[0]?.times['answered'] ?? 0)).toBeLessThan(10_050)
    expect((bob.calls[0]?.times['byeReceived'] ?? 0) - (bob.calls[0]?.times['answered'] ?? 0)).toBeGreaterThan(9_990)
  })

  story('K01 to nobody says why, at once', s => {
    s.app({})
    expect(place(s, { to: { type: 'user', name: 'nobody' } })).toEqual({
      ok: false,
      problem: { path: '$.to', code: 'unreachable-target', message: 'nobody has no phone' },
    })
    expect(place(s, { to: { type: 'phone', number: '+4930901820' } })).toMatchObject({
      ok: false,
      problem: { message: 'No outbound trunk' },
    })
    expect(s.world.switch.calls.size).toBe(0)
  })

  story('K01 to a host that has no address ends, and the application hears of it', s => {
    s.app({})
    expect(place(s, { to: { type: 'sip', sipUri: 'sip:x@no.such.name' } }).ok).toBe(true)
    s.run(100)
    expect(s.world.switch.calls.size).toBe(0)
    expect(s.statuses('outbound')).toEqual(['trying', 'failed'])
  })

  story('K01 ended from outside while it rings', s => {
    const bob = s.phone('bob', { ringAfterMs: 50 })
    s.app({})
    place(s, to(bob))
    s.run(500)
    for (const call of s.world.switch.calls) call.hangup('operator')
    s.until('it is over', () => bob.calls[0]?.ended === true)
    expect(bob.calls[0]?.canceled).toBe(true)
  })

  story('K01 whose callee hangs up while the application thinks', s => {
    const bob = s.phone('bob', { answerAfterMs: 100, hangUpAfterMs: 500 })
    s.app({ '/call': () => ({ json: [{ verb: 'play', url: 'tone_stream://%(500,0,440)' }], delayMs: 2_000 }) })
    place(s, to(bob))
    s.until('it is over', () => bob.calls[0]?.ended === true)
    s.run(3_000)
    expect(s.statuses('outbound').at(-1)).toBe('completed')
  })
})
