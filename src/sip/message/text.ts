/**
 * Header text. In messages it is one UTF-16 unit per octet of the wire ("latin1"); SIP means UTF-8 by it
 * (RFC 3261 section 7.3.1).
 */
import { BACKSLASH, QUOTE } from './characters.ts'
import { isControl, isLineBreak } from './cursor.ts'

/** Octet text as Unicode; octets that are not UTF-8 become U+FFFD. */
export function decodeText(latin1: string): string {
  return isAscii(latin1) ? latin1 : Buffer.from(latin1, 'latin1').toString('utf8')
}

/** Unicode as octet text, fit for header values; lone surrogates become U+FFFD. */
export function encodeText(unicode: string): string {
  return isAscii(unicode) ? unicode : Buffer.from(unicode, 'utf8').toString('latin1')
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) > 0x7f) return false
  }
  return true
}

/**
 * The place of the first character that may not stand in a header value, -1 when all may: line breaks, units that
 * are no octet, and control characters other than the tab. Escaped within a quoted string they may
 * (RFC 3261 `quoted-pair`), except for line breaks: a response must copy From and To as they came.
 */
export function badCharacter(value: string): number {
  let quoted = false
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at)
    if (code === QUOTE) quoted = !quoted
    else if (code === BACKSLASH && quoted) {
      at++
      if (isLineBreak(value.charCodeAt(at)) || value.charCodeAt(at) > 0xff) return at
    } else if (isControl(code) || code > 0xff) return at
  }
  return -1
}
