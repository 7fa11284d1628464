/**
 * Entries by name within a number of bytes; the least recently used one goes first. After a restart the order is that in
 * which the entries were written.
 */

export interface StoredEntry {
  readonly name: string
  readonly bytes: number
}

/** A flat place for small files. Every `done` runs once, never synchronously. */
export interface CacheStore {
  /** Oldest first. A place that cannot be read is empty. */
  list(done: (entries: readonly StoredEntry[]) => void): void
  /** Undefined: there is none, or it cannot be read. */
  read(name: string, done: (bytes: Uint8Array | undefined) => void): void
  /** Whole or not at all. */
  write(name: string, bytes: Uint8Array, done: (ok: boolean) => void): void
  /** Best effort. */
  remove(name: string): void
}

export class CacheShelf {
  readonly #store: CacheStore
  readonly #limitBytes: number
  /** Bytes by name, oldest use first. */
  readonly #sizes = new Map<string, number>()
  #bytes = 0
  #listed = false

  constructor(store: CacheStore, limitBytes: number) {
    this.#store = store
    this.#limitBytes = limitBytes
    store.list(entries => this.#adopt(entries))
  }

  /** Never synchronously. An entry that cannot be read is forgotten. */
  take(name: string, done: (bytes: Uint8Array | undefined) => void): void {
    this.#store.read(name, bytes => {
      const size = this.#sizes.get(name)
      if (size !== undefined) {
        this.#forget(name, size)
        if (bytes) this.#remember(name, size)
      }
      done(bytes)
    })
  }

  /** What is larger than the whole shelf is not kept. */
  put(name: string, bytes: Uint8Array): void {
    if (bytes.length > this.#limitBytes) return
    this.#store.write(name, bytes, ok => {
      if (!ok) return
      const size = this.#sizes.get(name)
      if (size !== undefined) this.#forget(name, size)
      this.#remember(name, bytes.length)
      this.#makeRoom()
    })
  }

  /** What was written while the list was made is newer than all that is in it. */
  #adopt(entries: readonly StoredEntry[]): void {
    const newer = [...this.#sizes]
    this.#sizes.clear()
    this.#bytes = 0
    const names = new Set(newer.map(([name]) => name))
    for (const { name, bytes } of entries) if (!names.has(name)) this.#remember(name, bytes)
    for (const [name, bytes] of newer) this.#remember(name, bytes)
    this.#listed = true
    this.#makeRoom()
  }

  #makeRoom(): void {
    if (!this.#listed) return
    for (const [name, bytes] of this.#sizes) {
      if (this.#bytes <= this.#limitBytes) return
      this.#forget(name, bytes)
      this.#store.remove(name)
    }
  }

  #remember(name: string, bytes: number): void {
    this.#sizes.set(name, bytes)
    this.#bytes += bytes
  }

  #forget(name: string, bytes: number): void {
    this.#sizes.delete(name)
    this.#bytes -= bytes
  }
}
