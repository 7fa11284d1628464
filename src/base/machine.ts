/**
 * Runs a pure state machine: applies its effects, keeps its named timers, drops stale ones.
 *
 * A machine is a function `(state, event) → [state, effects]`. It never sees a clock: it starts a timer by
 * name and gets `{ type: 'timer', name }` when that timer, and not an earlier one of the name, is due.
 */
import type { Clock, Timer } from './clock.ts'

export type Step<State, Effect> = readonly [state: State, effects: readonly Effect[]]

export interface TimerEvent<Name extends string> {
  readonly type: 'timer'
  readonly name: Name
}

export type TimerEffect<Name extends string> =
  | { readonly type: 'start'; readonly name: Name; readonly ms: number }
  | { readonly type: 'stop'; readonly name: Name }

/** A machine without its types of state: for owners that run one of several. */
export interface Running<Event> {
  readonly state: { readonly name: string }
  /** Number of armed timers. */
  readonly timers: number
  dispatch(event: Event): void
  close(): void
}

interface AnyEffect {
  readonly type: string
}

export class Machine<State, Event, Name extends string, Effect extends AnyEffect> {
  state: State
  readonly #clock: Clock
  readonly #step: (state: State, event: Event | TimerEvent<Name>) => Step<State, Effect | TimerEffect<Name>>
  readonly #perform: (effect: Effect) => void
  readonly #timers: { name: Name; timer: Timer }[] = []
  #queue: (Event | TimerEvent<Name>)[] | undefined
  #closed = false

  constructor(
    clock: Clock,
    step: (state: State, event: Event | TimerEvent<Name>) => Step<State, Effect | TimerEffect<Name>>,
    initial: State,
    perform: (effect: Effect) => void,
  ) {
    this.#clock = clock
    this.#step = step
    this.state = initial
    this.#perform = perform
  }

  /** Number of armed timers. */
  get timers(): number {
    return this.#timers.length
  }

  /** Run to completion: an event raised while effects are applied waits for its turn. */
  dispatch(event: Event | TimerEvent<Name>): void {
    if (this.#closed) return
    if (this.#queue) {
      this.#queue.push(event)
      return
    }
    this.#queue = []
    let next: Event | TimerEvent<Name> | undefined = event
    try {
      while (next !== undefined && !this.#closed) {
        const [state, effects] = this.#step(this.state, next)
        this.state = state
        for (const effect of effects) this.#apply(effect)
        next = this.#queue.shift()
      }
    } finally {
      this.#queue = undefined
    }
  }

  /** Stops every timer; later events are ignored. Idempotent. */
  close(): void {
    this.#closed = true
    for (const { timer } of this.#timers) timer.cancel()
    this.#timers.length = 0
  }

  #apply(effect: Effect | TimerEffect<Name>): void {
    if (effect.type === 'start') this.#start(effect as TimerEffect<Name> & { type: 'start' })
    else if (effect.type === 'stop') this.#drop((effect as TimerEffect<Name>).name)?.cancel()
    else this.#perform(effect as Effect)
  }

  #start({ name, ms }: { name: Name; ms: number }): void {
    if (this.#closed) return
    this.#drop(name)?.cancel()
    const timer = this.#clock.after(ms, () => {
      this.#drop(name)
      this.dispatch({ type: 'timer', name })
    })
    this.#timers.push({ name, timer })
  }

  #drop(name: Name): Timer | undefined {
    const index = this.#timers.findIndex(entry => entry.name === name)
    return index < 0 ? undefined : this.#timers.splice(index, 1)[0]?.timer
  }
}
