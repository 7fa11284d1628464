/**
 * Ports that a core has bound in advance: the main thread can open a leg and describe it without waiting for the other
 * thread. Which ports are free stays random, since they were taken at random (rule L6).
 */
import type { PortRange } from './rtp/ports.ts'

/** Of an address. */
interface Shelf {
  readonly ports: number[]
  isAsked: boolean
}

/** Enough for what is opened until the next delivery, at a thousand legs a second. */
const DELIVERY = 32
/** A small range, as of a container, is not to be filled with ports that nobody uses. */
const SHARE_OF_RANGE = 16

export class PortStock {
  readonly #shelves = new Map<string, Shelf>()
  readonly #delivery: number

  constructor({ from, to }: PortRange) {
    const pairs = Math.floor((to - from + 1) / 2)
    this.#delivery = Math.min(DELIVERY, Math.floor(pairs / SHARE_OF_RANGE))
  }

  /** The port of a bound pair; undefined if there is none. */
  take(address: string): number | undefined {
    return this.#shelves.get(address)?.ports.pop()
  }

  /** How many pairs to ask for now; 0: none. */
  wanted(address: string): number {
    const shelf = this.#shelves.get(address) ?? { ports: [], isAsked: false }
    this.#shelves.set(address, shelf)
    if (shelf.isAsked || shelf.ports.length > this.#delivery / 2) return 0
    shelf.isAsked = this.#delivery > 0
    return this.#delivery
  }

  deliver(address: string, ports: readonly number[]): void {
    const shelf = this.#shelves.get(address)
    if (!shelf) return
    shelf.isAsked = false
    shelf.ports.push(...ports)
  }

  /** The core is gone, and its sockets with it. */
  clear(): void {
    this.#shelves.clear()
  }
}
