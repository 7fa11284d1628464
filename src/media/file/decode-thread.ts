/**
 * Decodes sound files in a thread of its own: seconds of work for a long MP3, which neither the main thread nor the
 * media tick can spare. The thread starts with the first file and again after it has died.
 */
import { Worker } from 'node:worker_threads'
import type { Clock, Timer } from '../../base/index.ts'
import { soundFault } from './fault.ts'
import type { DecodeSound, SoundResult } from './sound.ts'

export interface DecodeRequest {
  readonly id: number
  readonly bytes: Uint8Array
}

export interface DecodeReply {
  readonly id: number
  readonly result: SoundResult
}

interface Pending {
  readonly done: (result: SoundResult) => void
  readonly deadline: Timer
}

const DECODE_TIMEOUT_MS = 20_000

export class DecodeThread {
  readonly #clock: Clock
  readonly #pending = new Map<number, Pending>()
  #worker: Worker | undefined
  #nextId = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** As decodeSound, except that `done` never runs before the call has returned. */
  readonly decode: DecodeSound = (bytes, done) => {
    const id = this.#nextId++
    const deadline = this.#clock.after(DECODE_TIMEOUT_MS, () => this.#stop('Decoding took too long.'))
    this.#pending.set(id, { done, deadline })
    this.#worker ??= this.#start()
    this.#worker.postMessage({ id, bytes } satisfies DecodeRequest)
  }

  /** Idempotent. What is being decoded ends as a fault. */
  close(): void {
    this.#stop('The decoder was closed.')
  }

  #start(): Worker {
    // mpg123 writes its complaints to stderr; they come back as faults as well, so the stream is kept here and unread.
    const worker = new Worker(new URL('./decode-worker.js', import.meta.url), { stderr: true })
    worker.stderr.resume()
    worker.unref()
    worker.on('message', ({ id, result }: DecodeReply) => this.#finish(id, result))
    worker.on('error', error => this.#lost(worker, error.message))
    worker.on('exit', code => this.#lost(worker, `exit code ${code}`))
    return worker
  }

  #lost(worker: Worker, reason: string): void {
    if (worker === this.#worker) this.#stop(`The decoder died: ${reason}.`)
  }

  /** Ends the thread and everything it was asked for: one bad file may take its neighbours along, once. */
  #stop(message: string): void {
    const worker = this.#worker
    this.#worker = undefined
    void worker?.terminate()
    for (const id of [...this.#pending.keys()]) this.#finish(id, soundFault('failed', message))
  }

  #finish(id: number, result: SoundResult): void {
    const pending = this.#pending.get(id)
    if (!pending) return
    this.#pending.delete(id)
    pending.deadline.cancel()
    pending.done(result)
  }
}
