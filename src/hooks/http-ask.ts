/**
 * Asks applications over HTTP. Requests of one session are delivered in order, one at a time, except that a flow
 * request overtakes notifications that are too slow.
 */
import { type Clock, type Counter, type Http, type Metrics, noMetrics, type Timer } from '../base/index.ts'
import { type Dialect, dialectNamed } from '../dialects/index.ts'
import type { Ask, AskReply, AskRequest } from '../flow/index.ts'
import { Delivery, type HttpResult } from './delivery.ts'
import { type EnvelopeOptions, signEnvelope, type Written, writeEnvelope } from './envelope.ts'
import { hookLimits } from './limits.ts'
import { failure, readFlow, readResult } from './reply.ts'

/** One attempt, for traces: nothing of what was said, since digits and secrets are in it. */
export interface HookTrace {
  readonly sessionId: string
  readonly sequence: number
  readonly event: AskRequest['event']['type']
  readonly attempt: number
  readonly method: 'GET' | 'POST'
  /** Without query and credentials. */
  readonly url: string
  /** The HTTP status, or why there is none. */
  readonly result: number | string
  readonly durationMs: number
  /** Keys that were left out of a query string. */
  readonly dropped: readonly string[]
}

export interface HttpAskOptions extends EnvelopeOptions {
  readonly http: Http
  readonly clock: Clock
  readonly metrics?: Metrics
  readonly onTrace?: (trace: HookTrace) => void
}

interface Entry {
  readonly request: AskRequest
  readonly done: (reply: AskReply) => void
  readonly askedMs: number
  started: boolean
  /** A flow request that has waited long enough. */
  impatient: boolean
  timer: Timer | undefined
  delivery: Delivery | undefined
}

export class HttpAsk implements Ask {
  readonly #options: HttpAskOptions
  /** Requests that are not over, in order, by session. */
  readonly #lanes = new Map<string, Entry[]>()
  readonly #results: Counter
  readonly #retries: Counter
  readonly #dropped: Counter

  constructor(options: HttpAskOptions) {
    this.#options = options
    const metrics = options.metrics ?? noMetrics
    this.#results = metrics.counter('cordboard_hooks_total', 'Hook requests, by how they ended.', ['result'])
    this.#retries = metrics.counter('cordboard_hook_retries_total', 'Second attempts of hook requests.')
    this.#dropped = metrics.counter('cordboard_hook_drops_total', 'Notifications dropped from full queues.')
    metrics.gauge('cordboard_hooks_pending', 'Hook requests that are not over.', () => this.pending)
  }

  /** Requests that are not over. */
  get pending(): number {
    let count = 0
    for (const lane of this.#lanes.values()) count += lane.length
    return count
  }

  ask(request: AskRequest, done: (reply: AskReply) => void): () => void {
    const lane = this.#lanes.get(request.sessionId) ?? []
    this.#lanes.set(request.sessionId, lane)
    const askedMs = this.#options.clock.now()
    const entry: Entry = {
      request,
      done,
      askedMs,
      started: false,
      impatient: false,
      timer: undefined,
      delivery: undefined,
    }
    lane.push(entry)
    this.#bound(lane)
    if (request.expect === 'flow' && lane.length > 1) this.#awaitTurn(entry)
    this.#pump(lane)
    return () => this.#cancel(entry)
  }

  /** Gives up every request without a word. Idempotent. */
  close(): void {
    for (const lane of [...this.#lanes.values()]) for (const entry of [...lane]) this.#cancel(entry)
  }

  /** Keeps the newest notifications of a session whose hook does not keep up: the last one says how the call ended. */
  #bound(lane: Entry[]): void {
    const waiting = lane.filter(entry => !entry.started && entry.request.expect === 'none')
    const [oldest] = waiting
    if (!oldest || waiting.length <= hookLimits.waitingNotifications) return
    this.#dropped.add()
    oldest.started = true
    this.#fail(oldest, 'dropped', 'Too many notifications are waiting.')
  }

  #awaitTurn(entry: Entry): void {
    entry.timer = this.#options.clock.after(hookLimits.patienceMs, () => {
      entry.impatient = true
      this.#pump(this.#laneOf(entry))
    })
  }

  /** Starts what may start: the first of the lane, and flow requests out of patience. */
  #pump(lane: readonly Entry[]): void {
    for (const [index, entry] of lane.entries()) {
      if (!entry.started && (index === 0 || entry.impatient)) this.#start(entry)
    }
  }

  #start(entry: Entry): void {
    entry.started = true
    entry.timer?.cancel()
    const { request } = entry
    const name = request.application.dialect
    const dialect = dialectNamed(name)
    const written = dialect && writeEnvelope(request, dialect, this.#options)
    if (!written) this.#fail(entry, 'unknown-dialect', `There is no dialect ${name}.`)
    else if (!written.ok) this.#fail(entry, 'bad-url', written.message)
    else entry.delivery = this.#deliver(entry, written, dialect)
  }

  #deliver(entry: Entry, { envelope, dropped }: Extract<Written, { ok: true }>, dialect: Dialect): Delivery {
    const { http, clock } = this.#options
    const { request } = entry
    const fromMs = request.expect === 'flow' ? entry.askedMs : clock.now()
    return new Delivery(envelope, fromMs + hookLimits.totalMs, {
      http,
      clock,
      sign: () => signEnvelope(envelope, request, dialect, Math.floor(clock.wallMs() / 1_000)),
      onAttempt: (attempt, result, durationMs) => {
        if (attempt > 1) this.#retries.add()
        this.#trace(request, { attempt, url: envelope.url, result, durationMs, dropped })
      },
      onDone: result => this.#finish(entry, replyOf(request, result, dialect)),
    })
  }

  #fail(entry: Entry, code: string, message: string): void {
    entry.timer = this.#options.clock.after(0, () => this.#finish(entry, failure(code, message)))
  }

  #finish(entry: Entry, reply: AskReply): void {
    this.#results.add({ result: reply.ok ? 'ok' : reply.code })
    this.#remove(entry)
    entry.done(reply)
  }

  #cancel(entry: Entry): void {
    if (!this.#laneOf(entry).includes(entry)) return
    entry.timer?.cancel()
    entry.delivery?.cancel()
    this.#results.add({ result: 'canceled' })
    this.#remove(entry)
  }

  #remove(entry: Entry): void {
    const lane = this.#laneOf(entry)
    lane.splice(lane.indexOf(entry), 1)
    if (lane.length === 0) this.#lanes.delete(entry.request.sessionId)
    else this.#pump(lane)
  }

  #laneOf(entry: Entry): Entry[] {
    return this.#lanes.get(entry.request.sessionId) ?? []
  }

  #trace({ sessionId, sequence, event, hook }: AskRequest, attempt: Attempt): void {
    const { onTrace } = this.#options
    if (!onTrace) return
    const { origin, pathname } = new URL(attempt.url)
    const { result } = attempt
    onTrace({
      ...attempt,
      sessionId,
      sequence,
      event: event.type,
      method: hook.method,
      url: `${origin}${pathname}`,
      result: result.ok ? result.status : result.code,
    })
  }
}

interface Attempt {
  readonly attempt: number
  readonly url: string
  readonly result: HttpResult
  readonly durationMs: number
  readonly dropped: readonly string[]
}

const replyOf = (request: AskRequest, result: HttpResult, dialect: Dialect): AskReply =>
  request.expect === 'flow' ? readFlow(result, dialect) : readResult(result)
