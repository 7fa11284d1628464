/**
 * A hook request as HTTP: where it goes, what it says, and what proves who sent it.
 */
import { createHmac } from 'node:crypto'
import type { Dialect } from '../dialects/index.ts'
import { toQuery } from '../dialects/index.ts'
import type { AskRequest } from '../flow/index.ts'

export interface Envelope {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

export type Written =
  | { readonly ok: true; readonly envelope: Envelope; readonly dropped: readonly string[] }
  | { readonly ok: false; readonly message: string }

export interface EnvelopeOptions {
  /** A sentence if the URL must not be called: the place for a guard against requests into the own network. */
  readonly refuseUrl?: (url: URL) => string | undefined
  /** The trace context of a request (W3C Trace Context), if there is one. */
  readonly traceparent?: (request: AskRequest) => string | undefined
}

/** POST with a JSON body, or GET with a query string. The same for every attempt, except for its signature. */
export function writeEnvelope(request: AskRequest, dialect: Dialect, options: EnvelopeOptions): Written {
  const url = resolveUrl(request)
  if (typeof url === 'string') return { ok: false, message: url }
  const headers = {
    accept: 'application/json',
    'user-agent': 'Cordboard',
    'idempotency-key': identify(request),
    ...authorization(url, request),
    ...traceContext(request, options),
  }
  strip(url)
  const refusal = options.refuseUrl?.(url)
  if (refusal !== undefined) return { ok: false, message: refusal }
  const payload = dialect.write(request)
  if (request.hook.method === 'POST') {
    const body = JSON.stringify(payload)
    const posted = { ...headers, 'content-type': 'application/json' }
    return { ok: true, envelope: { method: 'POST', url: url.href, body, headers: posted }, dropped: [] }
  }
  const { text, dropped } = toQuery(payload, dialect.expendable)
  url.search = [url.search.slice(1), text].filter(part => part !== '').join('&')
  return { ok: true, envelope: { method: 'GET', url: url.href, body: '', headers }, dropped }
}

/**
 * Signature headers of one attempt: Standard Webhooks (`id.timestamp.body`, the identifier stable over the retry), and
 * the dialect's own. A request without a body is signed over an empty one.
 */
export function signEnvelope(
  { body }: Envelope,
  request: AskRequest,
  dialect: Dialect,
  unixSeconds: number,
): Readonly<Record<string, string>> {
  const { secret } = request.application
  if (secret === undefined || secret === '') return {}
  const id = identify(request)
  const digest = createHmac('sha256', keyOf(secret)).update(`${id}.${unixSeconds}.${body}`).digest('base64')
  return {
    'webhook-id': id,
    'webhook-timestamp': String(unixSeconds),
    'webhook-signature': `v1,${digest}`,
    ...dialect.sign?.(secret, unixSeconds, body),
  }
}

const identify = ({ sessionId, sequence }: AskRequest): string => `${sessionId}:${sequence}`

/** Standard Webhooks writes binary keys as `whsec_` and base64. */
const keyOf = (secret: string): Buffer =>
  secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret)

/** The absolute URL, or a sentence. */
function resolveUrl({ hook, application }: AskRequest): URL | string {
  const base = application.callHook?.url
  if (!URL.canParse(hook.url, base)) return `The hook ${hook.url} is not a URL, nor a path below the application's.`
  const url = new URL(hook.url, base)
  return url.protocol === 'http:' || url.protocol === 'https:'
    ? url
    : `Hooks are called by http or https, not ${url.protocol}`
}

/** Of the hook, else of the URL itself. */
function authorization({ username, password }: URL, { hook }: AskRequest): Readonly<Record<string, string>> {
  const given =
    hook.basicAuth ?? (username === '' ? undefined : { username: decode(username), password: decode(password) })
  if (!given) return {}
  const token = Buffer.from(`${given.username}:${given.password}`).toString('base64')
  return { authorization: `Basic ${token}` }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function traceContext(request: AskRequest, { traceparent }: EnvelopeOptions): Readonly<Record<string, string>> {
  const value = traceparent?.(request)
  return value === undefined ? {} : { traceparent: value }
}

/** What is not sent: credentials are in a header, fragments are for browsers. */
function strip(url: URL): void {
  url.username = ''
  url.password = ''
  url.hash = ''
}
