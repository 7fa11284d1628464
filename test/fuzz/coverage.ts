/**
 * Which parts of the source ran, from V8's own block counters. Code counts as covered once, however often it runs.
 */
import { Session } from 'node:inspector'

interface Range {
  readonly startOffset: number
  readonly endOffset: number
  readonly count: number
}

export class Coverage {
  readonly #session = new Session()
  readonly #includes: (url: string) => boolean
  /** By function, a mark for each character of a block that ran. */
  readonly #ran = new Map<string, Uint8Array>()
  /** Characters of functions that ran; those of a function within a function count for both. */
  covered = 0

  /** Counts in scripts of this thread whose URL is wanted. */
  constructor(includes: (url: string) => boolean) {
    this.#includes = includes
    this.#session.connect()
    this.#session.post('Profiler.enable')
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  /** Whether something ran, since it was last asked, that had not before; `keep` remembers it. */
  take(keep: boolean): boolean {
    let isNew = false
    // The session is of this very thread: the result is there when `post` returns.
    this.#session.post('Profiler.takePreciseCoverage', (error, taken) => {
      if (error) throw error
      for (const { url, functions } of taken.result) {
        if (!this.#includes(url)) continue
        for (const { ranges } of functions) if (this.#note(url, ranges, keep)) isNew = true
      }
    })
    return isNew
  }

  close(): void {
    this.#session.disconnect()
  }

  /** The first range is the function, those after it are blocks with another count, outer before inner. */
  #note(url: string, ranges: readonly Range[], keep: boolean): boolean {
    const [whole] = ranges
    // A script's own code runs once, when it is loaded.
    if (!whole || whole.count === 0 || whole.startOffset === 0) return false
    const { startOffset, endOffset } = whole
    const runs = new Uint8Array(endOffset - startOffset)
    for (const range of ranges) {
      runs.fill(range.count > 0 ? 1 : 0, range.startOffset - startOffset, range.endOffset - startOffset)
    }
    const ran = this.#marksOf(`${url} ${startOffset}`, runs.length)
    let isNew = false
    for (const [at, mark] of runs.entries()) {
      if (mark === 0 || ran[at] === 1) continue
      isNew = true
      if (!keep) return true
      ran[at] = 1
      this.covered++
    }
    return isNew
  }

  #marksOf(key: string, length: number): Uint8Array {
    const known = this.#ran.get(key)
    if (known) return known
    const ran = new Uint8Array(length)
    this.#ran.set(key, ran)
    return ran
  }
}
