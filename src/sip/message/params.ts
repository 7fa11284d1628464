/**
 * Header parameters, `generic-param` of RFC 3261 section 25.1.
 */
import { EQUALS, isAll, QUOTE, SEMICOLON, VALUE } from './characters.ts'
import { type Cursor, eatSeparator, peek, quote, readClass, readQuoted, readToken } from './cursor.ts'
import { MESSAGE_LIMITS } from './limits.ts'
import type { Params } from './message.ts'

export const NO_PARAMS: Params = Object.freeze([])

/** Reads `*( ; name [= value] )`, maybe none; undefined on a fault and on too many. */
export function readParams(cursor: Cursor): Params | undefined {
  if (!eatSeparator(cursor, SEMICOLON)) return NO_PARAMS
  const params: (readonly [name: string, value: string | undefined])[] = []
  do {
    const name = readToken(cursor).toLowerCase()
    if (name === '' || params.length === MESSAGE_LIMITS.params) return undefined
    if (eatSeparator(cursor, EQUALS)) {
      const value = readValue(cursor)
      if (value === undefined) return undefined
      params.push([name, value])
    } else params.push([name, undefined])
  } while (eatSeparator(cursor, SEMICOLON))
  return params
}

function readValue(cursor: Cursor): string | undefined {
  if (peek(cursor) === QUOTE) return readQuoted(cursor)
  return readClass(cursor, VALUE) || undefined
}

/** `;name=value;flag`, with quotes where the value needs them. */
export function writeParams(params: Params): string {
  let text = ''
  for (const [name, value] of params) {
    if (value === undefined) text += `;${name}`
    else text += `;${name}=${isAll(VALUE, value) ? value : quote(value)}`
  }
  return text
}

/**
 * The first parameter of that name (lower case): its value, the empty string for a flag such as `rport`, undefined
 * when there is none.
 */
export function param(params: Params, name: string): string | undefined {
  for (const entry of params) {
    if (entry[0] === name) return entry[1] ?? ''
  }
  return undefined
}
