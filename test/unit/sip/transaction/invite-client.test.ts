import { describe, expect, test } from 'vitest'
import {
  type InviteClientEffect,
  type InviteClientEvent,
  type InviteClientState,
  type InviteClientTimer,
  inviteClientStart,
  inviteClientStep,
} from '../../../../src/sip/transaction/invite-client.ts'
import { DEFAULT_TIMERS } from '../../../../src/sip/transaction/timers.ts'
import { response } from './response.ts'
import { type Story, type Told, tell } from './timeline.ts'

function run(events: Story<InviteClientEvent>['events'], untilMs: number, reliable = false): Told<InviteClientState> {
  const env = { timers: DEFAULT_TIMERS, reliable }
  return tell<InviteClientState, InviteClientEvent, InviteClientTimer, InviteClientEffect>(
    (state, event) => inviteClientStep(env, state, event),
    inviteClientStart,
    { events: [[0, { type: 'start' }], ...events], untilMs },
    effect => ('response' in effect ? `${effect.type} ${effect.response.status}` : effect.type),
  )
}

describe('INVITE client transaction (RFC 3261 section 17.1.1)', () => {
  test('timer A doubles without a cap, timer B ends it after 64*T1', () => {
    const { log, state, timers } = run([], 60_000)
    expect(log).toEqual([
      '0 send',
      '500 send',
      '1500 send',
      '3500 send',
      '7500 send',
      '15500 send',
      '31500 send',
      '32000 timeout',
      '32000 end',
    ])
    expect(state.name).toBe('terminated')
    expect(timers).toBe(0)
  })

  test('over a reliable transport it is sent once', () => {
    expect(run([], 60_000, true).log).toEqual(['0 send', '32000 timeout', '32000 end'])
  })

  test('a provisional response stops retransmission, and it may then ring for ever', () => {
    const { log, state, timers } = run([[700, { type: 'response', response: response(180) }]], 3_600_000)
    expect(log).toEqual(['0 send', '500 send', '700 tell 180'])
    expect(state.name).toBe('proceeding')
    expect(timers).toBe(0)
  })

  test('a failure is acknowledged each time it comes and told once, for 32 s', () => {
    const { log } = run(
      [
        [100, { type: 'response', response: response(486) }],
        [600, { type: 'response', response: response(486) }],
        [32_050, { type: 'response', response: response(486) }],
        [40_000, { type: 'response', response: response(486) }],
      ],
      60_000,
    )
    expect(log).toEqual(['0 send', '100 ack 486', '100 tell 486', '600 ack 486', '32050 ack 486', '32100 end'])
  })

  test('every 2xx is told for 64*T1, since each wants its own ACK (RFC 6026)', () => {
    const { log, timers } = run(
      [
        [100, { type: 'response', response: response(200) }],
        [600, { type: 'response', response: response(200) }],
        [33_000, { type: 'response', response: response(200) }],
      ],
      60_000,
    )
    expect(log).toEqual(['0 send', '100 tell 200', '600 tell 200', '32100 end'])
    expect(timers).toBe(0)
  })

  test('a failure after a 2xx changes nothing', () => {
    const { log } = run(
      [
        [100, { type: 'response', response: response(200) }],
        [200, { type: 'response', response: response(487) }],
      ],
      1_000,
    )
    expect(log).toEqual(['0 send', '100 tell 200'])
  })

  test('given up after a CANCEL that brought nothing, it leaves no timer', () => {
    for (const before of [100, 180]) {
      const { log, timers } = run(
        [
          [before, { type: 'response', response: response(before) }],
          [5_000, { type: 'abandon' }],
        ],
        90_000,
      )
      expect(log.at(-1)).toBe('5000 end')
      expect(timers).toBe(0)
    }
    expect(run([[5_000, { type: 'abandon' }]], 90_000)).toMatchObject({ timers: 0, state: { name: 'terminated' } })
  })

  test('limited after a provisional response, it times out 64*T1 later', () => {
    const { log, timers } = run(
      [
        [100, { type: 'response', response: response(180) }],
        [5_000, { type: 'limit' }],
        [6_000, { type: 'response', response: response(183) }],
      ],
      90_000,
    )
    expect(log).toEqual(['0 send', '100 tell 180', '6000 tell 183', '37000 timeout', '37000 end'])
    expect(timers).toBe(0)
  })

  test('limited before a provisional response, timer B is not stopped by it', () => {
    const { log, timers } = run(
      [
        [100, { type: 'limit' }],
        [700, { type: 'response', response: response(180) }],
      ],
      90_000,
    )
    expect(log).toEqual(['0 send', '500 send', '700 tell 180', '32000 timeout', '32000 end'])
    expect(timers).toBe(0)
  })

  test('limited, it still takes and acknowledges a failure', () => {
    const { log, timers } = run(
      [
        [100, { type: 'response', response: response(180) }],
        [5_000, { type: 'limit' }],
        [9_000, { type: 'response', response: response(487) }],
      ],
      90_000,
    )
    expect(log).toEqual(['0 send', '100 tell 180', '9000 ack 487', '9000 tell 487', '41000 end'])
    expect(timers).toBe(0)
  })
})
