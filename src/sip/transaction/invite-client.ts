/**
 * INVITE client transaction, RFC 3261 figure 5 with the Accepted state of RFC 6026 section 7.2.
 *
 *              start              1xx              2xx
 *     (new) ─────────▶ calling ─────────▶ proceeding ─────────▶ accepted ──M──▶ terminated
 *                        │ │ A: send again     │ 300-699            ▲
 *                        │ └──B──▶ terminated  ▼                    │ 2xx again: tell
 *                        └──────300-699──▶ completed ──D──▶ terminated
 *                                            300-699 again: ACK
 */
import type { Step, TimerEffect, TimerEvent } from '../../base/index.ts'
import type { SipResponse } from '../message/message.ts'
import { inviteLingerMs, type TransactionEnv, transactionTimeoutMs } from './timers.ts'

export type InviteClientState =
  | { readonly name: 'calling'; readonly nextSendMs: number; readonly limited?: true }
  | { readonly name: 'proceeding' }
  | { readonly name: 'completed' }
  | { readonly name: 'accepted' }
  | { readonly name: 'terminated' }

export type InviteClientTimer = 'A' | 'B' | 'D' | 'M'

export type InviteClientEvent =
  | { readonly type: 'start' }
  | { readonly type: 'response'; readonly response: SipResponse }
  /** The user no longer waits: 64*T1 after its CANCEL nothing final has come (RFC 3261 section 9.1). */
  | { readonly type: 'abandon' }
  /** The request cannot be brought to its destination (RFC 3261 section 18.4). */
  | { readonly type: 'unreachable' }
  /** From now on it waits for 64*T1 at most, where it would without end after a provisional response. */
  | { readonly type: 'limit' }
  | TimerEvent<InviteClientTimer>

export type InviteClientEffect =
  | { readonly type: 'send' }
  /** Build and send the ACK to a non-2xx (RFC 3261 section 17.1.1.3). */
  | { readonly type: 'ack'; readonly response: SipResponse }
  | { readonly type: 'tell'; readonly response: SipResponse }
  | { readonly type: 'timeout'; readonly timer: 'B' | 'connection' }
  | { readonly type: 'end' }
  | TimerEffect<InviteClientTimer>

type Result = Step<InviteClientState, InviteClientEffect>

const TERMINATED: InviteClientState = { name: 'terminated' }

export const inviteClientStart: InviteClientState = { name: 'calling', nextSendMs: 0 }

export function inviteClientStep(env: TransactionEnv, state: InviteClientState, event: InviteClientEvent): Result {
  switch (state.name) {
    case 'calling':
      return calling(env, state, event)
    case 'proceeding':
      if (event.type === 'response') return responded(env, state, event.response)
      if (event.type === 'limit') return [state, [{ type: 'start', name: 'B', ms: transactionTimeoutMs(env.timers) }]]
      // Timer B runs here only when the wait is limited.
      if (event.type === 'timer') return [TERMINATED, [{ type: 'timeout', timer: 'B' }, { type: 'end' }]]
      return event.type === 'abandon' ? [TERMINATED, [{ type: 'end' }]] : [state, []]
    case 'completed':
      if (event.type === 'response' && event.response.status >= 300) {
        return [state, [{ type: 'ack', response: event.response }]]
      }
      return event.type === 'timer' && event.name === 'D' ? [TERMINATED, [{ type: 'end' }]] : [state, []]
    case 'accepted':
      if (event.type === 'response' && isSuccess(event.response)) {
        return [state, [{ type: 'tell', response: event.response }]]
      }
      return event.type === 'timer' && event.name === 'M' ? [TERMINATED, [{ type: 'end' }]] : [state, []]
    case 'terminated':
      return [state, []]
  }
}

function calling(
  env: TransactionEnv,
  state: InviteClientState & { name: 'calling' },
  event: InviteClientEvent,
): Result {
  switch (event.type) {
    case 'start': {
      const armB: InviteClientEffect = { type: 'start', name: 'B', ms: transactionTimeoutMs(env.timers) }
      if (env.reliable) return [state, [{ type: 'send' }, armB]]
      const { t1Ms } = env.timers
      return [{ name: 'calling', nextSendMs: t1Ms }, [{ type: 'send' }, { type: 'start', name: 'A', ms: t1Ms }, armB]]
    }
    case 'response':
      return responded(env, state, event.response)
    case 'abandon':
      return [TERMINATED, [...stopCalling, { type: 'end' }]]
    case 'unreachable':
      return [TERMINATED, [...stopCalling, { type: 'timeout', timer: 'connection' }, { type: 'end' }]]
    case 'limit':
      return [{ ...state, limited: true }, []]
    case 'timer': {
      if (event.name === 'B') {
        return [TERMINATED, [{ type: 'stop', name: 'A' }, { type: 'timeout', timer: 'B' }, { type: 'end' }]]
      }
      // Timer A doubles without the cap of T2 (RFC 3261 section 17.1.1.2).
      const nextSendMs = state.nextSendMs * 2
      return [{ ...state, nextSendMs }, [{ type: 'send' }, { type: 'start', name: 'A', ms: nextSendMs }]]
    }
  }
}

const stopCalling: readonly InviteClientEffect[] = [
  { type: 'stop', name: 'A' },
  { type: 'stop', name: 'B' },
]

function responded(env: TransactionEnv, state: InviteClientState, response: SipResponse): Result {
  const stop = state.name === 'calling' ? stopCalling : []
  if (response.status < 200 && state.name === 'calling' && state.limited) {
    return [
      { name: 'proceeding' },
      [
        { type: 'stop', name: 'A' },
        { type: 'tell', response },
      ],
    ]
  }
  const tell: InviteClientEffect = { type: 'tell', response }
  if (response.status < 200) return [{ name: 'proceeding' }, [...stop, tell]]
  if (isSuccess(response)) {
    const armM: InviteClientEffect = { type: 'start', name: 'M', ms: transactionTimeoutMs(env.timers) }
    return [{ name: 'accepted' }, [...stop, armM, tell]]
  }
  const ack: InviteClientEffect = { type: 'ack', response }
  if (env.reliable) return [TERMINATED, [...stop, ack, tell, { type: 'end' }]]
  return [{ name: 'completed' }, [...stop, ack, { type: 'start', name: 'D', ms: inviteLingerMs(env.timers) }, tell]]
}

const isSuccess = (response: SipResponse): boolean => response.status >= 200 && response.status < 300
