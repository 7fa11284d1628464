/**
 * Via entries (RFC 3261 section 20.42).
 */
import type { Draft } from '../../base/index.ts'
import { COLON, SLASH } from './characters.ts'
import { atEnd, type Cursor, cursorOver, eatSeparator, isSpace, peek, readToken, skipSpace } from './cursor.ts'
import { readHost, readPort, writeHostPort } from './host.ts'
import type { Via } from './message.ts'
import { readParams, writeParams } from './params.ts'

/** A single entry, such as `SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1`; undefined when it is none. */
export function parseVia(text: string): Via | undefined {
  const cursor = cursorOver(text)
  skipSpace(cursor)
  const via = readVia(cursor)
  return atEnd(cursor) ? via : undefined
}

/**
 * Protocol name and version may be any tokens, as in the grammar: a request of another SIP version is still
 * answered, with 505.
 */
export function readVia(cursor: Cursor): Via | undefined {
  if (readToken(cursor) === '' || !eatSeparator(cursor, SLASH)) return undefined
  if (readToken(cursor) === '' || !eatSeparator(cursor, SLASH)) return undefined
  const transport = readToken(cursor).toUpperCase()
  if (transport === '' || !isSpace(peek(cursor))) return undefined
  skipSpace(cursor)
  const host = readHost(cursor)
  if (host === undefined) return undefined
  let port: number | undefined
  if (eatSeparator(cursor, COLON)) {
    port = readPort(cursor)
    if (port < 0) return undefined
  }
  const params = readParams(cursor)
  if (params === undefined) return undefined
  const via: Draft<Via> = { transport, host, params }
  if (port !== undefined) via.port = port
  return via
}

export function writeVia(via: Via): string {
  return `SIP/2.0/${via.transport} ${writeHostPort(via.host, via.port)}${writeParams(via.params)}`
}
