/**
 * Web servers in memory.
 */
import type { Http, HttpFault, HttpRequest, HttpResponse } from '../../../src/base/index.ts'
import type { SimClock } from './clock.ts'

export type SimReply =
  | { readonly status?: number; readonly json?: unknown; readonly text?: string; readonly delayMs?: number }
  | { readonly fault: HttpFault['code']; readonly delayMs?: number }

/** Answers a request; undefined: it never does. */
export type SimServer = (request: HttpRequest) => SimReply | undefined

export interface Received {
  readonly atMs: number
  readonly request: HttpRequest
  /** Parsed body of a POST, or the query of a GET. */
  readonly payload: Record<string, unknown>
}

export class SimHttp implements Http {
  readonly received: Received[] = []
  /** Requests under way. */
  pending = 0
  server: SimServer = () => ({ status: 404 })
  readonly #clock: SimClock

  constructor(clock: SimClock) {
    this.#clock = clock
  }

  send(request: HttpRequest, done: (result: HttpResponse | HttpFault) => void): () => void {
    this.pending++
    this.received.push({ atMs: this.#clock.now(), request, payload: payloadOf(request) })
    const reply = this.server(request)
    const late = !reply || (reply.delayMs ?? 5) >= request.timeoutMs
    const result = late ? TIMEOUT : resultOf(request, reply)
    let over = false
    const timer = this.#clock.after(late ? request.timeoutMs : (reply.delayMs ?? 5), () => {
      over = true
      this.pending--
      done(result)
    })
    return () => {
      if (over) return
      over = true
      this.pending--
      timer.cancel()
    }
  }
}

const TIMEOUT: HttpFault = { ok: false, code: 'timeout', message: 'No complete answer before the deadline.' }

function payloadOf({ method, url, body }: HttpRequest): Record<string, unknown> {
  if (method === 'GET') return Object.fromEntries(new URL(url).searchParams)
  return body === undefined ? {} : JSON.parse(body)
}

function resultOf(request: HttpRequest, reply: SimReply): HttpResponse | HttpFault {
  if ('fault' in reply) return { ok: false, code: reply.fault, message: `Simulated: ${reply.fault}` }
  const text = reply.text ?? (reply.json === undefined ? '' : JSON.stringify(reply.json))
  const body = new TextEncoder().encode(text)
  if (body.byteLength > request.maxBodyBytes) return { ok: false, code: 'too-large', message: 'Too long.' }
  return { ok: true, status: reply.status ?? 200, headers: { 'content-type': 'application/json' }, body }
}
