/**
 * Call detail rows for people: a page at a time, the latest start first.
 */
import type { Kysely } from 'kysely'
import { limitOf, readCursor, writeCursor } from '../cdr-page.ts'
import type { CdrPage, CdrQuery, Cdrs } from '../contract.ts'
import type { Cdr } from '../records.ts'
import { fromRow, type Row } from './columns.ts'
import { CDR, type Schema } from './schema.ts'

export function createCdrs(db: Kysely<Schema>): Cdrs {
  return {
    async get(legSid) {
      const row = await db.selectFrom('cdrs').selectAll().where('legSid', '=', legSid).executeTakeFirst()
      return row && cdrOf(row)
    },
    async list(query) {
      return pageOf(await select(db, query).execute(), limitOf(query))
    },
  }
}

const cdrOf = (row: Row<typeof CDR>): Cdr => fromRow(CDR, row)

/** One row more than a page has, to know whether there is another page. */
function select(db: Kysely<Schema>, query: CdrQuery) {
  const { startedFromMs, startedBeforeMs, after } = query
  const equals = (['sessionSid', 'applicationSid', 'direction', 'disposition', 'from', 'to'] as const).filter(
    field => query[field] !== undefined,
  )
  let rows = db.selectFrom('cdrs').selectAll()
  for (const field of equals) rows = rows.where(field, '=', query[field] ?? null)
  if (startedFromMs !== undefined) rows = rows.where('startedAtMs', '>=', startedFromMs)
  if (startedBeforeMs !== undefined) rows = rows.where('startedAtMs', '<', startedBeforeMs)
  if (after !== undefined) {
    const { startedAtMs, legSid } = readCursor(after)
    rows = rows.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('startedAtMs', 'legSid'), '<', tuple(startedAtMs, legSid)),
    )
  }
  return rows
    .orderBy('startedAtMs', 'desc')
    .orderBy('legSid', 'desc')
    .limit(limitOf(query) + 1)
}

function pageOf(rows: readonly Row<typeof CDR>[], limit: number): CdrPage {
  const cdrs = rows.slice(0, limit).map(cdrOf)
  const last = cdrs.at(-1)
  return rows.length > limit && last ? { cdrs, next: writeCursor(last) } : { cdrs }
}
