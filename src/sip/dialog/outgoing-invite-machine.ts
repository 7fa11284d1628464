/**
 * An INVITE of ours until it is answered, has failed or was cancelled; where CANCEL and a 200 cross, it settles which.
 *
 *     calling ──1xx──▶ proceeding ──2xx──▶ answered
 *        │ cancel:        │ cancel: CANCEL      │ 2xx of another branch: ACK, BYE
 *        │ remembered     ▼                     │ 2xx of this branch again: ACK
 *        │           canceling ──2xx: ACK, BYE──▶ ended
 *        │ 1xx: CANCEL ▲  └──300-699, or 64*T1 without one──▶ ended
 *        └─────────────┘
 */
import type { Step, TimerEffect, TimerEvent } from '../../base/index.ts'
import type { SipResponse } from '../message/message.ts'
import { type SipTimers, transactionTimeoutMs } from '../transaction/timers.ts'

export type OutgoingInviteState =
  | { readonly name: 'calling'; readonly canceled: boolean }
  | { readonly name: 'proceeding' }
  | { readonly name: 'canceling' }
  | { readonly name: 'answered'; readonly branch: string }
  | { readonly name: 'ended' }

export type OutgoingInviteEvent =
  | { readonly type: 'provisional'; readonly response: SipResponse }
  | { readonly type: 'success'; readonly response: SipResponse; readonly branch: string }
  | { readonly type: 'failure'; readonly response: SipResponse }
  | { readonly type: 'timeout'; readonly timer: string }
  | { readonly type: 'cancel' }
  /** The INVITE was sent again with credentials. */
  | { readonly type: 'restart' }
  | TimerEvent<'cancel'>

export type OutgoingInviteEffect =
  | { readonly type: 'send-cancel' }
  /** No final response in time: forget the transaction. */
  | { readonly type: 'abandon' }
  | { readonly type: 'tell-provisional'; readonly response: SipResponse }
  | { readonly type: 'accept'; readonly response: SipResponse; readonly branch: string }
  | { readonly type: 'acknowledge-again'; readonly branch: string }
  | { readonly type: 'release'; readonly response: SipResponse; readonly branch: string }
  | { readonly type: 'tell-failed'; readonly response: SipResponse }
  | { readonly type: 'tell-timeout'; readonly timer: string }
  | { readonly type: 'tell-canceled'; readonly response: SipResponse | undefined }
  | TimerEffect<'cancel'>

type Result = Step<OutgoingInviteState, OutgoingInviteEffect>

const ENDED: OutgoingInviteState = { name: 'ended' }

export const outgoingInviteStart: OutgoingInviteState = { name: 'calling', canceled: false }

export function outgoingInviteStep(timers: SipTimers, state: OutgoingInviteState, event: OutgoingInviteEvent): Result {
  switch (state.name) {
    case 'calling':
    case 'proceeding':
      return open(timers, state, event)
    case 'canceling':
      return canceling(state, event)
    case 'answered':
      if (event.type !== 'success') return [state, []]
      if (event.branch === state.branch) return [state, [{ type: 'acknowledge-again', branch: event.branch }]]
      return [state, [{ type: 'release', response: event.response, branch: event.branch }]]
    case 'ended':
      // A 2xx that comes this late still wants its ACK, and its call must not live on.
      if (event.type !== 'success') return [state, []]
      return [state, [{ type: 'release', response: event.response, branch: event.branch }]]
  }
}

function open(
  timers: SipTimers,
  state: OutgoingInviteState & { name: 'calling' | 'proceeding' },
  event: OutgoingInviteEvent,
): Result {
  const canceled = state.name === 'calling' && state.canceled
  switch (event.type) {
    case 'provisional':
      if (canceled) return sendCancel(timers)
      return [{ name: 'proceeding' }, [{ type: 'tell-provisional', response: event.response }]]
    case 'success':
      if (canceled) return released(event)
      return [
        { name: 'answered', branch: event.branch },
        [{ type: 'accept', response: event.response, branch: event.branch }],
      ]
    case 'failure':
      if (canceled) return [ENDED, [{ type: 'tell-canceled', response: event.response }]]
      return [ENDED, [{ type: 'tell-failed', response: event.response }]]
    case 'timeout':
      if (canceled) return [ENDED, [{ type: 'tell-canceled', response: undefined }]]
      return [ENDED, [{ type: 'tell-timeout', timer: event.timer }]]
    case 'cancel':
      return state.name === 'calling' ? [{ name: 'calling', canceled: true }, []] : sendCancel(timers)
    case 'restart':
      return [{ name: 'calling', canceled }, []]
    case 'timer':
      return [state, []]
  }
}

function canceling(state: OutgoingInviteState, event: OutgoingInviteEvent): Result {
  const disarm: OutgoingInviteEffect = { type: 'stop', name: 'cancel' }
  switch (event.type) {
    case 'success': {
      const [next, effects] = released(event)
      return [next, [disarm, ...effects]]
    }
    case 'failure':
      return [ENDED, [disarm, { type: 'tell-canceled', response: event.response }]]
    case 'timer':
      return [ENDED, [{ type: 'abandon' }, { type: 'tell-canceled', response: undefined }]]
    default:
      return [state, []]
  }
}

/** RFC 3261 section 9.1: 64*T1 after the CANCEL the INVITE is considered cancelled. */
const sendCancel = (timers: SipTimers): Result => [
  { name: 'canceling' },
  [{ type: 'send-cancel' }, { type: 'start', name: 'cancel', ms: transactionTimeoutMs(timers) }],
]

const released = (event: OutgoingInviteEvent & { type: 'success' }): Result => [
  ENDED,
  [
    { type: 'release', response: event.response, branch: event.branch },
    { type: 'tell-canceled', response: event.response },
  ],
]
