/**
 * A web application under test: requests of one session go out, its answers come back, in virtual time.
 */
import { createMetrics } from '../../../src/base/index.ts'
import type { AskReply, AskRequest, HookEvent } from '../../../src/flow/index.ts'
import { type HookTrace, HttpAsk, type HttpAskOptions } from '../../../src/hooks/index.ts'
import { Timeline } from '../../sim/world/clock.ts'
import { SimHttp, type SimServer } from '../../sim/world/http.ts'
import { application, hookRef, leg } from '../flow/scene.ts'

export interface Answered {
  readonly atMs: number
  readonly sequence: number
  readonly reply: AskReply
}

export class Desk {
  readonly timeline = new Timeline()
  readonly clock = this.timeline.clock()
  readonly http = new SimHttp(this.clock)
  readonly metrics = createMetrics()
  readonly traces: HookTrace[] = []
  readonly replies: Answered[] = []
  readonly ask: HttpAsk
  #sequence = 0

  constructor(server: SimServer, options: Partial<HttpAskOptions> = {}) {
    this.http.server = server
    const { http, clock, metrics } = this
    this.ask = new HttpAsk({ http, clock, metrics, onTrace: trace => this.traces.push(trace), ...options })
  }

  /** Returns how to give the request up. */
  send(more: Partial<AskRequest> = {}): () => void {
    const request: AskRequest = {
      sessionId: 'session-1',
      sequence: ++this.#sequence,
      application,
      hook: hookRef('https://app.example/hook'),
      event: { type: 'redirect' },
      self: leg('up'),
      tag: {},
      expect: 'flow',
      ...more,
    }
    const { sequence } = request
    return this.ask.ask(request, reply => this.replies.push({ atMs: this.clock.now(), sequence, reply }))
  }

  notify(more: Partial<AskRequest> = {}): () => void {
    const event: HookEvent = { type: 'status', leg: leg('ringing') }
    return this.send({ hook: hookRef('https://app.example/status'), event, expect: 'none', ...more })
  }

  /** The only reply, after everything has happened. */
  get reply(): AskReply {
    this.timeline.runUntil(60_000)
    const [answered] = this.replies
    if (!answered || this.replies.length > 1) throw new Error(`There are ${this.replies.length} replies.`)
    return answered.reply
  }

  /** Where and when requests were received. */
  get received(): readonly string[] {
    return this.http.received.map(({ atMs, request }) => `${atMs} ${request.method} ${new URL(request.url).pathname}`)
  }

  async metric(line: string): Promise<boolean> {
    return (await this.metrics.scrape()).text.split('\n').includes(line)
  }
}
