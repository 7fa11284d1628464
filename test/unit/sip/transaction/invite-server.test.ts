import { describe, expect, test } from 'vitest'
import {
  type InviteServerEffect,
  type InviteServerEvent,
  type InviteServerState,
  type InviteServerTimer,
  inviteServerStart,
  inviteServerStep,
} from '../../../../src/sip/transaction/invite-server.ts'
import { DEFAULT_TIMERS } from '../../../../src/sip/transaction/timers.ts'
import { type Story, type Told, tell } from './timeline.ts'

function run(events: Story<InviteServerEvent>['events'], untilMs: number, reliable = false): Told<InviteServerState> {
  const env = { timers: DEFAULT_TIMERS, reliable }
  return tell<InviteServerState, InviteServerEvent, InviteServerTimer, InviteServerEffect>(
    (state, event) => inviteServerStep(env, state, event),
    inviteServerStart,
    { events: [[0, { type: 'start' }], ...events], untilMs },
  )
}

describe('INVITE server transaction (RFC 3261 section 17.2.1)', () => {
  test('a user that is slow to answer is covered by 100 Trying after 200 ms', () => {
    expect(run([], 1_000).log).toEqual(['200 trying'])
    expect(run([[150, { type: 'respond', status: 180 }]], 1_000).log).toEqual(['150 send'])
  })

  test('the INVITE again gets the last provisional response again, and nothing before there is one', () => {
    const { log } = run(
      [
        [50, { type: 'repeat' }],
        [100, { type: 'respond', status: 180 }],
        [500, { type: 'repeat' }],
      ],
      1_000,
    )
    expect(log).toEqual(['100 send', '500 send'])
  })

  test('a failure is repeated with timer G up to T2, until timer H', () => {
    const { log, timers } = run([[0, { type: 'respond', status: 486 }]], 60_000)
    expect(log).toEqual([
      ...[0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500].map(ms => `${ms} send`),
      '32000 timeout',
      '32000 end',
    ])
    expect(timers).toBe(0)
  })

  test('the ACK ends the repetition; timer I then absorbs further ACKs', () => {
    const { log } = run(
      [
        [0, { type: 'respond', status: 486 }],
        [700, { type: 'ack' }],
        [900, { type: 'ack' }],
        [1_000, { type: 'repeat' }],
      ],
      60_000,
    )
    expect(log).toEqual(['0 send', '500 send', '5700 end'])
  })

  test('after a 2xx the INVITE again is absorbed for 64*T1 (RFC 6026)', () => {
    const { log, timers } = run(
      [
        [10, { type: 'respond', status: 200 }],
        [500, { type: 'repeat' }],
        [31_000, { type: 'repeat' }],
      ],
      60_000,
    )
    expect(log).toEqual(['10 send', '32010 end'])
    expect(timers).toBe(0)
  })

  test('over a reliable transport a failure is sent once and the ACK ends it at once', () => {
    const { log } = run(
      [
        [0, { type: 'respond', status: 486 }],
        [700, { type: 'ack' }],
      ],
      60_000,
      true,
    )
    expect(log).toEqual(['0 send', '700 end'])
  })
})
