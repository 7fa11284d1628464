/**
 * Non-INVITE server transaction, RFC 3261 figure 8.
 *
 *     trying ──1xx──▶ proceeding ──200-699──▶ completed ──J──▶ terminated
 *       the request again: nothing / the last response / the last response
 */
import type { Step, TimerEffect, TimerEvent } from '../../base/index.ts'
import { type TransactionEnv, transactionTimeoutMs } from './timers.ts'

export type ServerState = { readonly name: 'trying' | 'proceeding' | 'completed' | 'terminated' }

export type ServerTimer = 'J'

export type ServerEvent =
  | { readonly type: 'respond'; readonly status: number }
  /** The request came again. */
  | { readonly type: 'repeat' }
  | { readonly type: 'start' | 'ack' }
  | TimerEvent<ServerTimer>

export type ServerEffect = { readonly type: 'send' } | { readonly type: 'end' } | TimerEffect<ServerTimer>

type Result = Step<ServerState, ServerEffect>

const SEND: readonly ServerEffect[] = [{ type: 'send' }]

export const serverStart: ServerState = { name: 'trying' }

export function serverStep(env: TransactionEnv, state: ServerState, event: ServerEvent): Result {
  switch (state.name) {
    case 'trying':
    case 'proceeding':
      if (event.type === 'respond') return responded(env, event.status)
      return [state, event.type === 'repeat' && state.name === 'proceeding' ? SEND : []]
    case 'completed':
      if (event.type === 'repeat') return [state, SEND]
      return event.type === 'timer' ? [{ name: 'terminated' }, [{ type: 'end' }]] : [state, []]
    case 'terminated':
      return [state, []]
  }
}

function responded(env: TransactionEnv, status: number): Result {
  if (status < 200) return [{ name: 'proceeding' }, SEND]
  if (env.reliable) return [{ name: 'terminated' }, [{ type: 'send' }, { type: 'end' }]]
  return [{ name: 'completed' }, [{ type: 'send' }, { type: 'start', name: 'J', ms: transactionTimeoutMs(env.timers) }]]
}
