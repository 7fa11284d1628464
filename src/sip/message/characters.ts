/**
 * Character classes of the SIP grammar (RFC 3261 section 25.1) as one bit mask per octet.
 *
 * Some are wider than the grammar, because deployed equipment sends it and nothing becomes ambiguous: `_` in host
 * names, `#` in user parts, base64 padding and slashes in parameter values, most punctuation in display names.
 */

export const TAB = 0x09
export const LF = 0x0a
export const CR = 0x0d
export const SPACE = 0x20
export const QUOTE = 0x22
export const PERCENT = 0x25
export const ASTERISK = 0x2a
export const COMMA = 0x2c
export const SLASH = 0x2f
export const COLON = 0x3a
export const SEMICOLON = 0x3b
export const LESS = 0x3c
export const EQUALS = 0x3d
export const GREATER = 0x3e
export const QUESTION = 0x3f
export const AT = 0x40
export const LEFT_BRACKET = 0x5b
export const BACKSLASH = 0x5c
export const RIGHT_BRACKET = 0x5d
export const DELETE = 0x7f

export const TOKEN = 1 << 0
/** A parameter value that needs no quotes. */
export const VALUE = 1 << 1
export const HOST = 1 << 2
/** What stands between the brackets of an IPv6 reference. */
export const IPV6 = 1 << 3
export const USER = 1 << 4
export const PASSWORD = 1 << 5
export const URI_PARAM_NAME = 1 << 6
export const URI_PARAM_VALUE = 1 << 7
/** What follows `?` in a SIP URI. */
export const URI_HEADERS = 1 << 8
/** What follows the colon of any other URI. */
export const OPAQUE = 1 << 9
export const SCHEME = 1 << 10
/** A display name without quotes. */
export const DISPLAY = 1 << 11
export const ALPHA = 1 << 12
export const DIGIT = 1 << 13
export const HEX = 1 << 14
/** RFC 3261 `unreserved`: escaping these changes nothing. */
export const UNRESERVED = 1 << 15
/** Visible ASCII. */
export const VISIBLE = 1 << 16
/** A URI that stands without angle brackets. */
export const ADDR_SPEC = 1 << 17
/** Tab, space, and everything that is no control character. */
export const TEXT = 1 << 18
export const LINE_END = 1 << 19
/** Line ends and NUL: what keeps a binding open. */
export const IDLE = 1 << 20

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const DIGITS = '0123456789'
const HEX_DIGITS = `${DIGITS}abcdefABCDEF`
const UNRESERVED_SET = `${LETTERS}${DIGITS}-_.!~*'()`
const TOKEN_SET = `${LETTERS}${DIGITS}-.!%*_+\`'~`
const URI_PARAM_SET = `${UNRESERVED_SET}[]/:&+$`

const CLASSES = classTable([
  [TOKEN, TOKEN_SET],
  [VALUE, `${TOKEN_SET}[]:/=&$`],
  [HOST, `${LETTERS}${DIGITS}-._`],
  [IPV6, `${HEX_DIGITS}:.`],
  [USER, `${UNRESERVED_SET}&=+$,;?/#`],
  [PASSWORD, `${UNRESERVED_SET}&=+$,`],
  [URI_PARAM_NAME, URI_PARAM_SET],
  [URI_PARAM_VALUE, `${URI_PARAM_SET}=`],
  [URI_HEADERS, `${UNRESERVED_SET}[]/?:+$&=`],
  [OPAQUE, `${UNRESERVED_SET};/?:@&=+$,#[]`],
  [SCHEME, `${LETTERS}${DIGITS}+-.`],
  [DISPLAY, `${TOKEN_SET} \t()/@[]?={}#&$^|`],
  [ALPHA, LETTERS],
  [DIGIT, DIGITS],
  [HEX, HEX_DIGITS],
  [UNRESERVED, UNRESERVED_SET],
  [ADDR_SPEC, `${UNRESERVED_SET}/:@&=+$#[]%`],
  [LINE_END, '\r\n'],
  [IDLE, '\r\n\0'],
])

function classTable(classes: readonly (readonly [mask: number, characters: string])[]): Uint32Array {
  const table = new Uint32Array(256)
  for (const [mask, characters] of classes) {
    for (let i = 0; i < characters.length; i++) addTo(table, characters.charCodeAt(i), mask)
  }
  addTo(table, TAB, TEXT)
  addTo(table, SPACE, TEXT)
  for (let code = 0x21; code < 0x7f; code++) addTo(table, code, VISIBLE | TEXT)
  for (let code = 0x80; code <= 0xff; code++) addTo(table, code, DISPLAY | TEXT)
  return table
}

function addTo(table: Uint32Array, code: number, mask: number): void {
  table[code] = (table[code] ?? 0) | mask
}

/** Whether a UTF-16 unit is of a class. False for NaN, the unit behind the end of a string. */
export function isIn(mask: number, code: number): boolean {
  return ((CLASSES[code] as number) & mask) !== 0
}

/** The first place in `from` .. `end` that is not of the class. */
export function skipClass(mask: number, text: string, from: number, end: number): number {
  let at = from
  while (at < end && ((CLASSES[text.charCodeAt(at)] as number) & mask) !== 0) at++
  return at
}

/** As `skipClass`, and passes complete `%hh` escapes too. */
export function skipEscaped(mask: number, text: string, from: number, end: number): number {
  let at = from
  for (;;) {
    at = skipClass(mask, text, at, end)
    if (at + 2 >= end || text.charCodeAt(at) !== PERCENT || !isIn(HEX, text.charCodeAt(at + 1))) return at
    if (!isIn(HEX, text.charCodeAt(at + 2))) return at
    at += 3
  }
}

/** Whether the whole text, which is not empty, is of the class. */
export function isAll(mask: number, text: string): boolean {
  return text.length > 0 && skipClass(mask, text, 0, text.length) === text.length
}
