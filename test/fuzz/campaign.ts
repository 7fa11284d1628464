/**
 * Fuzzing guided by coverage: inputs that reach new code, or that come to a new end, are kept and changed further.
 * Coverage is read after a batch, since reading it costs as much as a hundred inputs; a batch with something new in
 * it is halved until it is known which input it was.
 */
import { performance } from 'node:perf_hooks'
import { SeededRandom } from '../sim/world/random.ts'
import type { Coverage } from './coverage.ts'
import { latin1, mutate } from './mutate.ts'
import type { Target } from './target.ts'
import { type Trial, tryInput } from './trial.ts'

const BATCH = 512
/** What may be kept beyond what was kept when the run was warm. */
const GROWTH_LIMIT_BYTES = 16 * 2 ** 20
const WARM_INPUTS = 100_000

export interface Finding {
  readonly bytes: Uint8Array
  readonly kind: string
  readonly message: string
}

export class Campaign {
  inputs = 0
  readonly corpus: Uint8Array[] = []
  readonly #target: Target
  readonly #coverage: Coverage
  readonly #random: SeededRandom
  readonly #words = new Set<string>()
  readonly #kinds = new Set<string>()
  readonly #onFinding: (finding: Finding) => void
  #warmBytes: number | undefined

  constructor(
    target: Target,
    { coverage, seed, onFinding }: { coverage: Coverage; seed: number; onFinding: (finding: Finding) => void },
  ) {
    this.#target = target
    this.#coverage = coverage
    this.#random = new SeededRandom(seed, target.name)
    this.#onFinding = onFinding
  }

  /** Ends that inputs came to. */
  get ends(): number {
    return this.#words.size
  }

  /** Tries inputs as they are: the shortest first, so that what is kept is short. */
  begin(inputs: readonly Uint8Array[]): void {
    this.#coverage.take(false)
    for (const bytes of inputs.toSorted((a, b) => a.length - b.length)) this.#look([bytes])
  }

  /** Changed inputs for that long. */
  run(ms: number): void {
    const endMs = performance.now() + ms
    const source = {
      random: this.#random,
      words: this.#target.words,
      other: () => latin1(this.#random.pick(this.corpus)),
    }
    while (performance.now() < endMs) {
      const batch: Uint8Array[] = []
      while (batch.length < BATCH) batch.push(mutate(this.#random.pick(this.corpus), source))
      this.#look(batch)
    }
    this.#checkMemory()
  }

  /** Puts a batch to the target and keeps what is new of it. */
  #look(batch: readonly Uint8Array[]): void {
    const fresh: Uint8Array[] = []
    for (const bytes of batch) {
      this.inputs++
      const trial = tryInput(this.#target, bytes)
      if (!trial.ok) this.#found(bytes, trial)
      else if (!this.#words.has(trial.word)) {
        this.#words.add(trial.word)
        fresh.push(bytes)
      }
    }
    for (const bytes of this.#newIn(batch)) if (!fresh.includes(bytes)) fresh.push(bytes)
    // A copy has memory of its own; a small Buffer holds on to the pool that it is cut from.
    this.corpus.push(...fresh.map(bytes => new Uint8Array(bytes)))
  }

  /** The inputs of a batch that has just run which reached new code. */
  #newIn(batch: readonly Uint8Array[]): readonly Uint8Array[] {
    if (!this.#coverage.take(batch.length === 1)) return []
    if (batch.length === 1) return batch
    const middle = batch.length >> 1
    return [batch.slice(0, middle), batch.slice(middle)].flatMap(half => {
      for (const bytes of half) tryInput(this.#target, bytes)
      return this.#newIn(half)
    })
  }

  #found(bytes: Uint8Array, { kind, message }: Extract<Trial, { ok: false }>): void {
    if (this.#kinds.has(kind)) return
    this.#kinds.add(kind)
    this.#onFinding({ bytes, kind, message })
  }

  #checkMemory(): void {
    if (this.inputs < WARM_INPUTS) return
    const usedBytes = usedAfterCollection() - this.corpus.reduce((sum, { length }) => sum + length, 0)
    this.#warmBytes ??= usedBytes
    const grownBytes = usedBytes - this.#warmBytes
    if (grownBytes <= GROWTH_LIMIT_BYTES) return
    const message = `${Math.round(grownBytes / 2 ** 20)} MB more are in use than after ${WARM_INPUTS} inputs`
    this.#found(new Uint8Array(), { ok: false, kind: 'memory', message })
  }
}

function usedAfterCollection(): number {
  if (!globalThis.gc) throw new Error('Run node with --expose-gc.')
  // What the first leaves to a thread of its own, the second waits for.
  globalThis.gc()
  globalThis.gc()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
