/**
 * The parameters of challenges and credentials (RFC 7616 sections 3.3 and 3.4, RFC 3261 section 25.1).
 */
import { COMMA, EQUALS, QUOTE, VALUE } from '../message/characters.ts'
import {
  atEnd,
  type Cursor,
  cursorOver,
  eatSeparator,
  peek,
  readClass,
  readQuoted,
  readToken,
  skipSpace,
} from '../message/cursor.ts'

/**
 * The parameters of a Digest header value by lower-case name, in octet text without quotes and escapes. Undefined for
 * other schemes, for what is malformed, and when one parameter is there twice.
 */
export function readAuthParams(value: string): ReadonlyMap<string, string> | undefined {
  const cursor = cursorOver(value)
  if (readToken(cursor).toLowerCase() !== 'digest') return undefined
  const params = new Map<string, string>()
  skipSpace(cursor)
  do {
    const name = readToken(cursor).toLowerCase()
    if (name === '' || params.has(name) || !eatSeparator(cursor, EQUALS)) return undefined
    const content = readContent(cursor)
    if (content === undefined) return undefined
    params.set(name, content)
  } while (eatSeparator(cursor, COMMA))
  return atEnd(cursor) ? params : undefined
}

function readContent(cursor: Cursor): string | undefined {
  return peek(cursor) === QUOTE ? readQuoted(cursor) : readClass(cursor, VALUE) || undefined
}
