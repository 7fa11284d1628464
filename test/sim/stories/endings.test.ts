/**
 * The callee hangs up, the switch does, or nobody says anything any more.
 */
import { describe, expect } from 'vitest'
import { methodOf } from '../peers/sip-text.ts'
import { voice } from './sounds.ts'
import { dial, type Story, statusesOf, story } from './story.ts'

const ended = (s: Story, direction: 'inbound' | 'outbound'): object | undefined =>
  s.world.ended.find(({ leg }) => leg.direction === direction)?.leg

describe('the callee hangs up', () => {
  story('K01 the caller is told, and the flow goes on', s => {
    const bob = s.phone('bob', { answerAfterMs: 100, hangUpAfterMs: 1_000 })
    s.app({ '/call': [...dial([bob]), { verb: 'play', url: 'tone_stream://%(500,0,440)' }, { verb: 'hangup' }] })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(call.audio?.heard).toHaveLength(25)
    s.finish()
    expect(ended(s, 'outbound')).toMatchObject({ outcome: 'completed', endedBy: 'callee', cause: 'BYE' })
    expect(ended(s, 'inbound')).toMatchObject({ outcome: 'completed', endedBy: 'switch' })
  })

  story('K01 both in the same moment', s => {
    s.world.net.link = { loss: 0, duplicate: 0, reorder: 0, reorderMs: 0, delayMs: [30, 30] }
    const bob = s.phone('bob', { answerAfterMs: 100 })
    s.app({ '/call': [...dial([bob]), { verb: 'play', url: 'tone_stream://%(500,0,440)' }] })
    const alice = s.phone('alice')
    const call = s.call(alice)
    const other = s.rung(bob)
    s.until('both are up', () => call.acked && other.acked)
    alice.hangUp(call)
    bob.hangUp(other)
    s.until('it is over', () => call.ended && other.ended)
    s.run(100)
    expect(call.byeAnswered && other.byeAnswered).toBe(true)
  })

  story('K01 as soon as it has answered, before the caller’s ACK', s => {
    s.world.net.link = { loss: 0, duplicate: 0, reorder: 0, reorderMs: 0, delayMs: [50, 50] }
    const bob = s.phone('bob', { ringAfterMs: 20, answerAfterMs: 500, hangUpAfterMs: 0 })
    s.app({ '/call': dial([bob]) })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(statusesOf(call)).toEqual([180, 200])
    expect(call.byeReceived).toBe(true)
    expect(s.hook('/dial')).toMatchObject({ dial_status: 'completed' })
  })

  story('K01 and is gone: our BYE is sent for 32 s, and the caller is not kept waiting', s => {
    const bob = s.phone('bob', { answerAfterMs: 100 })
    s.app({ '/call': dial([bob], { timeLimit: 5 }) })
    const call = s.call(s.phone('alice'))
    s.until('both are up', () => call.acked && bob.calls[0]?.acked === true)
    bob.close()
    s.until('it is over for the caller', () => call.ended)
    expect(s.now).toBeLessThan(6_000)
    s.until('it is over', () => s.world.switch.calls.size === 0)
    expect(s.wire.requestsTo(bob, 'BYE').length).toBeGreaterThan(8)
    s.run(1_000)
    expect(s.hook('/dial')).toMatchObject({ dial_status: 'completed' })
  })
})

describe('nobody says anything', () => {
  story('K01 the caller never acknowledges the 200: BYE after 32 s, and the flow ends', s => {
    s.app({ '/call': [{ verb: 'answer' }, { verb: 'play', url: 'tone_stream://%(5000,0,440)' }] })
    const alice = s.phone('alice')
    alice.silentAck = true
    const call = s.call(alice)
    s.until('it is over', () => call.ended)
    expect(call.times['byeReceived']).toBeGreaterThan(31_990)
    s.finish()
    expect(ended(s, 'inbound')).toMatchObject({ outcome: 'failed', cause: 'timer ACK on INVITE', endedBy: 'switch' })
  })

  story('K01 the caller never acknowledges the 200 of a joined call: the callee gets BYE', s => {
    const bob = s.phone('bob', { answerAfterMs: 100 })
    s.app({ '/call': dial([bob]) })
    const alice = s.phone('alice')
    alice.silentAck = true
    const call = s.call(alice)
    s.until('it is over', () => call.ended && bob.calls[0]?.ended === true)
    expect(bob.calls[0]?.byeReceived).toBe(true)
  })

  story('K01 no media for 60 s after there was some: the call ends with the cause media_timeout', s => {
    const bob = s.phone('bob', { answerAfterMs: 100 })
    s.app({ '/call': dial([bob]) })
    const call = s.call(s.phone('alice'))
    const other = s.rung(bob)
    s.until('both are up', () => call.acked && other.acked)
    call.audio?.talk(50, voice(700))
    for (let second = 0; second < 50; second++) {
      other.audio?.talk(50, voice(1_300))
      s.run(1_000)
    }
    const from = s.now - 49_000
    for (let second = 0; second < 20 && !call.ended; second++) {
      other.audio?.talk(50, voice(1_300))
      s.run(1_000)
    }
    s.until('it is over', () => call.ended && other.ended)
    expect((call.times['byeReceived'] ?? 0) - from).toBeGreaterThan(59_900)
    expect((call.times['byeReceived'] ?? 0) - from).toBeLessThan(61_000)
    s.finish()
    expect(ended(s, 'inbound')).toMatchObject({ outcome: 'failed', cause: 'media_timeout', endedBy: 'switch' })
    expect(ended(s, 'outbound')).toMatchObject({ outcome: 'completed' })
  })

  story('K01 RTCP keeps a silent call alive', s => {
    const bob = s.phone('bob', { answerAfterMs: 100 })
    s.app({ '/call': dial([bob]) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    const other = s.rung(bob)
    s.until('both are up', () => call.acked && other.acked)
    call.audio?.talk(5, voice(700))
    other.audio?.talk(5, voice(700))
    for (let turn = 0; turn < 60; turn++) {
      s.run(5_000)
      call.audio?.report()
      other.audio?.report()
    }
    expect(call.ended || other.ended).toBe(false)
    alice.hangUp(call)
  })

  story('K01 a call without any media at all is not ended: the watch begins with the first packet', s => {
    s.app({ '/call': [{ verb: 'answer' }, { verb: 'pause', length: 300 }, { verb: 'hangup' }] })
    const call = s.call(s.phone('alice'))
    s.run(200_000)
    expect(call.ended).toBe(false)
    s.until('it is over', () => call.ended)
  })

  story('K01 the switch is asked to end a call', s => {
    const bob = s.phone('bob', { answerAfterMs: 100 })
    s.app({ '/call': dial([bob]) })
    const call = s.call(s.phone('alice'))
    s.until('both are up', () => call.acked && bob.calls[0]?.acked === true)
    for (const each of s.world.switch.calls) each.hangup('operator')
    s.until('it is over', () => call.ended && bob.calls[0]?.ended === true)
    s.finish()
    expect(ended(s, 'inbound')).toMatchObject({ outcome: 'completed', endedBy: 'switch', cause: 'operator' })
    expect(s.hook('/dial')).toMatchObject({ dial_status: 'completed' })
    expect(s.wire.messages.filter(({ bySwitch, text }) => bySwitch && methodOf(text) === 'BYE')).toHaveLength(2)
  })
})
