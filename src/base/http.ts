/**
 * HTTP requests as an argument: the only place with an HTTP client.
 */
import type { Agent } from 'undici'

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Absolute http or https URL. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** For the whole exchange, from the first byte sent to the last received. */
  readonly timeoutMs: number
  readonly maxBodyBytes: number
}

export interface HttpResponse {
  readonly ok: true
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export interface HttpFault {
  readonly ok: false
  readonly code: 'timeout' | 'refused' | 'too-large' | 'bad-url' | 'network'
  readonly message: string
}

export interface Http {
  /** Redirects are not followed. `done` runs once, never synchronously, and not after the returned function was called. */
  send(request: HttpRequest, done: (result: HttpResponse | HttpFault) => void): () => void
}

export function systemHttp(): Http & { close(): Promise<void> } {
  // Loaded with the first client: media workers import this room and never speak HTTP.
  const client = loadClient()
  return {
    send(request, done) {
      const abort = new AbortController()
      let over = false
      const deadline = setTimeout(() => abort.abort('deadline'), request.timeoutMs)
      const finish = (result: HttpResponse | HttpFault): void => {
        clearTimeout(deadline)
        if (over) return
        over = true
        done(result)
      }
      exchange(request, client, abort.signal).then(finish, (error: unknown) => finish(faultOf(error, abort.signal)))
      return () => {
        over = true
        clearTimeout(deadline)
        abort.abort('cancelled')
      }
    },
    close: async () => (await client).agent.close(),
  }
}

interface Client {
  readonly send: typeof import('undici').request
  readonly agent: Agent
}

async function loadClient(): Promise<Client> {
  const { Agent, request } = await import('undici')
  return { send: request, agent: new Agent({ connect: { timeout: 2_000 }, keepAliveTimeout: 30_000, connections: 64 }) }
}

class TooLarge extends Error {}

async function exchange(request: HttpRequest, client: Promise<Client>, signal: AbortSignal): Promise<HttpResponse> {
  const { send, agent: dispatcher } = await client
  const response = await send(request.url, {
    method: request.method,
    headers: request.headers,
    body: request.body ?? null,
    signal,
    dispatcher,
  })
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body) {
    bytes += (chunk as Uint8Array).byteLength
    if (bytes > request.maxBodyBytes) throw new TooLarge(`The answer is longer than ${request.maxBodyBytes} bytes.`)
    chunks.push(chunk as Uint8Array)
  }
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  }
  return { ok: true, status: response.statusCode, headers, body: Buffer.concat(chunks, bytes) }
}

function faultOf(error: unknown, signal: AbortSignal): HttpFault {
  if (error instanceof TooLarge) return { ok: false, code: 'too-large', message: error.message }
  if (signal.aborted) return { ok: false, code: 'timeout', message: 'No complete answer before the deadline.' }
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ECONNREFUSED') return { ok: false, code: 'refused', message: 'Connection refused.' }
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return { ok: false, code: 'timeout', message: 'No connection in time.' }
  if (code === 'ERR_INVALID_URL' || code === 'UND_ERR_INVALID_ARG') return { ok: false, code: 'bad-url', message }
  return { ok: false, code: 'network', message: message || String(code) }
}
