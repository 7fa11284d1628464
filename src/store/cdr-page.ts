/**
 * Pages of call detail rows: their size and the cursor between them.
 */
import type { CdrQuery } from './contract.ts'
import { storeFailure } from './failure.ts'
import type { Cdr } from './records.ts'

/** The last row of the page before. */
export interface Cursor {
  readonly startedAtMs: number
  readonly legSid: string
}

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1000

export const limitOf = ({ limit = DEFAULT_LIMIT }: CdrQuery): number => Math.max(1, Math.min(limit, MAX_LIMIT))

export const writeCursor = ({ startedAtMs, legSid }: Cdr): string => `${startedAtMs}.${legSid}`

/** Throws the failure `bad-cursor`. */
export function readCursor(text: string): Cursor {
  const [, startedAtMs, legSid] = /^(\d{1,15})\.(.+)$/s.exec(text) ?? []
  if (startedAtMs === undefined || legSid === undefined) throw storeFailure('bad-cursor')
  return { startedAtMs: Number(startedAtMs), legSid }
}
