/**
 * One request on its way: an attempt, and a second one if the first was lost or the server was not well.
 */
import type { Clock, Http, HttpFault, HttpResponse, Timer } from '../base/index.ts'
import type { Envelope } from './envelope.ts'
import { hookLimits } from './limits.ts'

export type HttpResult = HttpResponse | HttpFault

export interface DeliveryPorts {
  readonly http: Http
  readonly clock: Clock
  /** Signature headers for an attempt that starts now. */
  readonly sign: () => Readonly<Record<string, string>>
  readonly onAttempt: (attempt: number, result: HttpResult, durationMs: number) => void
  /** Once, never synchronously, and not after `cancel`. */
  readonly onDone: (result: HttpResult) => void
}

export class Delivery {
  readonly #envelope: Envelope
  readonly #ports: DeliveryPorts
  /** Monotonic. */
  readonly #deadlineMs: number
  #abort: (() => void) | undefined
  #backoff: Timer | undefined

  /** The first attempt starts at once. */
  constructor(envelope: Envelope, deadlineMs: number, ports: DeliveryPorts) {
    this.#envelope = envelope
    this.#deadlineMs = deadlineMs
    this.#ports = ports
    this.#attempt(1)
  }

  /** Idempotent. */
  cancel(): void {
    this.#abort?.()
    this.#backoff?.cancel()
  }

  #attempt(attempt: number): void {
    const { http, clock, sign } = this.#ports
    const { method, url, body, headers } = this.#envelope
    const startMs = clock.now()
    const leftMs = Math.max(1, this.#deadlineMs - startMs)
    const request = {
      method,
      url,
      headers: { ...headers, ...sign() },
      ...(method === 'POST' && { body }),
      timeoutMs: attempt === 1 ? Math.min(hookLimits.firstAttemptMs, leftMs) : leftMs,
      maxBodyBytes: hookLimits.bodyBytes,
    }
    this.#abort = http.send(request, result => {
      this.#ports.onAttempt(attempt, result, clock.now() - startMs)
      this.#attempted(attempt, result)
    })
  }

  /** The first attempt leaves time for the second. */
  #attempted(attempt: number, result: HttpResult): void {
    const { clock, onDone } = this.#ports
    if (attempt > 1 || !isPassing(result)) onDone(result)
    else this.#backoff = clock.after(hookLimits.backoffMs, () => this.#attempt(2))
  }
}

/** What may be better the next time. Every request carries an idempotency key, so that a second one does no harm. */
function isPassing(result: HttpResult): boolean {
  if (result.ok) return result.status >= 500 || result.status === 429
  return result.code === 'timeout' || result.code === 'refused' || result.code === 'network'
}
