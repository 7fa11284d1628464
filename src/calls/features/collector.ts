/**
 * One collect task: digits of a leg until there are enough, the finish key, or too late.
 */
import { type Clock, Machine } from '../../base/index.ts'
import type { CollectResult } from '../../flow/index.ts'
import {
  type CollectEffect,
  type CollectEvent,
  type CollectSpec,
  type CollectState,
  collectStart,
  collectStep,
} from './collect.ts'

export class Collector {
  readonly #machine: Machine<CollectState, CollectEvent, 'digit', CollectEffect>

  /** `done` runs once, perhaps within `start`. */
  constructor(
    clock: Clock,
    spec: CollectSpec,
    owner: { readonly stopPrompt: () => void; readonly done: (outcome: CollectResult) => void },
  ) {
    this.#machine = new Machine<CollectState, CollectEvent, 'digit', CollectEffect>(
      clock,
      (state, event) => collectStep(spec, state, event),
      collectStart(spec),
      effect => {
        if (effect.type === 'stop-prompt') owner.stopPrompt()
        else if (effect.type === 'done') {
          this.close()
          owner.done(effect.outcome)
        }
      },
    )
  }

  start(): void {
    this.#machine.dispatch({ type: 'start' })
  }

  get timers(): number {
    return this.#machine.timers
  }

  digit(digit: string): void {
    this.#machine.dispatch({ type: 'digit', digit })
  }

  promptOver(): void {
    this.#machine.dispatch({ type: 'prompt-over' })
  }

  stop(): void {
    this.#machine.dispatch({ type: 'stop' })
  }

  close(): void {
    this.#machine.close()
  }
}
