/**
 * Between the call path and the disk: rows of a few milliseconds share a transaction, and a disk that fails costs
 * no call. A leg has at most one row waiting, the latest, since each row says everything that is known of its leg.
 */
import type { Clock, Counter, Log, Timer } from '../base/index.ts'
import type { CdrSink } from './cdr-sink.ts'
import type { StoreHealth, StoreOptions, Written } from './contract.ts'
import { messageOf } from './failure.ts'
import type { Cdr } from './records.ts'

export type Done = (result: Written) => void

interface Waiting {
  cdr: Cdr
  dones: Done[]
}

/** What to tell whom, once the queue is in order again. */
type Told = readonly [dones: readonly Done[], result: Written]

/** Half of what a row costs is the commit: at 300 calls/s this makes it one for four calls. */
const DEFAULT_COMMIT_INTERVAL_MS = 12
/** Nobody waits for these rows: they go along with the next that somebody waits for, or by themselves after this. */
const UNHURRIED_MS = 100
/** Bounds how long one turn of the event loop writes: about 5 ms. */
const MAX_COMMIT_ROWS = 200
/** About 10 MB. */
const MAX_WAITING_ROWS = 10_000
const FIRST_RETRY_MS = 250
const LAST_RETRY_MS = 5_000
const BEAT_MS = 1_000

const SAFE: Written = { ok: true }
const CLOSED: Written = { ok: false, code: 'closed', message: 'The store is closed.', queued: false }
const GAVE_WAY: Written = { ok: false, code: 'overflow', message: 'Too many rows wait for the store.', queued: false }

export class CdrWriter {
  readonly #sink: CdrSink
  readonly #clock: Clock
  readonly #log: Log
  readonly #node: string
  readonly #commitIntervalMs: number
  readonly #rows: Counter
  readonly #waiting = new Map<string, Waiting>()
  readonly #live = new Set<string>()
  #flushTimer: Timer | undefined
  #flushDueMs = 0
  #committedMs = Number.NEGATIVE_INFINITY
  #beatTimer: Timer | undefined
  /** Since the last success: what went wrong, and how long to wait before trying again. */
  #trouble: { readonly told: Written; readonly retryMs: number } | undefined
  #lost = 0
  #closed = false

