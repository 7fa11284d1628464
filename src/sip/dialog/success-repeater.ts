/**
 * A 2xx to an INVITE is repeated by the user agent itself until the ACK comes (RFC 3261 section 13.3.1.4): after T1,
 * doubling to T2, for 64*T1. On reliable transports too, since a proxy further on may use UDP.
 */
import { type Clock, Machine, type Step, type TimerEffect, type TimerEvent } from '../../base/index.ts'
import type { ServerTransaction } from '../transaction/server-transaction.ts'
import { type SipTimers, transactionTimeoutMs } from '../transaction/timers.ts'

export type RepeaterState = { readonly name: 'repeating'; readonly nextSendMs: number } | { readonly name: 'done' }

export type RepeaterEvent = { readonly type: 'start' | 'ack' } | TimerEvent<'repeat' | 'limit'>

export type RepeaterEffect =
  | { readonly type: 'send' | 'acknowledged' | 'unacknowledged' }
  | TimerEffect<'repeat' | 'limit'>

export const repeaterStart: RepeaterState = { name: 'repeating', nextSendMs: 0 }

const DONE: RepeaterState = { name: 'done' }

export function repeaterStep(
  timers: SipTimers,
  state: RepeaterState,
  event: RepeaterEvent,
): Step<RepeaterState, RepeaterEffect> {
  if (state.name === 'done') return [state, []]
  switch (event.type) {
    case 'start':
      return [
        { name: 'repeating', nextSendMs: timers.t1Ms },
        [
          { type: 'start', name: 'repeat', ms: timers.t1Ms },
          { type: 'start', name: 'limit', ms: transactionTimeoutMs(timers) },
        ],
      ]
    case 'ack':
      return [DONE, [{ type: 'stop', name: 'repeat' }, { type: 'stop', name: 'limit' }, { type: 'acknowledged' }]]
    case 'timer': {
      if (event.name === 'limit') return [DONE, [{ type: 'stop', name: 'repeat' }, { type: 'unacknowledged' }]]
      const nextSendMs = Math.min(state.nextSendMs * 2, timers.t2Ms)
      return [{ name: 'repeating', nextSendMs }, [{ type: 'send' }, { type: 'start', name: 'repeat', ms: nextSendMs }]]
    }
  }
}

export interface Repeater {
  acknowledge(): void
  /** Stops repeating; nothing is reported. */
  close(): void
}

/** Repeats the 2xx that `transaction` has just sent; `done` says whether the ACK came. */
export function repeatUntilAck(
  env: { readonly clock: Clock; readonly timers: SipTimers },
  transaction: ServerTransaction,
  done: (acknowledged: boolean) => void,
): Repeater {
  const machine = new Machine(
    env.clock,
    repeaterStep.bind(undefined, env.timers),
    repeaterStart,
    (effect: RepeaterEffect) => {
      if (effect.type === 'send') transaction.repeatSuccess()
      else done(effect.type === 'acknowledged')
    },
  )
  machine.dispatch({ type: 'start' })
  return { acknowledge: () => machine.dispatch({ type: 'ack' }), close: () => machine.close() }
}
