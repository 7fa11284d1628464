/**
 * Header field names and look-ups by them.
 */
import { COMMA, GREATER, LESS, QUOTE } from './characters.ts'
import { cursorOver, readQuoted, trimSpace } from './cursor.ts'
import type { SipMessage } from './message.ts'

/** RFC 3261 section 7.3.3, and the registry it began: RFC 3515, 3841, 3892, 4028, 6665, 8224. */
const COMPACT_FORMS = {
  a: 'Accept-Contact',
  b: 'Referred-By',
  c: 'Content-Type',
  d: 'Request-Disposition',
  e: 'Content-Encoding',
  f: 'From',
  i: 'Call-ID',
  j: 'Reject-Contact',
  k: 'Supported',
  l: 'Content-Length',
  m: 'Contact',
  o: 'Event',
  r: 'Refer-To',
  s: 'Subject',
  t: 'To',
  u: 'Allow-Events',
  v: 'Via',
  x: 'Session-Expires',
  y: 'Identity',
} as const

/** Spelled as most equipment does, so that their keys need no case conversion. */
const COMMON_NAMES = [
  ...Object.values(COMPACT_FORMS),
  'Accept',
  'Allow',
  'Authorization',
  'CSeq',
  'Date',
  'Expires',
  'Max-Forwards',
  'Min-SE',
  'P-Asserted-Identity',
  'Privacy',
  'Proxy-Authenticate',
  'Proxy-Authorization',
  'Record-Route',
  'Remote-Party-ID',
  'Require',
  'Route',
  'Server',
  'User-Agent',
  'WWW-Authenticate',
]

const KEYS: ReadonlyMap<string, string> = new Map([
  ...COMMON_NAMES.map(name => [name, name.toLowerCase()] as const),
  ...Object.entries(COMPACT_FORMS).flatMap(([compact, name]) =>
    [compact, compact.toUpperCase()].map(form => [form, name.toLowerCase()] as const),
  ),
])

/** The lower-case long form of a header name: `call-id` for `Call-ID` and `i`. */
export function headerKey(name: string): string {
  return KEYS.get(name) ?? name.toLowerCase()
}

type WithHeaders = Pick<SipMessage, 'headers'>

/** The value of the first header line with that key, octets as on the wire. */
export function headerValue(message: WithHeaders, key: string): string | undefined {
  return message.headers.find(field => field.key === key)?.value
}

/** The values of all header lines with that key, in order, not split at commas. */
export function headerValues(message: WithHeaders, key: string): readonly string[] {
  return message.headers.filter(field => field.key === key).map(field => field.value)
}

/**
 * The comma-separated elements of all header lines with that key, such as the option tags of Require. Commas within
 * quotes and angle brackets do not separate; empty elements are left out.
 */
export function headerList(message: WithHeaders, key: string): readonly string[] {
  return headerValues(message, key).flatMap(splitList)
}

function splitList(value: string): readonly string[] {
  const cursor = cursorOver(value)
  const elements: string[] = []
  let start = 0
  let bracketed = false
  while (cursor.at < cursor.end) {
    const code = value.charCodeAt(cursor.at)
    if (code === QUOTE) {
      readQuoted(cursor)
      continue
    }
    if (code === LESS) bracketed = true
    else if (code === GREATER) bracketed = false
    else if (code === COMMA && !bracketed) {
      elements.push(trimSpace(value.slice(start, cursor.at)))
      start = cursor.at + 1
    }
    cursor.at++
  }
  elements.push(trimSpace(value.slice(start)))
  return elements.filter(element => element !== '')
}