  constructor(
    sink: CdrSink,
    { clock, log, metrics, node = '', commitIntervalMs = DEFAULT_COMMIT_INTERVAL_MS }: StoreOptions,
  ) {
    this.#sink = sink
    this.#clock = clock
    this.#log = log
    this.#node = node
    this.#commitIntervalMs = commitIntervalMs
    this.#rows = metrics.counter('cordboard_cdr_rows_total', 'Call detail rows by what became of them.', ['result'])
    metrics.gauge('cordboard_cdr_rows_waiting', 'Call detail rows that are not yet safe.', () => this.#waiting.size)
  }

  health(): StoreHealth {
    return { pending: this.#waiting.size, lost: this.#lost, failing: this.#trouble !== undefined }
  }

  started(cdr: Cdr, done: Done): void {
    if (!this.#closed) {
      this.#live.add(cdr.legSid)
      this.#beatTimer ??= this.#clock.after(BEAT_MS, () => this.#beat())
    }
    this.write(cdr, done)
  }

  ended(cdr: Cdr, done?: Done): void {
    this.#live.delete(cdr.legSid)
    if (this.#live.size === 0) {
      this.#beatTimer?.cancel()
      this.#beatTimer = undefined
    }
    this.write(cdr, done)
  }

  write(cdr: Cdr, done?: Done): void {
    const known = this.#closed ? CLOSED : this.#trouble?.told
    // Nobody waits for a disk that is known to fail.
    if (known && done) this.#clock.after(0, () => this.#tell([[[done], known]]))
    if (this.#closed) return
    this.#keep(cdr, known || !done ? [] : [done])
    this.#schedule(done !== undefined)
  }

  /** Writes everything that waits, now; nothing while the sink fails. */
  drain(): void {
    while (this.#waiting.size > 0 && this.#trouble === undefined) this.#flush()
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#beatTimer?.cancel()
    // Once more, also when the sink has failed before.
    this.#flush()
    this.drain()
    if (this.#waiting.size === 0) return
    this.#log.error({ rows: this.#waiting.size }, 'call detail rows lost: the store closed while it was unavailable')
    const left = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { cdr } of left) this.#drop(cdr, 'lost')
    this.#tell(left.map(({ dones }) => [dones, CLOSED]))
  }

  #keep(cdr: Cdr, dones: Done[]): void {
    const waiting = this.#waiting.get(cdr.legSid)
    if (waiting) {
      if (waiting.cdr.endedAtMs === undefined) waiting.cdr = cdr
      waiting.dones.push(...dones)
      return
    }
    if (this.#waiting.size >= MAX_WAITING_ROWS) this.#giveWay()
    this.#waiting.set(cdr.legSid, { cdr, dones })
  }

  #giveWay(): void {
    const victim = this.#leastNeeded()
    if (victim === undefined) return
    this.#waiting.delete(victim.cdr.legSid)
    this.#drop(victim.cdr, 'overflow')
    this.#clock.after(0, () => this.#tell([[victim.dones, GAVE_WAY]]))
  }

  /** The oldest row of a leg that still lives, since its end will repeat it; without one the oldest of all. */
  #leastNeeded(): Waiting | undefined {
    let oldest: Waiting | undefined
    for (const waiting of this.#waiting.values()) {
      if (waiting.cdr.endedAtMs === undefined) return waiting
      oldest ??= waiting
    }
    return oldest
  }

  #drop(cdr: Cdr, result: string): void {
    if (cdr.endedAtMs !== undefined) this.#lost++
    this.#rows.add({ result })
  }

  /** A lone row is written in the next turn; under load rows share the commit that the interval allows. */
  #schedule(hurried: boolean): void {
    if (this.#closed || this.#waiting.size === 0) return
    const now = this.#clock.now()
    const delayMs =
      this.#trouble?.retryMs ?? (hurried ? this.#committedMs + this.#commitIntervalMs - now : UNHURRIED_MS)
    const dueMs = now + Math.max(0, delayMs)
    if (this.#flushTimer && this.#flushDueMs <= dueMs) return
    this.#flushTimer?.cancel()
    this.#flushDueMs = dueMs
    this.#flushTimer = this.#clock.after(dueMs - now, () => this.#flush())
  }

  #flush(): void {
    this.#flushTimer?.cancel()
    this.#flushTimer = undefined
    const told = this.#commit([...this.#waiting.values()].slice(0, MAX_COMMIT_ROWS))
    this.#committedMs = this.#clock.now()
    this.#schedule(true)
    this.#tell(told)
  }

  #commit(batch: readonly Waiting[]): readonly Told[] {
    const [first, second] = batch
    if (first === undefined) return []
    const outcome = this.#sink.commit(batch.map(({ cdr }) => cdr))
    if (outcome.ok) return this.#settle(batch)
    if (outcome.code === 'unavailable') return this.#postpone(outcome.message)
    return second === undefined ? this.#reject(first, outcome.message) : this.#commitSingly(batch)
  }

  /** One bad row does not take the others with it. */
  #commitSingly(batch: readonly Waiting[]): readonly Told[] {
    const told: Told[] = []
    for (const row of batch) {
      told.push(...this.#commit([row]))
      if (this.#trouble) break
    }
    return told
  }

  #settle(batch: readonly Waiting[]): readonly Told[] {
    for (const { cdr } of batch) this.#waiting.delete(cdr.legSid)
    this.#rows.add({ result: 'written' }, batch.length)
    if (this.#trouble) this.#log.info({ waiting: this.#waiting.size }, 'the store takes call detail rows again')
    this.#trouble = undefined
    return batch.map(({ dones }) => [dones, SAFE])
  }

  #reject({ cdr, dones }: Waiting, message: string): readonly Told[] {
    this.#waiting.delete(cdr.legSid)
    this.#drop(cdr, 'rejected')
    this.#log.error({ legSid: cdr.legSid, message }, 'a call detail row cannot be stored')
    return [[dones, { ok: false, code: 'rejected', message, queued: false }]]
  }

  #postpone(message: string): readonly Told[] {
    if (!this.#trouble) this.#log.error({ message }, 'the store takes no call detail rows; they wait')
    const told: Written = { ok: false, code: 'unavailable', message, queued: true }
    const retryMs = this.#trouble ? Math.min(2 * this.#trouble.retryMs, LAST_RETRY_MS) : FIRST_RETRY_MS
    this.#trouble = { told, retryMs }
    this.#rows.add({ result: 'postponed' }, this.#waiting.size)
    return [...this.#waiting.values()].map(waiting => [waiting.dones.splice(0), told])
  }

  #beat(): void {
    if (!this.#trouble) this.#sink.beat(this.#node, this.#clock.wallMs())
    this.#beatTimer = this.#clock.after(BEAT_MS, () => this.#beat())
  }

  #tell(told: readonly Told[]): void {
    for (const [dones, result] of told)
      for (const done of dones)
        try {
          done(result)
        } catch (error) {
          this.#log.error({ error: messageOf(error) }, 'a listener to the store failed')
        }
  }
}
