/**
 * Header lines: names, folding, line ends (RFC 3261 sections 7.3.1 and 25.1).
 *
 * Lines end in CR LF and nothing else. A lone CR or LF is a fault: elements that see a line end in it and elements
 * that do not would read different messages.
 */
import { COLON, CR, DELETE, LF, SPACE, skipClass, TAB, TOKEN } from './characters.ts'
import { isLineBreak, isSpace, skipSpaceFrom, spaceStart, trimSpace } from './cursor.ts'
import { MESSAGE_LIMITS } from './limits.ts'
import { badCharacter } from './text.ts'

/** Where reading stands, and the field read last. */
export interface FieldReader {
  /** The same octets twice: runs of text are measured on the bytes, which takes half the time. */
  readonly bytes: Uint8Array
  readonly text: string
  /** Start of the next line; after a fault, where it was seen. */
  at: number
  /** As written; after a fault as much of it as there was. */
  name: string
  value: string
  /** Where the value begins in the text, and where it ends when it is not folded. */
  valueAt: number
  valueEnd: number
  folded: boolean
}

/** `unfinished`: the text ends before the empty line does. */
export type FieldOutcome = 'field' | 'end' | 'malformed' | 'too-long' | 'unfinished'

/** `text` has the octets of `bytes`, or the first of them. */
export function fieldReader(bytes: Uint8Array, text: string, at: number): FieldReader {
  return { bytes, text, at, name: '', value: '', valueAt: at, valueEnd: at, folded: false }
}

/** Reads the next header field, or the empty line (`end`). */
export function readField(reader: FieldReader): FieldOutcome {
  const { text, at: start } = reader
  if (text.charCodeAt(start) === CR && text.charCodeAt(start + 1) === LF) {
    reader.at = start + 2
    return 'end'
  }
  const nameEnd = skipClass(TOKEN, text, start, text.length)
  const colon = skipSpaceFrom(text, nameEnd, text.length)
  reader.name = text.slice(start, nameEnd)
  if (nameEnd === start || text.charCodeAt(colon) !== COLON) return faultAt(reader, colon)
  const outcome = readValue(reader, skipSpaceFrom(text, colon + 1, text.length))
  if (outcome !== 'field' || reader.at - start <= MESSAGE_LIMITS.lineOctets) return outcome
  reader.at = start
  return 'too-long'
}

function readValue(reader: FieldReader, valueAt: number): FieldOutcome {
  const { bytes, text } = reader
  let controls = false
  reader.folded = false
  for (let at = valueAt; ; at++) {
    at = skipText(bytes, at, text.length)
    if (text.charCodeAt(at) === CR && text.charCodeAt(at + 1) === LF) {
      if (!isSpace(text.charCodeAt(at + 2))) return takeValue(reader, valueAt, at, controls)
      reader.folded = true
      at += 2
    } else if (at >= text.length || isLineBreak(text.charCodeAt(at))) return faultAt(reader, at)
    else controls = true
  }
}

/** The next control character that is no tab, or the end. */
function skipText(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    const octet = bytes[at] as number
    if (octet < SPACE ? octet !== TAB : octet === DELETE) return at
  }
  return end
}

function takeValue(reader: FieldReader, start: number, lineEnd: number, controls: boolean): FieldOutcome {
  const { text } = reader
  const end = spaceStart(text, start, lineEnd)
  const value = text.slice(start, end)
  reader.value = reader.folded ? unfold(value) : value
  reader.valueAt = start
  reader.valueEnd = end
  reader.at = lineEnd + 2
  if (!controls || badCharacter(reader.value) < 0) return 'field'
  reader.at = start
  return 'malformed'
}

/** Each fold, with the white space around it, is one space. */
function unfold(value: string): string {
  return value
    .split('\r\n')
    .map(trimSpace)
    .filter(line => line !== '')
    .join(' ')
}

function faultAt(reader: FieldReader, at: number): FieldOutcome {
  reader.at = at
  return at >= reader.text.length - 1 ? 'unfinished' : 'malformed'
}
