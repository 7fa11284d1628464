/**
 * The header fields that a message carries as values of their own. One entry of `TYPED_FIELDS` each.
 */
import { ASTERISK, COMMA, SEMICOLON, SLASH, VISIBLE } from './characters.ts'
import { readCSeq } from './cseq.ts'
import { atEnd, type Cursor, eatSeparator, peek, readClass, readNumber, readToken, skipSpace } from './cursor.ts'
import { MESSAGE_LIMITS } from './limits.ts'
import type { CSeq, FaultCode, NameAddr, Via } from './message.ts'
import { readNameAddr, tagOf } from './name-addr.ts'
import { readVia } from './via.ts'

/** What has been read so far. */
export interface Fields {
  readonly via: Via[]
  from: NameAddr | undefined
  to: NameAddr | undefined
  callId: string | undefined
  cseq: CSeq | undefined
  contacts: NameAddr[] | '*'
  readonly routes: NameAddr[]
  readonly recordRoutes: NameAddr[]
  maxForwards: number | undefined
  contentLength: number | undefined
  contentType: string | undefined
}

export function newFields(): Fields {
  return {
    via: [],
    from: undefined,
    to: undefined,
    callId: undefined,
    cseq: undefined,
    contacts: [],
    routes: [],
    recordRoutes: [],
    maxForwards: undefined,
    contentLength: undefined,
    contentType: undefined,
  }
}

export interface TypedField {
  /** As people write it. */
  readonly name: string
  /** Reads the value that is the cursor's range. */
  read(cursor: Cursor, fields: Fields): FaultCode | undefined
}

/** By header key. */
export const TYPED_FIELDS: ReadonlyMap<string, TypedField> = new Map<string, TypedField>([
  ['via', { name: 'Via', read: (cursor, fields) => readList(cursor, readVia, fields.via) }],
  ['from', { name: 'From', read: (cursor, fields) => readOnce(cursor, fields, 'from', readParty) }],
  ['to', { name: 'To', read: (cursor, fields) => readOnce(cursor, fields, 'to', readParty) }],
  ['call-id', { name: 'Call-ID', read: (cursor, fields) => readOnce(cursor, fields, 'callId', readCallId) }],
  ['cseq', { name: 'CSeq', read: (cursor, fields) => readOnce(cursor, fields, 'cseq', readCSeq) }],
  ['contact', { name: 'Contact', read: readContact }],
  ['route', { name: 'Route', read: (cursor, fields) => readList(cursor, readNameAddr, fields.routes) }],
  [
    'record-route',
    { name: 'Record-Route', read: (cursor, fields) => readList(cursor, readNameAddr, fields.recordRoutes) },
  ],
  [
    'max-forwards',
    { name: 'Max-Forwards', read: (cursor, fields) => readOnce(cursor, fields, 'maxForwards', readMaxForwards) },
  ],
  ['content-length', { name: 'Content-Length', read: readContentLength }],
  [
    'content-type',
    { name: 'Content-Type', read: (cursor, fields) => readOnce(cursor, fields, 'contentType', readContentType) },
  ],
])

type Single = 'from' | 'to' | 'callId' | 'cseq' | 'maxForwards' | 'contentLength' | 'contentType'

function readOnce<K extends Single>(
  cursor: Cursor,
  fields: Fields,
  key: K,
  read: (cursor: Cursor) => Fields[K],
): FaultCode | undefined {
  if (fields[key] !== undefined) return 'duplicate-header'
  const value = read(cursor)
  if (value === undefined || !atEnd(cursor)) return 'header-syntax'
  fields[key] = value
  return undefined
}

function readList<T>(cursor: Cursor, read: (cursor: Cursor) => T | undefined, into: T[]): FaultCode | undefined {
  do {
    if (into.length === MESSAGE_LIMITS.listEntries) return 'too-large'
    const entry = read(cursor)
    if (entry === undefined) return 'header-syntax'
    into.push(entry)
  } while (eatSeparator(cursor, COMMA))
  return atEnd(cursor) ? undefined : 'header-syntax'
}

/** `*` stands alone (RFC 3261 section 20.10). */
function readContact(cursor: Cursor, fields: Fields): FaultCode | undefined {
  const { contacts } = fields
  if (contacts === '*') return 'header-syntax'
  if (peek(cursor) !== ASTERISK || cursor.end - cursor.at > 1) return readList(cursor, readNameAddr, contacts)
  if (contacts.length > 0) return 'header-syntax'
  fields.contacts = '*'
  return undefined
}

/** From or To; a tag must have a value. */
function readParty(cursor: Cursor): NameAddr | undefined {
  const party = readNameAddr(cursor)
  return party === undefined || tagOf(party) === '' ? undefined : party
}

/** Any visible characters: equipment puts more into it than the grammar has. */
function readCallId(cursor: Cursor): string | undefined {
  return readClass(cursor, VISIBLE) || undefined
}

function readMaxForwards(cursor: Cursor): number | undefined {
  const hops = readNumber(cursor, 255)
  return hops < 0 ? undefined : hops
}

function readContentLength(cursor: Cursor, fields: Fields): FaultCode | undefined {
  const code = readOnce(cursor, fields, 'contentLength', readLength)
  return code === 'header-syntax' ? 'content-length' : code
}

function readLength(cursor: Cursor): number | undefined {
  const octets = readNumber(cursor, MESSAGE_LIMITS.messageOctets)
  return octets < 0 ? undefined : octets
}

/** The media type; its parameters stay in the header line. */
function readContentType(cursor: Cursor): string | undefined {
  const type = readToken(cursor)
  if (type === '' || !eatSeparator(cursor, SLASH)) return undefined
  const subtype = readToken(cursor)
  if (subtype === '') return undefined
  skipSpace(cursor)
  if (peek(cursor) === SEMICOLON) cursor.at = cursor.end
  return `${type}/${subtype}`.toLowerCase()
}
