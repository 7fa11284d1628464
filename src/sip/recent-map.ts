/**
 * A map of bounded size that forgets what was used least recently: what strangers can make us remember ends somewhere.
 */
export class RecentMap<K, V> {
  readonly #entries = new Map<K, V>()
  readonly #limit: number

  /** `limit`: entries, at least 1. */
  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#entries.size
  }

  /** The value, which is now the most recently used. */
  get(key: K): V | undefined {
    const value = this.#entries.get(key)
    if (value === undefined) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, value)
    return value
  }

  /** As `get`, but it stays as old as it was. */
  peek(key: K): V | undefined {
    return this.#entries.get(key)
  }

  /** Adds or replaces; one more than `limit` pushes the oldest out. */
  set(key: K, value: V): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    if (this.#entries.size > this.#limit) this.#entries.delete(this.oldest() as K)
  }

  delete(key: K): void {
    this.#entries.delete(key)
  }

  /** The key used least recently. */
  oldest(): K | undefined {
    return this.#entries.keys().next().value
  }
}
