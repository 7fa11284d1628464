/**
 * `%hh` escapes of SIP URIs (RFC 3261 sections 19.1.2 and 19.1.4).
 */
import { HEX, isIn, UNRESERVED, USER } from './characters.ts'
import { decodeText, encodeText } from './text.ts'

const HASH = 0x23

/**
 * Unicode text as the user part of a SIP URI: UTF-8, everything escaped that may not stand there plainly.
 * `unescapeUser` is its inverse.
 */
export function escapeUser(text: string): string {
  const octets = encodeText(text)
  let escaped = ''
  for (let at = 0; at < octets.length; at++) {
    const code = octets.charCodeAt(at)
    escaped += isIn(USER, code) && code !== HASH ? octets.charAt(at) : hexEscape(code)
  }
  return escaped
}

/** The Unicode text of a user part or parameter value; broken escapes stay as they are. */
export function unescapeUser(user: string): string {
  return user.includes('%') ? decodeText(mapEscapes(user, code => String.fromCharCode(code))) : decodeText(user)
}

/**
 * The form in which two escaped texts can be compared: `%61` becomes `a`, but `%2b` only `%2B`, since a plain `+`
 * means something else (RFC 3261 section 19.1.4).
 */
export function normalizeEscapes(text: string): string {
  if (!text.includes('%')) return text
  return mapEscapes(text, code => (isIn(UNRESERVED, code) ? String.fromCharCode(code) : hexEscape(code)))
}

function mapEscapes(text: string, replace: (code: number) => string): string {
  let mapped = ''
  let from = 0
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at + 1)) {
    if (!isIn(HEX, text.charCodeAt(at + 1)) || !isIn(HEX, text.charCodeAt(at + 2))) continue
    mapped += text.slice(from, at) + replace(Number.parseInt(text.slice(at + 1, at + 3), 16))
    from = at + 3
    at += 2
  }
  return mapped + text.slice(from)
}

function hexEscape(code: number): string {
  return `%${code < 16 ? '0' : ''}${code.toString(16).toUpperCase()}`
}
