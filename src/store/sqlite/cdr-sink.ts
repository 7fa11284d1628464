/**
 * Call detail rows into SQLite, through statements that are compiled once.
 */
import BetterSqlite3, { type Database } from 'better-sqlite3'
import type { CdrSink, Commit } from '../cdr-sink.ts'
import { messageOf } from '../failure.ts'
import type { Cdr } from '../records.ts'
import { type Cell, type Cells, fromRow, type Kind, quoted, selectRows, toCell } from './columns.ts'
import { CDR, LEG_COURSE } from './schema.ts'

const FIELDS = Object.entries(CDR) as readonly (readonly [keyof Cdr, Kind])[]

const assignment = (field: string): string => `${quoted(field)} = excluded.${quoted(field)}`

const UPSERT = `
  INSERT INTO cdrs (${FIELDS.map(([field]) => quoted(field)).join(', ')})
  VALUES (${FIELDS.map(() => '?').join(', ')})
  ON CONFLICT (leg_sid) DO UPDATE SET ${Object.keys(LEG_COURSE).map(assignment).join(', ')}
  WHERE cdrs.ended_at_ms IS NULL`

export function createCdrSink(database: Database): CdrSink {
  const upsert = database.prepare<Cell[]>(UPSERT)
  const beat = database.prepare<[string, number]>(
    'INSERT INTO nodes VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET alive_at_ms = excluded.alive_at_ms',
  )
  const aliveAt = database.prepare<[string], number>('SELECT alive_at_ms FROM nodes WHERE name = ?').pluck()
  const open = database.prepare<[string], Cells>(`${selectRows('cdrs', CDR)} WHERE node = ? AND ended_at_ms IS NULL`)
  const upsertAll = database.transaction((rows: readonly Cdr[]) => {
    for (const row of rows) upsert.run(...FIELDS.map(([field, kind]) => toCell(kind, row[field])))
  })
  return {
    commit(rows) {
      try {
        upsertAll.immediate(rows)
        return { ok: true }
      } catch (error) {
        return failedCommit(error)
      }
    },
    beat(node, atMs) {
      try {
        beat.run(node, atMs)
      } catch {
        // The next row to be written meets the same trouble, and that is reported.
      }
    },
    abandoned: node => ({
      rows: open.all(node).map(row => fromRow<Cdr>(CDR, row)),
      aliveAtMs: aliveAt.get(node) ?? 0,
    }),
  }
}

/** The result codes that are about what was to be stored, not about where. */
const ROW_CODES = /^SQLITE_(?:CONSTRAINT|MISMATCH|TOOBIG|RANGE)/

function failedCommit(error: unknown): Commit {
  // Any other error was thrown while a value became a cell or was bound.
  const rejected = !(error instanceof BetterSqlite3.SqliteError) || ROW_CODES.test(error.code)
  return { ok: false, code: rejected ? 'rejected' : 'unavailable', message: messageOf(error) }
}
