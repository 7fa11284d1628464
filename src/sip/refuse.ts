/**
 * What a user agent server checks before anything else (RFC 3261 section 8.2): scheme, extensions, body type, and
 * whether the caller takes the type of what is answered.
 */
import { ALLOW } from './dialog/context.ts'
import { headerList, headerValue } from './message/header.ts'
import type { SipRequest } from './message/message.ts'
import { isSipUri } from './message/uri.ts'
import type { OutgoingResponse } from './transaction/server-transaction.ts'

/** Methods that we know to exist: those we do not serve get 405, others 501 (RFC 3261 section 8.2.1). */
const KNOWN_METHODS = new Set([
  ...ALLOW.split(', '),
  'REGISTER',
  'PRACK',
  'SUBSCRIBE',
  'NOTIFY',
  'PUBLISH',
  'REFER',
  'MESSAGE',
  'UPDATE',
])

/** Option tags of Require that we support. */
const SUPPORTED = new Set<string>([])

const BODY_TYPES: Readonly<Record<string, readonly string[]>> = {
  INVITE: ['application/sdp'],
}

/** The response that refuses the request, or undefined when it may go on. */
export function refuse(request: SipRequest): OutgoingResponse | undefined {
  if (!KNOWN_METHODS.has(request.method)) return { status: 501, headers: [['Allow', ALLOW]] }
  if (!isSipUri(request.uri)) return { status: 416 }
  const unsupported = requiredExtensions(request).filter(tag => !SUPPORTED.has(tag))
  if (unsupported.length > 0) return { status: 420, headers: [['Unsupported', unsupported.join(', ')]] }
  const types = BODY_TYPES[request.method]
  if (types && request.body.byteLength > 0 && !types.includes(request.contentType ?? '')) {
    return { status: 415, headers: [['Accept', types.join(', ')]] }
  }
  if (types && !types.some(type => accepts(request, type))) return { status: 406 }
  return undefined
}

/** RFC 3261 section 20.1: without Accept a description is taken, with an empty one nothing is. Weights do not count. */
function accepts(request: SipRequest, type: string): boolean {
  if (headerValue(request, 'accept') === undefined) return true
  const [main = ''] = type.split('/')
  const ranges = [type, `${main}/*`, '*/*']
  return headerList(request, 'accept').some(element => {
    const [range = ''] = element.split(';')
    return ranges.includes(range.replace(/[ \t]/g, '').toLowerCase())
  })
}

function requiredExtensions(request: SipRequest): string[] {
  // RFC 3261 section 20.32: not in CANCEL and ACK, which never come here.
  return request.headers
    .filter(field => field.key === 'require')
    .flatMap(field => field.value.split(','))
    .map(tag => tag.trim().toLowerCase())
    .filter(tag => tag !== '')
}
