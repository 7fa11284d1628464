/**
 * What a server needs to answer a request that it could not read (RFC 3261 sections 8.2.6.2 and 16.3).
 */
import { cursorOver, isSpace } from './cursor.ts'
import { fieldReader, readField } from './field-line.ts'
import { headerKey } from './header.ts'
import { MESSAGE_LIMITS } from './limits.ts'
import type { HeaderPairs, Via } from './message.ts'
import { isStatusLine } from './start-line.ts'
import { readVia } from './via.ts'

const COPIED: ReadonlyMap<string, string> = new Map([
  ['via', 'Via'],
  ['from', 'From'],
  ['to', 'To'],
  ['call-id', 'Call-ID'],
  ['cseq', 'CSeq'],
])

/** The top Via, and the header lines that a response copies. */
export interface ReplyHeaders {
  readonly via: Via
  readonly headers: HeaderPairs
}

/**
 * Reads them leniently from the head that begins at `start` of `text`, the latin1 reading of `bytes`: malformed lines
 * are passed over, the first From, To, Call-ID and CSeq count. Undefined where nothing may be answered.
 */
export function readReplyHeaders(bytes: Uint8Array, text: string, start: number): ReplyHeaders | undefined {
  if (isStatusLine(text, start) || isAck(text, start)) return undefined
  const headers = readCopied(bytes, text, lineAfter(text, start))
  const top = headers.find(([name]) => name === 'Via')
  const via = top && readVia(cursorOver(top[1]))
  return via && { via, headers }
}

function readCopied(bytes: Uint8Array, text: string, start: number): HeaderPairs {
  const copied: (readonly [name: string, value: string])[] = []
  const reader = fieldReader(bytes, text, start)
  for (let lines = 0; lines < MESSAGE_LIMITS.headerLines; lines++) {
    const outcome = readField(reader)
    if (outcome === 'end' || outcome === 'unfinished') break
    const name = COPIED.get(headerKey(reader.name))
    const known = copied.some(entry => entry[0] === name)
    if (outcome === 'field') {
      if (name !== undefined && (name === 'Via' || !known)) copied.push([name, reader.value])
      continue
    }
    // With the top Via gone the next one would be taken for it, and the answer sent past the sender.
    if (name === 'Via' && !known) return []
    reader.at = lineAfter(text, reader.at)
  }
  return copied
}

function isAck(text: string, start: number): boolean {
  return text.startsWith('ACK', start) && isSpace(text.charCodeAt(start + 3))
}

/** The start of the next line; the end of the text when there is none. */
function lineAfter(text: string, from: number): number {
  const lineEnd = text.indexOf('\n', from)
  return lineEnd < 0 ? text.length : lineEnd + 1
}
