/**
 * From, To, Contact, Route and their kin: `name-addr` and `addr-spec` with parameters (RFC 3261 sections 20 and 25.1).
 */
import type { Draft } from '../../base/index.ts'
import { ADDR_SPEC, DISPLAY, GREATER, LESS, QUOTE, skipClass } from './characters.ts'
import { atEnd, type Cursor, cursorOver, peek, quote, readQuoted, skipSpace, spaceStart } from './cursor.ts'
import type { NameAddr, Uri } from './message.ts'
import { param, readParams, writeParams } from './params.ts'
import { readUri, writeUri } from './uri.ts'

/** A single address, such as `"Bob" <sip:bob@example.com>;tag=1`; undefined when it is none. */
export function parseNameAddr(text: string): NameAddr | undefined {
  const cursor = cursorOver(text)
  const nameAddr = readNameAddr(cursor)
  return atEnd(cursor) ? nameAddr : undefined
}

export function readNameAddr(cursor: Cursor): NameAddr | undefined {
  skipSpace(cursor)
  const displayName = readDisplayName(cursor)
  const bracketed = peek(cursor) === LESS
  if (displayName !== undefined && !bracketed) return undefined
  const uri = bracketed ? readBracketed(cursor) : readAddrSpec(cursor)
  if (uri === undefined) return undefined
  const params = readParams(cursor)
  if (params === undefined) return undefined
  const nameAddr: Draft<NameAddr> = { uri, params }
  if (displayName !== undefined) nameAddr.displayName = displayName
  return nameAddr
}

/** What stands before `<`; undefined when nothing does, and for an unfinished quoted string, where no URI follows. */
function readDisplayName(cursor: Cursor): string | undefined {
  if (peek(cursor) === QUOTE) {
    const name = readQuoted(cursor)
    skipSpace(cursor)
    return name
  }
  const start = cursor.at
  const end = skipClass(DISPLAY, cursor.text, start, cursor.end)
  if (end === start || end === cursor.end || cursor.text.charCodeAt(end) !== LESS) return undefined
  cursor.at = end
  return cursor.text.slice(start, spaceStart(cursor.text, start, end))
}

function readBracketed(cursor: Cursor): Uri | undefined {
  cursor.at++
  const uri = readUri(cursor)
  if (uri === undefined || peek(cursor) !== GREATER) return undefined
  cursor.at++
  return uri
}

/**
 * Without brackets a URI has no comma, semicolon or question mark: what follows a semicolon are parameters of the
 * header (RFC 3261 section 20).
 */
function readAddrSpec(cursor: Cursor): Uri | undefined {
  const { end } = cursor
  cursor.end = skipClass(ADDR_SPEC, cursor.text, cursor.at, end)
  const uri = readUri(cursor)
  cursor.end = end
  return uri
}

/** Always with brackets, and with the display name in quotes. */
export function writeNameAddr({ displayName, uri, params }: NameAddr): string {
  const name = displayName === undefined ? '' : `${quote(displayName)} `
  return `${name}<${writeUri(uri)}>${writeParams(params)}`
}

/** The tag parameter of a From or To value (RFC 3261 section 19.3). */
export function tagOf(nameAddr: NameAddr): string | undefined {
  return param(nameAddr.params, 'tag')
}
