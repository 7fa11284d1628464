/**
 * Entries by name within a number of bytes; the least recently used one goes first. After a restart the order is that in
 * which the entries were written.
 */
import type { Folder, FolderEntry } from '../base/index.ts'

export class CacheShelf {
  readonly #folder: Folder
  readonly #limitBytes: number
  /** Bytes by name, oldest use first. */
  readonly #sizes = new Map<string, number>()
  #bytes = 0
  #listed = false

  constructor(folder: Folder, limitBytes: number) {
    this.#folder = folder
    this.#limitBytes = limitBytes
    folder.list(entries => this.#adopt(entries))
  }

  /** Never synchronously. An entry that cannot be read is forgotten. */
  take(name: string, done: (bytes: Uint8Array | undefined) => void): void {
    this.#folder.read(name, bytes => {
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
    this.#folder.write(name, bytes, ok => {
      if (!ok) return
      const size = this.#sizes.get(name)
      if (size !== undefined) this.#forget(name, size)
      this.#remember(name, bytes.length)
      this.#makeRoom()
    })
  }

  /** What was written while the list was made is newer than all that is in it. */
  #adopt(entries: readonly FolderEntry[]): void {
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
      this.#folder.remove(name)
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
