/**
 * Reading header text from left to right. The readers move forward only and never beyond `end`, so their time is
 * linear; on a fault they return undefined, -1 or false and leave `at` where they stopped.
 */
import { BACKSLASH, CR, DELETE, LF, QUOTE, SPACE, skipClass, TAB, TOKEN } from './characters.ts'

export interface Cursor {
  text: string
  at: number
  end: number
}

export function cursorOver(text: string): Cursor {
  return { text, at: 0, end: text.length }
}

/** Passes white space; folding has been undone before. */
export function skipSpace(cursor: Cursor): void {
  cursor.at = skipSpaceFrom(cursor.text, cursor.at, cursor.end)
}

export function skipSpaceFrom(text: string, from: number, end: number): number {
  let at = from
  while (at < end && isSpace(text.charCodeAt(at))) at++
  return at
}

/** Without spaces and tabs at both ends. `trim` would take U+00A0, which can be half of a UTF-8 letter here. */
export function trimSpace(text: string): string {
  const start = skipSpaceFrom(text, 0, text.length)
  return text.slice(start, spaceStart(text, start, text.length))
}

/** Where the white space before `end` begins, not before `start`. */
export function spaceStart(text: string, start: number, end: number): number {
  let at = end
  while (at > start && isSpace(text.charCodeAt(at - 1))) at--
  return at
}

/** Whether nothing but white space is left. */
export function atEnd(cursor: Cursor): boolean {
  skipSpace(cursor)
  return cursor.at >= cursor.end
}

/** The next code, or NaN at the end. */
export function peek(cursor: Cursor): number {
  return cursor.at < cursor.end ? cursor.text.charCodeAt(cursor.at) : Number.NaN
}

/** Passes a separator with the white space around it. */
export function eatSeparator(cursor: Cursor, code: number): boolean {
  skipSpace(cursor)
  if (peek(cursor) !== code) return false
  cursor.at++
  skipSpace(cursor)
  return true
}

/** A token, or the empty string where none begins. */
export function readToken(cursor: Cursor): string {
  return readClass(cursor, TOKEN)
}

/** The longest run of a class, maybe empty. */
export function readClass(cursor: Cursor, mask: number): string {
  const start = cursor.at
  cursor.at = skipClass(mask, cursor.text, start, cursor.end)
  return cursor.text.slice(start, cursor.at)
}

/** Decimal digits as a number of at most `limit`; -1 when there are none or the number is larger. */
export function readNumber(cursor: Cursor, limit: number): number {
  const { text, end } = cursor
  const start = cursor.at
  let value = 0
  while (cursor.at < end) {
    const digit = text.charCodeAt(cursor.at) - 0x30
    if (!(digit >= 0 && digit <= 9)) break
    value = value * 10 + digit
    if (value > limit) return -1
    cursor.at++
  }
  return cursor.at === start ? -1 : value
}

/** The content of a quoted string without quotes and escapes; the cursor stands on its opening quote. */
export function readQuoted(cursor: Cursor): string | undefined {
  const { text, end } = cursor
  let at = cursor.at + 1
  let from = at
  let content = ''
  for (; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      cursor.at = at + 1
      return content + text.slice(from, at)
    }
    if (code === BACKSLASH) {
      content += text.slice(from, at)
      from = ++at
      if (isLineBreak(text.charCodeAt(at))) break
    } else if (isControl(code)) break
  }
  cursor.at = Math.min(at, end)
  return undefined
}

/** As a quoted string (RFC 3261 `quoted-string`): quotes, backslashes and control characters are escaped. */
export function quote(content: string): string {
  let quoted = '"'
  let from = 0
  for (let at = 0; at < content.length; at++) {
    const code = content.charCodeAt(at)
    if (code !== QUOTE && code !== BACKSLASH && !isControl(code)) continue
    quoted += `${content.slice(from, at)}\\`
    from = at
  }
  return `${quoted}${content.slice(from)}"`
}

export function isSpace(code: number): boolean {
  return code === SPACE || code === TAB
}

/** A control character other than the tab. */
export function isControl(code: number): boolean {
  return (code < SPACE && code !== TAB) || code === DELETE
}

export function isLineBreak(code: number): boolean {
  return code === CR || code === LF
}
