/**
 * Runs a session: carries out what the interpreter wants on the ports, keeps its timers, and brings back what happens.
 */
import { type Clock, Machine } from '../base/index.ts'
import type { Ask, CallEffect, CallPort, SessionEvent } from './port.ts'
import {
  type AnyEffect,
  type AnyEvent,
  type FlowEffect,
  type FlowEvent,
  type SessionParams,
  type SessionState,
  type SessionSummary,
  startState,
  summaryOf,
  type TimerName,
} from './state.ts'
import { step } from './step.ts'

export interface SessionPorts {
  readonly clock: Clock
  readonly calls: CallPort
  readonly ask: Ask
  /** Once: nothing of the session is left but notifications on their way. */
  readonly onFinished?: () => void
  /** Every event with the effects it had, for traces. Digits and secrets are in them. */
  readonly observe?: (event: AnyEvent, effects: readonly AnyEffect[]) => void
}

/** One session. `start` it, then `handle` what happens to its legs until it is over. */
export class Session {
  readonly #ports: SessionPorts
  readonly #machine: Machine<SessionState, FlowEvent, TimerName, FlowEffect>
  /** How to give up the requests under way, by sequence. */
  readonly #requests = new Map<number, () => void>()

  constructor(params: SessionParams, ports: SessionPorts) {
    this.#ports = ports
    const observed = (state: SessionState, event: AnyEvent): ReturnType<typeof step> => {
      const next = step(state, event)
      ports.observe?.(event, next[1])
      return next
    }
    this.#machine = new Machine(ports.clock, observed, startState(params), effect => this.#perform(effect))
  }

  start(): void {
    this.#machine.dispatch({ type: 'start' })
  }

  handle(event: SessionEvent): void {
    this.#machine.dispatch(event)
  }

  /** True once nothing of the session is left. */
  get over(): boolean {
    return this.#machine.state.rest.on === 'nothing'
  }

  /** For people and invariants; `requests` counts hooks without an answer yet. */
  summary(): SessionSummary & { readonly requests: number; readonly timers: number } {
    return { ...summaryOf(this.#machine.state), requests: this.#requests.size, timers: this.#machine.timers }
  }

  /** Gives everything up without a word: for a switch that stops at once. Idempotent. */
  close(): void {
    this.#machine.close()
    for (const giveUp of this.#requests.values()) giveUp()
    this.#requests.clear()
  }

  #perform(effect: FlowEffect): void {
    switch (effect.type) {
      case 'call':
        this.#command(effect.effect)
        break
      case 'ask':
        this.#request(effect.request)
        break
      case 'drop':
        this.#requests.get(effect.sequence)?.()
        this.#requests.delete(effect.sequence)
        break
      case 'finish':
        this.#machine.close()
        this.#ports.onFinished?.()
        break
      default:
        effect satisfies never
    }
  }

  /** A defect in the room that carries out the effect ends this session and no other. */
  #command(effect: CallEffect): void {
    try {
      this.#ports.calls.perform(effect)
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error)
      this.#machine.dispatch({ type: 'hangup', cause: `internal error: ${cause}` })
    }
  }

  #request(request: Extract<FlowEffect, { type: 'ask' }>['request']): void {
    const { sequence } = request
    const giveUp = this.#ports.ask.ask(request, reply => {
      this.#requests.delete(sequence)
      this.#machine.dispatch({ type: 'replied', sequence, reply })
    })
    this.#requests.set(sequence, giveUp)
  }
}
