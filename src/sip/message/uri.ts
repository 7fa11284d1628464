/**
 * SIP, SIPS and other URIs (RFC 3261 section 19.1).
 */
import type { Draft } from '../../base/index.ts'
import {
  ALPHA,
  AT,
  COLON,
  EQUALS,
  isIn,
  OPAQUE,
  PASSWORD,
  QUESTION,
  SCHEME,
  SEMICOLON,
  skipClass,
  skipEscaped,
  URI_HEADERS,
  URI_PARAM_NAME,
  URI_PARAM_VALUE,
  USER,
} from './characters.ts'
import { type Cursor, cursorOver, peek } from './cursor.ts'
import { normalizeEscapes, unescapeUser } from './escape.ts'
import { readHost, readPort, writeHostPort } from './host.ts'
import { MESSAGE_LIMITS } from './limits.ts'
import type { Params, SipUri, Uri } from './message.ts'
import { NO_PARAMS, param } from './params.ts'

/** An absolute URI, nothing around it; undefined when the text is none. */
export function parseUri(text: string): Uri | undefined {
  const cursor = cursorOver(text)
  const uri = readUri(cursor)
  return cursor.at === cursor.end ? uri : undefined
}

/** Reads as far as the URI goes. */
export function readUri(cursor: Cursor): Uri | undefined {
  const { text, at: start, end } = cursor
  const colon = skipClass(SCHEME, text, start, end)
  if (colon >= end || text.charCodeAt(colon) !== COLON || !isIn(ALPHA, text.charCodeAt(start))) return undefined
  const scheme = text.slice(start, colon).toLowerCase()
  cursor.at = colon + 1
  if (scheme === 'sip' || scheme === 'sips') return readSipUri(cursor, scheme)
  cursor.at = skipEscaped(OPAQUE, text, colon + 1, end)
  return cursor.at === colon + 1 ? undefined : { scheme, opaque: text.slice(colon + 1, cursor.at) }
}

export function isSipUri(uri: Uri): uri is SipUri {
  return 'host' in uri
}

function readSipUri(cursor: Cursor, scheme: 'sip' | 'sips'): SipUri | undefined {
  const { text, at: start, end } = cursor
  const userEnd = skipEscaped(USER, text, start, end)
  const passwordEnd =
    userEnd < end && text.charCodeAt(userEnd) === COLON ? skipEscaped(PASSWORD, text, userEnd + 1, end) : userEnd
  const hasUser = userEnd > start && passwordEnd < end && text.charCodeAt(passwordEnd) === AT
  if (hasUser) cursor.at = passwordEnd + 1
  const host = readHost(cursor)
  if (host === undefined) return undefined
  const uri: Draft<SipUri> = { scheme, host, params: NO_PARAMS }
  if (hasUser) {
    uri.user = text.slice(start, userEnd)
    if (passwordEnd > userEnd) uri.password = text.slice(userEnd + 1, passwordEnd)
  }
  return readTail(cursor, uri) ? uri : undefined
}

/** Port, parameters and headers. */
function readTail(cursor: Cursor, uri: Draft<SipUri>): boolean {
  if (peek(cursor) === COLON) {
    cursor.at++
    uri.port = readPort(cursor)
    if (uri.port < 0) return false
  }
  if (peek(cursor) === SEMICOLON) {
    const params = readUriParams(cursor)
    if (params === undefined) return false
    uri.params = params
  }
  if (peek(cursor) === QUESTION) {
    const start = ++cursor.at
    cursor.at = skipEscaped(URI_HEADERS, cursor.text, start, cursor.end)
    if (cursor.at === start) return false
    uri.headers = cursor.text.slice(start, cursor.at)
  }
  return true
}

function readUriParams(cursor: Cursor): Params | undefined {
  const { text, end } = cursor
  const params: (readonly [name: string, value: string | undefined])[] = []
  while (peek(cursor) === SEMICOLON) {
    const start = ++cursor.at
    const nameEnd = skipEscaped(URI_PARAM_NAME, text, start, end)
    if (nameEnd === start || params.length === MESSAGE_LIMITS.params) return undefined
    const name = normalizeEscapes(text.slice(start, nameEnd)).toLowerCase()
    cursor.at = nameEnd
    if (peek(cursor) !== EQUALS) {
      params.push([name, undefined])
      continue
    }
    cursor.at = skipEscaped(URI_PARAM_VALUE, text, nameEnd + 1, end)
    if (cursor.at === nameEnd + 1) return undefined
    params.push([name, text.slice(nameEnd + 1, cursor.at)])
  }
  return params
}

export function writeUri(uri: Uri): string {
  if (!isSipUri(uri)) return `${uri.scheme}:${uri.opaque}`
  let text = `${uri.scheme}:`
  if (uri.user !== undefined) text += uri.password === undefined ? `${uri.user}@` : `${uri.user}:${uri.password}@`
  text += writeHostPort(uri.host, uri.port)
  for (const [name, value] of uri.params) text += value === undefined ? `;${name}` : `;${name}=${value}`
  return uri.headers === undefined ? text : `${text}?${uri.headers}`
}

/**
 * A parameter of a SIP URI with its escapes resolved: the empty string for a flag such as `lr`, undefined when there
 * is none or the URI is of another scheme. `name` in lower case.
 */
export function uriParam(uri: Uri, name: string): string | undefined {
  const value = isSipUri(uri) ? param(uri.params, name) : undefined
  return value === undefined ? undefined : unescapeUser(value)
}
