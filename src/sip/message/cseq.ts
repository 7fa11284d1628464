import { type Cursor, cursorOver, isSpace, peek, readNumber, readToken, skipSpace } from './cursor.ts'
import type { CSeq } from './message.ts'

/** RFC 3261 section 8.1.1.5: less than 2^31. */
export const CSEQ_LIMIT = 2 ** 31 - 1

/** A CSeq value, such as `314159 INVITE` (RFC 3261 section 20.16); undefined when it is none. */
export function parseCSeq(text: string): CSeq | undefined {
  const cursor = cursorOver(text)
  const cseq = readCSeq(cursor)
  return cursor.at === cursor.end ? cseq : undefined
}

export function readCSeq(cursor: Cursor): CSeq | undefined {
  const number = readNumber(cursor, CSEQ_LIMIT)
  if (number < 0 || !isSpace(peek(cursor))) return undefined
  skipSpace(cursor)
  const method = readToken(cursor)
  return method === '' ? undefined : { number, method }
}

export function writeCSeq({ number, method }: CSeq): string {
  return `${number} ${method}`
}
