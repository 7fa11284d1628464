/**
 * Request line and status line (RFC 3261 sections 7.1 and 7.2).
 */
import { DIGIT, isAll, SPACE, skipClass, TEXT, VISIBLE } from './characters.ts'
import { type Cursor, peek, readClass, readNumber, readToken } from './cursor.ts'
import type { FaultCode, Uri } from './message.ts'
import { isSipUri, readUri } from './uri.ts'

export type StartLine =
  | { readonly kind: 'request'; readonly method: string; readonly uri: Uri }
  | { readonly kind: 'response'; readonly status: number; readonly reason: string }
  | { readonly kind: 'fault'; readonly code: FaultCode }

const MALFORMED: StartLine = { kind: 'fault', code: 'start-line' }

/** Whether a status line, of whatever version, begins there. A method never contains a slash. */
export function isStatusLine(text: string, at: number): boolean {
  return text.slice(at, at + 4).toUpperCase() === 'SIP/'
}

/** Reads the line that is the cursor's range, without its line end. One space between the parts, none after them. */
export function readStartLine(cursor: Cursor): StartLine {
  return isStatusLine(cursor.text, cursor.at) ? readStatusLine(cursor) : readRequestLine(cursor)
}

function readRequestLine(cursor: Cursor): StartLine {
  const method = readToken(cursor)
  if (method === '' || !eatSpace(cursor)) return MALFORMED
  const uri = readUri(cursor)
  if (uri === undefined || !eatSpace(cursor)) return MALFORMED
  const code = versionFault(cursor.text.slice(cursor.at, cursor.end))
  if (code !== undefined) return { kind: 'fault', code }
  // RFC 3261 section 19.1.1: a Request-URI has no headers.
  if (isSipUri(uri) && uri.headers !== undefined) return MALFORMED
  return { kind: 'request', method, uri }
}

/** The space before an empty reason may be missing. */
function readStatusLine(cursor: Cursor): StartLine {
  const code = versionFault(readClass(cursor, VISIBLE))
  if (code !== undefined) return { kind: 'fault', code }
  if (!eatSpace(cursor)) return MALFORMED
  const start = cursor.at
  const status = readNumber(cursor, 699)
  if (status < 100 || cursor.at - start !== 3) return MALFORMED
  if (cursor.at < cursor.end && !eatSpace(cursor)) return MALFORMED
  const reason = readClass(cursor, TEXT)
  return cursor.at < cursor.end ? MALFORMED : { kind: 'response', status, reason }
}

function eatSpace(cursor: Cursor): boolean {
  if (peek(cursor) !== SPACE) return false
  cursor.at++
  return true
}

/** `version` for a SIP version that is not ours, `start-line` for what is no version at all. */
function versionFault(version: string): FaultCode | undefined {
  if (version.toUpperCase() === 'SIP/2.0') return undefined
  const dot = skipClass(DIGIT, version, 4, version.length)
  const known = isStatusLine(version, 0) && dot > 4 && version.charAt(dot) === '.'
  return known && isAll(DIGIT, version.slice(dot + 1)) ? 'version' : 'start-line'
}
