/**
 * Virtual time: a heap of due things, stepped one at a time. Nothing waits.
 */
import type { Clock, Timer } from '../../../src/base/index.ts'

interface Entry {
  readonly at: number
  readonly order: number
  run: (() => void) | undefined
  readonly owner: SimClock
}

/** The heap that all clocks of a world share. */
export class Timeline {
  now = 0
  /** Events that ran. */
  steps = 0
  readonly #heap: Entry[] = []
  #order = 0

  /** A clock whose timers are counted apart. */
  clock(): SimClock {
    return new SimClock(this)
  }

  add(owner: SimClock, delayMs: number, run: () => void): Entry {
    const entry: Entry = { at: this.now + Math.max(0, delayMs), order: this.#order++, run, owner }
    this.#push(entry)
    return entry
  }

  /** Runs the next due thing. False when nothing is left, or nothing until `limitMs`. */
  step(limitMs = Number.POSITIVE_INFINITY): boolean {
    for (;;) {
      const next = this.#heap[0]
      if (!next || next.at > limitMs) return false
      this.#pop()
      const { run } = next
      if (!run) continue
      if (next.at < this.now) throw new Error('Time went backwards.')
      this.now = next.at
      this.steps++
      next.run = undefined
      next.owner.armed--
      run()
      return true
    }
  }

  /** Runs everything that is due until then, and sets the time to it. */
  runUntil(ms: number): void {
    while (this.step(ms));
    this.now = Math.max(this.now, ms)
  }

  #before(a: Entry, b: Entry): boolean {
    return a.at < b.at || (a.at === b.at && a.order < b.order)
  }

  #push(entry: Entry): void {
    const heap = this.#heap
    let index = heap.length
    heap.push(entry)
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = heap[parent] as Entry
      if (!this.#before(entry, above)) break
      heap[index] = above
      index = parent
    }
    heap[index] = entry
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop() as Entry
    if (heap.length === 0) return
    let index = 0
    for (;;) {
      let child = index * 2 + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && this.#before(heap[child + 1] as Entry, heap[child] as Entry)) child++
      const below = heap[child] as Entry
      if (!this.#before(below, last)) break
      heap[index] = below
      index = child
    }
    heap[index] = last
  }
}

/** 2026-01-01 00:00 UTC. */
const WALL_START_MS = Date.UTC(2026, 0, 1)

export class SimClock implements Clock {
  /** Timers that are armed. */
  armed = 0
  readonly #timeline: Timeline

  constructor(timeline: Timeline) {
    this.#timeline = timeline
  }

  now(): number {
    return this.#timeline.now
  }

  wallMs(): number {
    return WALL_START_MS + Math.floor(this.#timeline.now)
  }

  after(delayMs: number, run: () => void): Timer {
    this.armed++
    const entry = this.#timeline.add(this, delayMs, run)
    return {
      cancel: () => {
        if (!entry.run) return
        entry.run = undefined
        this.armed--
      },
    }
  }
}
