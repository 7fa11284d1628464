import type { Clock, Timer } from '../../../src/base/index.ts'

interface Entry {
  readonly atMs: number
  readonly order: number
  readonly run: () => void
}

/** Time that passes when told to. */
export class VirtualClock implements Clock {
  /** Not zero: code must not take a start of zero for granted. */
  #nowMs = 1000
  #order = 0
  #entries: Entry[] = []

  now(): number {
    return this.#nowMs
  }

  wallMs(): number {
    return 1_800_000_000_000 + this.#nowMs
  }

  get armed(): number {
    return this.#entries.length
  }

  after(delayMs: number, run: () => void): Timer {
    const entry = { atMs: this.#nowMs + delayMs, order: this.#order++, run }
    this.#entries.push(entry)
    return {
      cancel: () => {
        this.#entries = this.#entries.filter(other => other !== entry)
      },
    }
  }

  /** Runs everything that falls due within `delayMs`. */
  advance(delayMs: number): void {
    const untilMs = this.#nowMs + delayMs
    for (;;) {
      const next = this.#entries
        .filter(entry => entry.atMs <= untilMs)
        .reduce<Entry | undefined>((least, entry) => (least && !isBefore(entry, least) ? least : entry), undefined)
      if (!next) break
      this.#entries = this.#entries.filter(entry => entry !== next)
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.run()
    }
    this.#nowMs = untilMs
  }

  /** The whole process stands still: what was due meanwhile runs late. */
  stall(delayMs: number): void {
    this.#nowMs += delayMs
  }
}

const isBefore = (one: Entry, other: Entry): boolean =>
  one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order)
