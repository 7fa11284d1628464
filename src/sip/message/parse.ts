/**
 * Datagrams to messages (RFC 3261 sections 7, 18.3 and 25). One pass over the head, in linear time, within
 * `MESSAGE_LIMITS`; whatever comes in, the result is a message or a fault, and nothing is thrown.
 */
import type { Draft } from '../../base/index.ts'
import { IDLE, LINE_END, skipClass } from './characters.ts'
import type { Cursor } from './cursor.ts'
import { type Flaw, fault, flaw } from './fault.ts'
import { type FieldReader, fieldReader, readField } from './field-line.ts'
import { headerKey } from './header.ts'
import { MESSAGE_LIMITS } from './limits.ts'
import type { FaultCode, HeaderField, ParseFault, ParseResult, SipMessage } from './message.ts'
import { readStartLine, type StartLine } from './start-line.ts'
import { type Fields, newFields, TYPED_FIELDS } from './typed-field.ts'

/**
 * Reads one datagram. Octets behind Content-Length are left out of the body; without Content-Length the body is the
 * rest. A fault says what a server answers, where it may answer at all.
 */
export function parseMessage(bytes: Uint8Array): ParseResult {
  const text = decodeHead(bytes)
  const start = skipClass(LINE_END, text, 0, text.length)
  const result = readMessage(bytes, text, start)
  return result.kind === 'flaw' ? fault(bytes, text, start, result) : { ok: true, message: result }
}

/**
 * What is wrong with a message on a stream that does not say where it ends: a fault of its head, or else `code`.
 */
export function explainLost(head: Uint8Array, code: FaultCode): ParseFault {
  const parsed = parseMessage(head)
  if (!parsed.ok && parsed.code !== 'content-length') return parsed
  return fault(head, decodeHead(head), 0, flaw(code, head.length, code === 'too-large' ? '' : 'content-length'))
}

/** The head, and of the body what the limit of the head leaves room for; one UTF-16 unit per octet. */
function decodeHead(bytes: Uint8Array): string {
  const { buffer, byteOffset, length } = bytes
  return Buffer.from(buffer, byteOffset, Math.min(length, MESSAGE_LIMITS.headOctets)).toString('latin1')
}

function readMessage(bytes: Uint8Array, text: string, start: number): SipMessage | Flaw {
  if (skipClass(IDLE, text, start, text.length) === text.length) return flaw('keep-alive', 0)
  if (bytes.length > MESSAGE_LIMITS.messageOctets) return flaw('too-large', MESSAGE_LIMITS.messageOctets)
  const lineEnd = text.indexOf('\r\n', start)
  const end = lineEnd < 0 ? text.length : lineEnd
  if (end - start > MESSAGE_LIMITS.lineOctets) return flaw('too-large', start)
  const cursor: Cursor = { text, at: start, end }
  const line = readStartLine(cursor)
  if (line.kind === 'fault') return flaw(line.code, cursor.at)
  const headers: HeaderField[] = []
  const fields = newFields()
  const reader = fieldReader(bytes, text, lineEnd < 0 ? end : end + 2)
  const wrong = readFields(reader, cursor, headers, fields)
  if (wrong === undefined) return assemble(bytes, reader.at, line, headers, fields)
  return wrong === 'unfinished' ? flaw(bytes.length > text.length ? 'too-large' : 'header-syntax', reader.at) : wrong
}

/** Reads header lines until the empty one. The cursor goes over their values. */
function readFields(
  reader: FieldReader,
  cursor: Cursor,
  headers: HeaderField[],
  fields: Fields,
): Flaw | 'unfinished' | undefined {
  for (;;) {
    const lineAt = reader.at
    const outcome = readField(reader)
    if (outcome === 'end') return undefined
    if (outcome === 'unfinished') return outcome
    const key = headerKey(reader.name)
    if (outcome === 'malformed') return flaw('header-syntax', reader.at, key)
    if (outcome === 'too-long' || headers.length === MESSAGE_LIMITS.headerLines) return flaw('too-large', lineAt)
    headers.push({ key, name: reader.name, value: reader.value })
    const code = TYPED_FIELDS.get(key)?.read(pointAt(cursor, reader), fields)
    if (code !== undefined) return flaw(code, reader.folded ? reader.valueAt : cursor.at, key)
  }
}

function pointAt(cursor: Cursor, { folded, text, value, valueAt, valueEnd }: FieldReader): Cursor {
  cursor.text = folded ? value : text
  cursor.at = folded ? 0 : valueAt
  cursor.end = folded ? value.length : valueEnd
  return cursor
}

/** What can only be said of the whole head, and the message. */
function assemble(
  bytes: Uint8Array,
  headEnd: number,
  line: Exclude<StartLine, { kind: 'fault' }>,
  headers: HeaderField[],
  fields: Fields,
): SipMessage | Flaw {
  const { via, from, to, callId, cseq, contacts, routes, recordRoutes } = fields
  if (via.length === 0) return flaw('missing-header', headEnd, 'via')
  if (from === undefined) return flaw('missing-header', headEnd, 'from')
  if (to === undefined) return flaw('missing-header', headEnd, 'to')
  if (callId === undefined) return flaw('missing-header', headEnd, 'call-id')
  if (cseq === undefined) return flaw('missing-header', headEnd, 'cseq')
  const method = line.kind === 'request' ? line.method : cseq.method
  if (method !== cseq.method) return flaw('cseq-mismatch', headEnd, 'cseq')
  if (contacts === '*' && method !== 'REGISTER') return flaw('header-syntax', headEnd, 'contact')
  const length = fields.contentLength ?? bytes.length - headEnd
  if (length > bytes.length - headEnd) return flaw('content-length', headEnd, 'content-length')
  const body = bytes.subarray(headEnd, headEnd + length)
  // Written out twice, since spreading one object into another costs more than parsing one header line.
  const message: Draft<SipMessage> =
    line.kind === 'request'
      ? {
          kind: 'request',
          method,
          uri: line.uri,
          headers,
          via,
          from,
          to,
          callId,
          cseq,
          contacts,
          routes,
          recordRoutes,
          body,
        }
      : {
          kind: 'response',
          status: line.status,
          reason: line.reason,
          headers,
          via,
          from,
          to,
          callId,
          cseq,
          contacts,
          routes,
          recordRoutes,
          body,
        }
  if (fields.maxForwards !== undefined) message.maxForwards = fields.maxForwards
  if (fields.contentType !== undefined) message.contentType = fields.contentType
  return message
}
