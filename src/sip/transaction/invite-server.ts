/**
 * INVITE server transaction, RFC 3261 figure 7 with the Accepted state of RFC 6026 section 7.1.
 *
 *     proceeding ──2xx──▶ accepted ──L──▶ terminated        INVITE again: absorbed; ACK: told to the user
 *         │ 1xx: send; INVITE again: send the last 1xx
 *         └──300-699──▶ completed ──ACK──▶ confirmed ──I──▶ terminated
 *                          G, INVITE again: send again; H: the ACK never came
 */
import type { Step, TimerEffect, TimerEvent } from '../../base/index.ts'
import { type TransactionEnv, transactionTimeoutMs } from './timers.ts'

export type InviteServerState =
  | { readonly name: 'proceeding'; readonly provisional: boolean }
  | { readonly name: 'completed'; readonly nextSendMs: number }
  | { readonly name: 'confirmed' }
  | { readonly name: 'accepted' }
  | { readonly name: 'terminated' }

export type InviteServerTimer = 'trying' | 'G' | 'H' | 'I' | 'L'

export type InviteServerEvent =
  | { readonly type: 'start' }
  /** The user responds; the response itself is kept by the layer. */
  | { readonly type: 'respond'; readonly status: number }
  /** The INVITE came again. */
  | { readonly type: 'repeat' }
  | { readonly type: 'ack' }
  | TimerEvent<InviteServerTimer>

export type InviteServerEffect =
  /** Send the latest response (again). */
  | { readonly type: 'send' }
  /** Nothing from the user for 200 ms: send 100 Trying (RFC 3261 section 17.2.1). */
  | { readonly type: 'trying' }
  | { readonly type: 'timeout'; readonly timer: 'H' }
  | { readonly type: 'end' }
  | TimerEffect<InviteServerTimer>

type Result = Step<InviteServerState, InviteServerEffect>

const TRYING_AFTER_MS = 200
const TERMINATED: InviteServerState = { name: 'terminated' }
const SEND: readonly InviteServerEffect[] = [{ type: 'send' }]

export const inviteServerStart: InviteServerState = { name: 'proceeding', provisional: false }

export function inviteServerStep(env: TransactionEnv, state: InviteServerState, event: InviteServerEvent): Result {
  switch (state.name) {
    case 'proceeding':
      return proceeding(env, state, event)
    case 'completed':
      return completed(env, state, event)
    case 'confirmed':
      return event.type === 'timer' && event.name === 'I' ? [TERMINATED, [{ type: 'end' }]] : [state, []]
    case 'accepted':
      // The user repeats its 2xx by itself (RFC 3261 section 13.3.1.4): the state only absorbs.
      return event.type === 'timer' && event.name === 'L' ? [TERMINATED, [{ type: 'end' }]] : [state, []]
    case 'terminated':
      return [state, []]
  }
}

function proceeding(
  env: TransactionEnv,
  state: InviteServerState & { name: 'proceeding' },
  event: InviteServerEvent,
): Result {
  switch (event.type) {
    case 'start':
      return [state, [{ type: 'start', name: 'trying', ms: TRYING_AFTER_MS }]]
    case 'respond':
      return responded(env, event.status)
    case 'repeat':
      return [state, state.provisional ? SEND : []]
    case 'timer':
      return event.name === 'trying' ? [{ name: 'proceeding', provisional: true }, [{ type: 'trying' }]] : [state, []]
    case 'ack':
      return [state, []]
  }
}

function responded(env: TransactionEnv, status: number): Result {
  const stop: InviteServerEffect = { type: 'stop', name: 'trying' }
  const absorbMs = transactionTimeoutMs(env.timers)
  if (status < 200) return [{ name: 'proceeding', provisional: true }, [stop, { type: 'send' }]]
  if (status < 300) return [{ name: 'accepted' }, [stop, { type: 'send' }, { type: 'start', name: 'L', ms: absorbMs }]]
  const { t1Ms } = env.timers
  const repeat: readonly InviteServerEffect[] = env.reliable ? [] : [{ type: 'start', name: 'G', ms: t1Ms }]
  return [
    { name: 'completed', nextSendMs: t1Ms },
    [stop, { type: 'send' }, ...repeat, { type: 'start', name: 'H', ms: absorbMs }],
  ]
}

function completed(
  env: TransactionEnv,
  state: InviteServerState & { name: 'completed' },
  event: InviteServerEvent,
): Result {
  if (event.type === 'repeat') return [state, SEND]
  if (event.type === 'ack') {
    const stop: readonly InviteServerEffect[] = [
      { type: 'stop', name: 'G' },
      { type: 'stop', name: 'H' },
    ]
    if (env.reliable) return [TERMINATED, [...stop, { type: 'end' }]]
    return [{ name: 'confirmed' }, [...stop, { type: 'start', name: 'I', ms: env.timers.t4Ms }]]
  }
  if (event.type === 'timer' && event.name === 'G') {
    const nextSendMs = Math.min(state.nextSendMs * 2, env.timers.t2Ms)
    return [{ name: 'completed', nextSendMs }, [{ type: 'send' }, { type: 'start', name: 'G', ms: nextSendMs }]]
  }
  if (event.type === 'timer' && event.name === 'H') {
    return [TERMINATED, [{ type: 'stop', name: 'G' }, { type: 'timeout', timer: 'H' }, { type: 'end' }]]
  }
  return [state, []]
}
