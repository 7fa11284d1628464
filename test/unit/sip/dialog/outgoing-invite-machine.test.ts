import { describe, expect, test } from 'vitest'
import {
  type OutgoingInviteEffect,
  type OutgoingInviteEvent,
  type OutgoingInviteState,
  outgoingInviteStart,
  outgoingInviteStep,
} from '../../../../src/sip/dialog/outgoing-invite-machine.ts'
import { DEFAULT_TIMERS } from '../../../../src/sip/transaction/timers.ts'
import { response } from '../transaction/response.ts'
import { type Story, type Told, tell } from '../transaction/timeline.ts'

const ringing: OutgoingInviteEvent = { type: 'provisional', response: response(180) }
const answer = (branch: string): OutgoingInviteEvent => ({ type: 'success', response: response(200), branch })
const failure = (status: number): OutgoingInviteEvent => ({ type: 'failure', response: response(status) })
const cancel: OutgoingInviteEvent = { type: 'cancel' }

function run(events: Story<OutgoingInviteEvent>['events'], untilMs = 100_000): Told<OutgoingInviteState> {
  return tell<OutgoingInviteState, OutgoingInviteEvent, 'cancel', OutgoingInviteEffect>(
    (state, event) => outgoingInviteStep(DEFAULT_TIMERS, state, event),
    outgoingInviteStart,
    { events, untilMs },
  )
}

describe('CANCEL and the answer', () => {
  test('a CANCEL waits for the first provisional response (RFC 3261 section 9.1)', () => {
    expect(
      run([
        [10, cancel],
        [50, ringing],
        [90, failure(487)],
      ]).log,
    ).toEqual(['50 send-cancel', '90 tell-canceled'])
  })

  test('a 200 that crosses the CANCEL is acknowledged and released, and told as canceled once', () => {
    const { log, timers } = run([
      [10, ringing],
      [20, cancel],
      [21, answer('a')],
      [500, answer('a')],
      [600, failure(487)],
    ])
    expect(log).toEqual(['10 tell-provisional', '20 send-cancel', '21 release', '21 tell-canceled', '500 release'])
    expect(timers).toBe(0)
  })

  test('a 200 to an INVITE whose CANCEL was never sent is released as well', () => {
    expect(
      run([
        [10, cancel],
        [50, answer('a')],
      ]).log,
    ).toEqual(['50 release', '50 tell-canceled'])
  })

  test('a peer that never answers the CANCEL is given up after 64*T1', () => {
    const { log, timers } = run([
      [10, ringing],
      [20, cancel],
    ])
    expect(log).toEqual(['10 tell-provisional', '20 send-cancel', '32020 abandon', '32020 tell-canceled'])
    expect(timers).toBe(0)
  })

  test('cancelling twice sends one CANCEL', () => {
    expect(
      run(
        [
          [10, ringing],
          [20, cancel],
          [30, cancel],
        ],
        1_000,
      ).log,
    ).toEqual(['10 tell-provisional', '20 send-cancel'])
  })

  test('an INVITE that nobody ever answered ends by timer B, cancelled or not', () => {
    expect(run([[32_000, { type: 'timeout', timer: 'B' }]]).log).toEqual(['32000 tell-timeout'])
    expect(
      run([
        [10, cancel],
        [32_000, { type: 'timeout', timer: 'B' }],
      ]).log,
    ).toEqual(['32000 tell-canceled'])
  })
})

describe('forking', () => {
  test('the first 200 wins, one of another branch is released, the same branch is acknowledged again', () => {
    const { log } = run(
      [
        [10, ringing],
        [20, answer('a')],
        [20, answer('b')],
        [500, answer('a')],
      ],
      1_000,
    )
    expect(log).toEqual(['10 tell-provisional', '20 accept', '20 release', '500 acknowledge-again'])
  })

  test('an answer after the failure was told is released', () => {
    expect(
      run(
        [
          [10, failure(486)],
          [20, answer('b')],
        ],
        1_000,
      ).log,
    ).toEqual(['10 tell-failed', '20 release'])
  })
})
