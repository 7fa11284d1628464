/**
 * Datagrams as SIP messages: what is accepted reads the same after it has been written again, and what is not can be
 * answered as the fault says.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeCSeq } from '../../src/sip/message/cseq.ts'
import { headerList, headerValue } from '../../src/sip/message/header.ts'
import type { NameAddr, ParseFault, SipMessage } from '../../src/sip/message/message.ts'
import { writeNameAddr } from '../../src/sip/message/name-addr.ts'
import { parseMessage } from '../../src/sip/message/parse.ts'
import { decodeText } from '../../src/sip/message/text.ts'
import { TYPED_FIELDS } from '../../src/sip/message/typed-field.ts'
import { writeUri } from '../../src/sip/message/uri.ts'
import { uriEquals } from '../../src/sip/message/uri-equality.ts'
import { writeVia } from '../../src/sip/message/via.ts'
import { writeRequest, writeResponse } from '../../src/sip/message/write.ts'
import { refuse } from '../../src/sip/refuse.ts'
import type { Target } from './target.ts'

const VECTORS = ['test/vectors/rfc4475', 'test/vectors/rfc5118']

export const messageTarget: Target = {
  name: 'message',
  limitMs: 5,
  seeds: () =>
    VECTORS.flatMap(folder =>
      readdirSync(folder)
        .filter(file => file.endsWith('.dat'))
        .map(file => readFileSync(join(folder, file))),
    ),
  words: [
    ...[
      '\r\n',
      '\r\n ',
      '\r\n\r\n',
      '\r',
      '\n',
      '\0',
      '\t',
      '"',
      '\\',
      '\\"',
      '<',
      '>',
      ',',
      ';',
      ':',
      '=',
      '@',
      '%00',
    ],
    ...['%', '%4', '[::1]', '[', ']', '*', '?', '/', ';;', ',,', '\xff', '\xc3\xa9', '0', '-1', '255', '256', '65535'],
    ...[
      '65536',
      '2147483647',
      '2147483648',
      '4294967296',
      '99999999999999999999',
      '099',
      ' ',
      '  ',
      'SIP/2.0',
      'SIP/3.0',
    ],
    ...['SIP/2.0/UDP ', 'SIP / 2.0 / TCP h', 'z9hG4bK', ';branch=', ';tag=', ';tag', ';lr', ';rport', ';received=::1'],
    ...[';q=0.5', ';expires=0', ';maddr=h', ';x="a\\"b"', 'sip:', 'sips:', 'tel:', 'SIP:a@b', 'sip:a:b@c:5060;d=e?f=g'],
    ...['INVITE', 'ACK', 'OPTIONS', 'REGISTER', 'CANCEL', 'BYE', 'INVITE sip:a@b SIP/2.0\r\n', 'SIP/2.0 200 OK\r\n'],
    ...['Via: ', 'v: ', 'From: ', 'f:', 'To: ', 't:', 'Call-ID: ', 'i: ', 'CSeq: ', 'Contact: ', 'm: *', 'Route: '],
    ...[
      'Record-Route: ',
      'Max-Forwards: ',
      'Content-Length: ',
      'l: ',
      'Content-Type: ',
      'c: a/b',
      'Accept: ',
      'Require: ',
    ],
    ...['constructor: ', '__proto__: ', 'toString'],
  ],
  examine(bytes) {
    const before = Buffer.from(bytes)
    const result = parseMessage(bytes)
    assert.ok(before.equals(bytes), 'the input was changed')
    if (!result.ok) return refused(result, bytes)
    accepted(result.message, bytes)
    return describe(result.message)
  },
}

function refused(result: ParseFault, bytes: Uint8Array): string {
  const { code, message, offset, reply } = result
  const header = TYPED_FIELDS.get(result.header ?? '')?.name ?? ''
  assert.ok(offset >= 0 && offset <= bytes.length, `offset ${offset}`)
  assert.match(message, /^[\x20-\x7e]+$/)
  if (!reply) return `${code} ${header} silent`
  const { status, reason, headers } = reply
  writeResponse({ status, reason, headers })
  return `${code} ${header} ${status}`
}

function accepted(message: SipMessage, bytes: Uint8Array): void {
  for (const { value } of message.headers) {
    assert.doesNotMatch(value, /[\r\n]/)
    decodeText(value)
  }
  if (message.kind === 'request') {
    refuse(message)
    assert.ok(uriEquals(message.uri, message.uri), 'the Request-URI does not equal itself')
  }
  headerList(message, 'accept')
  // What is written has spaces, quotes and a Content-Length that the input may lack: it may be beyond a limit.
  if (bytes.length > 6_000 || message.headers.length > 250) return
  const lines = message.headers
    .filter(({ key }) => key !== 'content-length' && key !== 'content-type')
    .map(({ name, value }) => [name, value] as const)
  same(message, again(message, lines), 'written with the same header lines')
  const untyped = message.headers
    .filter(({ key }) => !REWRITTEN.has(key))
    .map(({ name, value }) => [name, value] as const)
  same(message, again(message, [...untyped, ...rewritten(message)]), 'written from its values')
}

const REWRITTEN = new Set([
  ...['via', 'from', 'to', 'call-id', 'cseq', 'contact', 'route', 'record-route', 'max-forwards'],
  ...['content-length', 'content-type'],
])

function rewritten(message: SipMessage): (readonly [string, string])[] {
  const { via, from, to, callId, cseq, contacts, routes, recordRoutes, maxForwards } = message
  const addresses = (name: string, list: readonly NameAddr[]): [string, string][] =>
    list.map(entry => [name, writeNameAddr(entry)])
  return [
    ...via.map(entry => ['Via', writeVia(entry)] as const),
    ['From', writeNameAddr(from)],
    ['To', writeNameAddr(to)],
    ['Call-ID', callId],
    ['CSeq', writeCSeq(cseq)],
    ...(contacts === '*' ? [['Contact', '*'] as const] : addresses('Contact', contacts)),
    ...addresses('Route', routes),
    ...addresses('Record-Route', recordRoutes),
    ...(maxForwards === undefined ? [] : [['Max-Forwards', String(maxForwards)] as const]),
  ]
}

/** Read from what was written of it. */
function again(message: SipMessage, headers: readonly (readonly [string, string])[]): SipMessage {
  const contentType = headerValue(message, 'content-type')
  const body = contentType === undefined ? undefined : { contentType, bytes: message.body }
  const content = { headers, ...(body && { body }) }
  const written =
    message.kind === 'request'
      ? writeRequest({ method: message.method, uri: writeUri(message.uri), ...content })
      : writeResponse({ status: message.status, reason: message.reason, ...content })
  const result = parseMessage(written)
  if (!result.ok) assert.fail(`${result.message} when read again: ${JSON.stringify(text(written))}`)
  return result.message
}

function same(message: SipMessage, other: SipMessage, how: string): void {
  const { headers: _, body, ...values } = message
  const { headers: __, body: otherBody, ...otherValues } = other
  assert.deepEqual(otherValues, values, how)
  // Without a Content-Type there is nothing to write a body as.
  if (message.contentType !== undefined) assert.equal(text(otherBody), text(body), how)
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

const describe = (message: SipMessage): string =>
  message.kind === 'request' ? `request ${refuse(message)?.status ?? 'served'}` : `response ${message.status}`
