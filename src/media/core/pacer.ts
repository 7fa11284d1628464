/**
 * Wakes what generates sound, each at its own packet time, on a grid of 2 ms. Deadlines are absolute, so lateness does
 * not add up; the timer is set to the next one that anybody waits for, and to none when nobody does.
 *
 * The grid is a wheel of buckets, one per step of the next 64 ms; each holds a list of those who are due then.
 */
import type { Clock } from '../../base/index.ts'
import type { RtpIo } from '../io/rtp-io.ts'

const STEP_MS = 2
/** A power of two; longer than the longest packet time, 60 ms. */
const BUCKETS = 32
/** Steps within which something new starts: a whole 20 ms, so that the load of the grid stays even. */
const START_STEPS = 10
/** How far the pacer catches up after a stall. What is owed beyond is not sent: time is taken to have stood still. */
const CATCH_UP_STEPS = 100

const NOT_DUE = -1

/** Something that is woken again and again; the fields belong to the pacer. */
export class Paced {
  dueStep = NOT_DUE
  nextDue: Paced | undefined
}

export interface PacerOwner<T> {
  /** Returns in how many milliseconds to wake `one` again, at most 60; 0: no more. */
  wake(one: T, nowMs: number): number
  /** All who were due have been woken. */
  rest(): void
  /** The tick came `owed` steps of 2 ms late, and `skipped` of them will not be made up for. */
  late(owed: number, skipped: number): void
}

export class Pacer<T extends Paced> {
  readonly #io: RtpIo
  readonly #clock: Clock
  readonly #owner: PacerOwner<T>
  readonly #buckets: (Paced | undefined)[] = new Array(BUCKETS).fill(undefined)
  readonly #population = new Int32Array(BUCKETS)
  /** Time of step 0. */
  #originMs = 0
  /** Last step that was run. */
  #step = 0
  #waiting = 0
  #armedStep = NOT_DUE

  constructor(io: RtpIo, clock: Clock, owner: PacerOwner<T>) {
    this.#io = io
    this.#clock = clock
    this.#owner = owner
    io.onTick = nowMs => this.#run(nowMs)
  }

  /** Wakes `one` within 20 ms; if it waits already, nothing changes. */
  add(one: T): void {
    if (one.dueStep !== NOT_DUE) return
    const now = this.#clock.now()
    if (this.#waiting === 0) {
      this.#originMs = now
      this.#step = 0
    }
    // While steps are owed this may lap the wheel, and then the first wake-up comes with them.
    const current = Math.max(this.#step, this.#stepAt(now))
    let quietest = current + 1
    for (let step = current + 2; step <= current + START_STEPS; step++)
      if (this.#population[step % BUCKETS]! < this.#population[quietest % BUCKETS]!) quietest = step
    this.#insert(one, quietest)
    this.#arm()
  }

  /** Idempotent. */
  remove(one: T): void {
    if (one.dueStep === NOT_DUE) return
    const bucket = one.dueStep % BUCKETS
    let before: Paced | undefined
    let entry = this.#buckets[bucket]
    while (entry && entry !== one) {
      before = entry
      entry = entry.nextDue
    }
    if (before) before.nextDue = one.nextDue
    else this.#buckets[bucket] = one.nextDue
    this.#take(one, bucket)
    if (this.#waiting === 0) this.#disarm()
  }

  #run(nowMs: number): void {
    let due = this.#stepAt(nowMs)
    const late = due - this.#armedStep
    this.#armedStep = NOT_DUE
    const skipped = Math.max(0, late - CATCH_UP_STEPS)
    this.#originMs += skipped * STEP_MS
    due -= skipped
    if (late > 0) this.#owner.late(late, skipped)
    while (this.#step < due && this.#waiting > 0) {
      this.#step++
      this.#runBucket(this.#step % BUCKETS, nowMs)
    }
    this.#owner.rest()
    this.#arm()
  }

  #runBucket(bucket: number, nowMs: number): void {
    for (;;) {
      const one = this.#buckets[bucket]
      if (!one) return
      this.#buckets[bucket] = one.nextDue
      this.#take(one, bucket)
      const nextMs = this.#owner.wake(one as T, nowMs)
      if (nextMs > 0) this.#insert(one, this.#step + Math.max(1, Math.round(nextMs / STEP_MS)))
    }
  }

  #insert(one: Paced, step: number): void {
    const bucket = step % BUCKETS
    one.dueStep = step
    one.nextDue = this.#buckets[bucket]
    this.#buckets[bucket] = one
    this.#population[bucket]!++
    this.#waiting++
  }

  #take(one: Paced, bucket: number): void {
    one.dueStep = NOT_DUE
    one.nextDue = undefined
    this.#population[bucket]!--
    this.#waiting--
  }

  #arm(): void {
    if (this.#waiting === 0) {
      this.#disarm()
      return
    }
    let next = this.#step + 1
    while (!this.#buckets[next % BUCKETS]) next++
    if (next === this.#armedStep) return
    this.#armedStep = next
    this.#io.tickAt(this.#originMs + next * STEP_MS)
  }

  #disarm(): void {
    this.#armedStep = NOT_DUE
    this.#io.stopTick()
  }

  #stepAt(nowMs: number): number {
    return Math.floor((nowMs - this.#originMs) / STEP_MS)
  }
}
