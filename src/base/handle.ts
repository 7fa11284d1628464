/**
 * Handles: numbers made of generation, worker and index, so that a late packet, timer or reply to something that
 * ended finds nothing.
 *
 *     bits  47 .. 28      27 .. 20   19 .. 0
 *           generation    worker     index
 */

export type Handle = number

const INDEX_BITS = 20
const WORKER_BITS = 8
const GENERATION_LIMIT = 2 ** 20

export const handleWorker = (handle: Handle): number => (handle >>> INDEX_BITS) & ((1 << WORKER_BITS) - 1)

export const handleIndex = (handle: Handle): number => handle & ((1 << INDEX_BITS) - 1)

/** Values by handle. A slot's generation goes up each time it is freed. */
export class HandleTable<T> {
  readonly #worker: number
  readonly #slots: (T | undefined)[] = []
  readonly #generations: number[] = []
  readonly #free: number[] = []
  /** Look-ups with a handle whose object has ended. */
  stale = 0

  constructor(worker = 0) {
    this.#worker = worker
  }

  get size(): number {
    return this.#slots.length - this.#free.length
  }

  open(value: T): Handle {
    const index = this.#free.pop() ?? this.#slots.length
    if (index === this.#slots.length) this.#generations.push(1)
    this.#slots[index] = value
    return this.#handleOf(index)
  }

  get(handle: Handle): T | undefined {
    const index = handleIndex(handle)
    const value = this.#slots[index]
    if (value !== undefined && this.#handleOf(index) === handle) return value
    this.stale++
    return undefined
  }

  close(handle: Handle): T | undefined {
    const value = this.get(handle)
    if (value === undefined) return undefined
    const index = handleIndex(handle)
    this.#slots[index] = undefined
    this.#generations[index] = ((this.#generations[index] as number) + 1) % GENERATION_LIMIT
    this.#free.push(index)
    return value
  }

  *values(): IterableIterator<T> {
    for (const value of this.#slots) if (value !== undefined) yield value
  }

  #handleOf(index: number): Handle {
    const generation = this.#generations[index] as number
    return generation * 2 ** (INDEX_BITS + WORKER_BITS) + this.#worker * 2 ** INDEX_BITS + index
  }
}
