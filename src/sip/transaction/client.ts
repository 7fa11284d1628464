/**
 * Non-INVITE client transaction, RFC 3261 figure 6.
 *
 *     trying ──1xx──▶ proceeding ──200-699──▶ completed ──K──▶ terminated
 *       │ E: send again, doubling to T2   E: every T2
 *       └── F in either ──▶ terminated
 */
import type { Step, TimerEffect, TimerEvent } from '../../base/index.ts'
import type { SipResponse } from '../message/message.ts'
import { type TransactionEnv, transactionTimeoutMs } from './timers.ts'

export type ClientState =
  | { readonly name: 'trying'; readonly nextSendMs: number }
  | { readonly name: 'proceeding' }
  | { readonly name: 'completed' }
  | { readonly name: 'terminated' }

export type ClientTimer = 'E' | 'F' | 'K'

export type ClientEvent =
  | { readonly type: 'start' }
  | { readonly type: 'response'; readonly response: SipResponse }
  /** The user no longer waits. */
  | { readonly type: 'abandon' }
  /** The request cannot be brought to its destination (RFC 3261 section 18.4). */
  | { readonly type: 'unreachable' }
  /** Changes nothing: timer F limits every wait. */
  | { readonly type: 'limit' }
  | TimerEvent<ClientTimer>

export type ClientEffect =
  | { readonly type: 'send' }
  | { readonly type: 'tell'; readonly response: SipResponse }
  | { readonly type: 'timeout'; readonly timer: 'F' | 'connection' }
  | { readonly type: 'end' }
  | TimerEffect<ClientTimer>

type Result = Step<ClientState, ClientEffect>

const TERMINATED: ClientState = { name: 'terminated' }

export const clientStart: ClientState = { name: 'trying', nextSendMs: 0 }

export function clientStep(env: TransactionEnv, state: ClientState, event: ClientEvent): Result {
  switch (state.name) {
    case 'trying':
    case 'proceeding':
      return open(env, state, event)
    case 'completed':
      return event.type === 'timer' && event.name === 'K' ? [TERMINATED, [{ type: 'end' }]] : [state, []]
    case 'terminated':
      return [state, []]
  }
}

function open(env: TransactionEnv, state: ClientState & { name: 'trying' | 'proceeding' }, event: ClientEvent): Result {
  switch (event.type) {
    case 'start': {
      const armF: ClientEffect = { type: 'start', name: 'F', ms: transactionTimeoutMs(env.timers) }
      if (env.reliable) return [state, [{ type: 'send' }, armF]]
      const { t1Ms } = env.timers
      return [{ name: 'trying', nextSendMs: t1Ms }, [{ type: 'send' }, { type: 'start', name: 'E', ms: t1Ms }, armF]]
    }
    case 'response':
      return responded(env, event.response)
    case 'abandon':
      return [TERMINATED, [...stopTrying, { type: 'end' }]]
    case 'unreachable':
      return [TERMINATED, [...stopTrying, { type: 'timeout', timer: 'connection' }, { type: 'end' }]]
    case 'limit':
      return [state, []]
    case 'timer': {
      if (event.name === 'F') {
        return [TERMINATED, [{ type: 'stop', name: 'E' }, { type: 'timeout', timer: 'F' }, { type: 'end' }]]
      }
      if (state.name === 'proceeding')
        return [state, [{ type: 'send' }, { type: 'start', name: 'E', ms: env.timers.t2Ms }]]
      const nextSendMs = Math.min(state.nextSendMs * 2, env.timers.t2Ms)
      return [{ name: 'trying', nextSendMs }, [{ type: 'send' }, { type: 'start', name: 'E', ms: nextSendMs }]]
    }
  }
}

const stopTrying: readonly ClientEffect[] = [
  { type: 'stop', name: 'E' },
  { type: 'stop', name: 'F' },
]

function responded(env: TransactionEnv, response: SipResponse): Result {
  const tell: ClientEffect = { type: 'tell', response }
  if (response.status < 200) return [{ name: 'proceeding' }, [tell]]
  if (env.reliable) return [TERMINATED, [...stopTrying, tell, { type: 'end' }]]
  return [{ name: 'completed' }, [...stopTrying, { type: 'start', name: 'K', ms: env.timers.t4Ms }, tell]]
}
