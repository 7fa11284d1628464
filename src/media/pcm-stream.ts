/**
 * PcmStream: one writer and one reader of samples, in the same thread or in two, over shared memory. Everything that
 * streams sound uses it: speech in, recogniser and tap out, frames between workers.
 *
 *     Int32  0 written   1 read   2 ended   3 underrun samples   4 sample rate, Hz   then the 16-bit samples
 *
 * `written` and `read` count samples modulo 2^32, so a full ring and an empty one differ.
 */
import { Failure } from '../base/index.ts'

const WRITTEN = 0
const READ = 1
const ENDED = 2
const UNDERRUN = 3
const RATE = 4
const HEADER_WORDS = 5

export class PcmStream {
  /** Hand this to the other thread, which makes its own PcmStream of it. */
  readonly memory: SharedArrayBuffer
  readonly #words: Int32Array
  readonly #samples: Int16Array

  /** One end of a ring that exists. */
  constructor(memory: SharedArrayBuffer) {
    this.memory = memory
    this.#words = new Int32Array(memory, 0, HEADER_WORDS)
    this.#samples = new Int16Array(memory, HEADER_WORDS * 4)
  }

  /** A new, empty ring for `capacity` samples, a power of two. */
  static allocate(sampleRateHz: number, capacity: number): PcmStream {
    if (capacity < 1 || (capacity & (capacity - 1)) !== 0)
      throw new Failure('bad-capacity', `${capacity} is not a power of two.`)
    const stream = new PcmStream(new SharedArrayBuffer(HEADER_WORDS * 4 + capacity * 2))
    Atomics.store(stream.#words, RATE, sampleRateHz)
    return stream
  }

  get sampleRateHz(): number {
    return Atomics.load(this.#words, RATE)
  }

  get capacity(): number {
    return this.#samples.length
  }

  /** Samples written and not yet read. */
  get available(): number {
    return (Atomics.load(this.#words, WRITTEN) - Atomics.load(this.#words, READ)) >>> 0
  }

  /** Samples that a reader wanted before they were there, while the writer had not ended. */
  get underrunSamples(): number {
    return Atomics.load(this.#words, UNDERRUN) >>> 0
  }

  /** Nothing more will be written, and all that was written has been read. */
  get finished(): boolean {
    return Atomics.load(this.#words, ENDED) === 1 && this.available === 0
  }

  /** Takes as many samples as there is room for and returns how many. The writer's end only. */
  write(pcm: Int16Array): number {
    const written = Atomics.load(this.#words, WRITTEN)
    const count = Math.min(pcm.length, this.capacity - this.available)
    const mask = this.capacity - 1
    for (let index = 0; index < count; index++) this.#samples[(written + index) & mask] = pcm[index]!
    Atomics.store(this.#words, WRITTEN, (written + count) | 0)
    return count
  }

  /** The writer's last word. Idempotent. */
  end(): void {
    Atomics.store(this.#words, ENDED, 1)
  }

  /** Writes up to `count` samples to `pcm` from `at` on, as many as are there. The reader's end only. */
  read(pcm: Int16Array, at: number, count: number): number {
    // Asked before counting: a writer that ends after its last write can then not be mistaken for one that is late.
    const ended = Atomics.load(this.#words, ENDED) === 1
    const from = Atomics.load(this.#words, READ)
    const present = Math.min(count, this.available)
    const mask = this.capacity - 1
    for (let index = 0; index < present; index++) pcm[at + index] = this.#samples[(from + index) & mask]!
    Atomics.store(this.#words, READ, (from + present) | 0)
    if (present < count && !ended) Atomics.add(this.#words, UNDERRUN, count - present)
    return present
  }
}
