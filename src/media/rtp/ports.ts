/**
 * Pairs of UDP ports, RTP even and RTCP odd (RFC 3550 section 11), taken at random and rested before they are used
 * again: rule L6, no packet of one call may reach the next.
 */
import { type Clock, Failure, type Random, randomBelow } from '../../base/index.ts'

export interface PortRange {
  /** First and last port, both included. */
  readonly from: number
  readonly to: number
}

/** Below the range from which systems take ports for outgoing connections. */
export const defaultPortRange: PortRange = { from: 10_000, to: 32_767 }

export const PORT_REST_MS = 2000

interface Resting {
  readonly pair: number
  readonly untilMs: number
}

export class PortPairs {
  readonly #clock: Clock
  readonly #random: Random
  readonly #base: number
  /** 1 for a pair that is in use or resting. */
  readonly #taken: Uint8Array
  #used = 0
  /** In the order of their release, which is that of their return. */
  readonly #resting: Resting[] = []

  constructor(range: PortRange, clock: Clock, random: Random) {
    this.#base = range.from + (range.from % 2)
    const pairs = Math.floor((range.to - this.#base + 1) / 2)
    if (pairs < 1) throw new Failure('bad-port-range', `No even port with its odd one in ${range.from}-${range.to}.`)
    this.#taken = new Uint8Array(pairs)
    this.#clock = clock
    this.#random = random
  }

  get used(): number {
    return this.#used
  }

  get resting(): number {
    this.#wake()
    return this.#resting.length
  }

  /** The even port of a free pair; undefined if there is none. */
  take(): number | undefined {
    this.#wake()
    const pairs = this.#taken.length
    const start = randomBelow(this.#random, pairs)
    for (let step = 0; step < pairs; step++) {
      const pair = (start + step) % pairs
      if (this.#taken[pair] === 1) continue
      this.#taken[pair] = 1
      this.#used++
      return this.#base + 2 * pair
    }
    return undefined
  }

  /** Gives back a pair by its even port; it rests first. */
  release(port: number): void {
    this.#used--
    this.#resting.push({ pair: (port - this.#base) / 2, untilMs: this.#clock.now() + PORT_REST_MS })
  }

  /** Gives back a pair that has rested elsewhere. */
  free(port: number): void {
    this.#used--
    this.#taken[(port - this.#base) / 2] = 0
  }

  /** No timer is needed for pairs that nobody asks for. */
  #wake(): void {
    const now = this.#clock.now()
    let awake = 0
    while (awake < this.#resting.length && this.#resting[awake]!.untilMs <= now) {
      this.#taken[this.#resting[awake]!.pair] = 0
      awake++
    }
    if (awake > 0) this.#resting.splice(0, awake)
  }
}
