/**
 * Call detail records: one for each leg, written before anybody hears of the call, completed at its end.
 */
import { describe, expect } from 'vitest'
import type { LegRecordEnd } from '../../../src/calls/index.ts'
import { statusOf } from '../peers/sip-text.ts'
import { voice } from './sounds.ts'
import { dial, type Story, statusesOf, story } from './story.ts'

/** 2026-01-01 00:00 UTC is the beginning of the world. */
const WALL_MS = Date.UTC(2026, 0, 1)

const recordOf = (s: Story, to: string): LegRecordEnd => {
  const found = s.world.ended.find(({ leg }) => leg.to === to)
  if (!found) throw new Error(`There is no record of ${to}.`)
  return found
}

describe('a record', () => {
  story('K01 of each leg has its times, its outcome and who ended it', s => {
    const bob = s.phone('bob', { ringAfterMs: 500, answerAfterMs: 2_000, hangUpAfterMs: 7_000 })
    s.app({ '/call': dial([bob]) })
    const call = s.call(s.phone('alice'), { from: '+4930901821' })
    s.until('both are up', () => call.acked && bob.calls[0]?.acked === true)
    call.audio?.talk(50, voice(700))
    bob.calls[0]?.audio?.talk(25, voice(1_300))
    s.until('it is over', () => call.ended)
    s.finish()
    const [inbound, outbound] = s.world.started
    expect(s.world.started).toHaveLength(2)
    expect(inbound).toMatchObject({
      applicationSid: 'app-1',
      leg: { direction: 'inbound', from: '+4930901821', to: '1' },
    })
    expect(outbound).toMatchObject({
      sessionId: inbound?.sessionId,
      leg: { direction: 'outbound', parentId: inbound?.leg.id, to: 'bob', from: '+4930901821' },
    })
    const a = recordOf(s, '1')
    const b = recordOf(s, 'bob')
    const { times } = s.rung(bob)
    expect(b.ringingAtMs).toBe(WALL_MS + (times['180'] ?? 0) + 1)
    expect(b.answeredAtMs).toBe(WALL_MS + (times['answered'] ?? 0) + 1)
    expect(b.endedAtMs).toBe(WALL_MS + (times['bye'] ?? 0) + 1)
    expect(b.answeredMs).toBe((times['bye'] ?? 0) - (times['answered'] ?? 0))
    expect(b.durationMs).toBeCloseTo((times['bye'] ?? 0) - (times['invite'] ?? 0), -1)
    expect(b.leg).toMatchObject({ outcome: 'completed', endedBy: 'callee', sipStatus: 200, cause: 'BYE' })
    expect(a.leg).toMatchObject({ outcome: 'completed', endedBy: 'switch', sipStatus: 200 })
    expect(a.answeredAtMs).toBe(b.answeredAtMs)
    expect(a.media).toMatchObject({ packetsReceived: 50, packetsSent: 25, packetsLost: 0 })
    expect(b.media).toMatchObject({ packetsReceived: 25, packetsSent: 50 })
    expect(b.leg.callId).toBe(s.rung(bob).callId)
  })

  story('K01 of the legs of a race says which won, and how each of the others ended', s => {
    s.app({
      '/call': dial([
        s.phone('busy', { ringAfterMs: 50, reject: { status: 486, afterMs: 300 } }),
        s.phone('gone', { dead: true }),
        s.phone('rings', { ringAfterMs: 50 }),
        s.phone('wins', { ringAfterMs: 50, answerAfterMs: 1_000, hangUpAfterMs: 500 }),
        s.phone('declines', { ringAfterMs: 50, reject: { status: 603, afterMs: 400 } }),
        s.phone('late', { ringAfterMs: 50, answersCancel: true }),
      ]),
    })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    s.finish()
    const outcomes = s.world.ended.map(({ leg }) => [leg.to, leg.outcome, leg.sipStatus, leg.endedBy])
    expect(outcomes.toSorted()).toEqual([
      ['1', 'completed', 200, 'switch'],
      ['busy', 'busy', 486, 'callee'],
      ['declines', 'declined', 603, 'callee'],
      ['gone', 'canceled', 487, 'switch'],
      ['late', 'canceled', 487, 'switch'],
      ['rings', 'canceled', 487, 'switch'],
      ['wins', 'completed', 200, 'callee'],
    ])
    for (const { leg, answeredMs } of s.world.ended) {
      if (leg.outcome !== 'completed') expect(answeredMs).toBe(0)
    }
  })

  story('K01 of a call that rings in vain', s => {
    s.app({ '/call': dial([s.phone('bob', { ringAfterMs: 100 })], { timeout: 3 }) })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    s.finish()
    expect(recordOf(s, '1').leg).toMatchObject({ outcome: 'no-answer', sipStatus: 480, endedBy: 'switch' })
    expect(recordOf(s, '1').answeredMs).toBe(0)
    expect(recordOf(s, '1')).not.toHaveProperty('answeredAtMs')
    expect(recordOf(s, 'bob').leg).toMatchObject({ outcome: 'no-answer', endedBy: 'switch', cause: 'ring timeout' })
  })

  for (const [status, outcome] of [
    [486, 'busy'],
    [603, 'declined'],
    [480, 'no-answer'],
    [404, 'failed'],
  ] as const) {
    story(`K01 of a call that the flow refuses with ${status} says ${outcome}`, s => {
      s.app({ '/call': [{ verb: 'sip:decline', status, reason: 'Because' }] })
      const call = s.call(s.phone('alice'))
      s.until('it is over', () => call.ended)
      s.finish()
      expect(recordOf(s, '1').leg).toMatchObject({
        outcome,
        sipStatus: status,
        sipReason: 'Because',
        endedBy: 'switch',
      })
    })
  }

  story('K01 is written before the first provisional response, however long that takes', s => {
    s.world.recordMs = 3_000
    const bob = s.phone('bob', { ringAfterMs: 50, answerAfterMs: 1_000, hangUpAfterMs: 500 })
    s.app({ '/call': [{ verb: 'alert', message: 'x' }, ...dial([bob])] })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.run(2_900)
    expect(s.world.started).toHaveLength(1)
    expect(s.wire.responsesTo(alice, 'INVITE').map(({ text }) => statusOf(text))).toEqual([100])
    expect(s.hooks('/call')).toEqual([])
    expect(bob.calls).toEqual([])
    s.until('it is over', () => call.ended)
    expect(statusesOf(call)).toEqual([180, 200])
  })

  story('K01 is there before a target is rung, too', s => {
    const bob = s.phone('bob', { ringAfterMs: 50, answerAfterMs: 500, hangUpAfterMs: 500 })
    s.app({ '/call': dial([bob]) })
    const call = s.call(s.phone('alice'))
    s.rung(bob)
    expect(s.world.started.map(({ leg }) => leg.to)).toEqual(['1', 'bob'])
    s.until('it is over', () => call.ended)
  })

  story('K01 has the tag as it was at the end, on every leg', s => {
    const bob = s.phone('bob', { answerAfterMs: 100, hangUpAfterMs: 500 })
    s.app({
      '/call': [{ verb: 'tag', data: { step: 1 } }, ...dial([bob], { actionHook: '/dial' })],
      '/dial': [{ verb: 'tag', data: { step: 2 } }],
    })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    s.finish()
    expect(recordOf(s, '1').tag).toEqual({ step: 2 })
  })
})
