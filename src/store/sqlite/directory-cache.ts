/**
 * The small tables in memory, read again when anyone has changed them.
 */
import type { Database } from 'better-sqlite3'
import type { Clock, Log } from '../../base/index.ts'
import { createDirectory, type Directory } from '../directory.ts'
import { messageOf, storeFailure } from '../failure.ts'
import type { ApplicationRecord, NumberRecord, TrunkRecord, UserRecord } from '../records.ts'
import { type Cells, type Columns, fromRow, selectRows } from './columns.ts'
import { APPLICATION, NUMBER, TRUNK, USER } from './schema.ts'

export interface DirectoryCache {
  /** Throws the failures `closed`, and `unavailable` when the tables could never be read. */
  current(): Directory
  /** After a change through this connection. */
  invalidate(): void
}

/** How long a change of another process may go unseen: asking costs as much as a look-up. */
const LOOK_EVERY_MS = 200

export function createDirectoryCache(database: Database, clock: Clock, log: Log): DirectoryCache {
  const read = reader(database)
  // Goes up with every change that another connection commits, such as that of a command-line tool.
  const dataVersion = database.prepare<[], number>('PRAGMA data_version').pluck()
  let cached: { readonly directory: Directory; readonly version: number | undefined } | undefined
  let failing = false
  let lookedMs = Number.NEGATIVE_INFINITY

  const refresh = (): Directory => {
    const now = clock.now()
    if (cached?.version !== undefined && now - lookedMs < LOOK_EVERY_MS) return cached.directory
    lookedMs = now
    const version = dataVersion.get()
    if (cached === undefined || cached.version !== version) cached = { directory: read(), version }
    failing = false
    return cached.directory
  }
  return {
    current() {
      if (!database.open) throw storeFailure('closed')
      try {
        return refresh()
      } catch (error) {
        if (cached === undefined) throw storeFailure('unavailable', error)
        if (!failing) log.error({ message: messageOf(error) }, 'the store cannot be read; calls use what it said last')
        failing = true
        return cached.directory
      }
    },
    invalidate() {
      if (cached) cached = { ...cached, version: undefined }
    },
  }
}

function reader(database: Database): () => Directory {
  const rowsOf = <Stored>(table: string, columns: Columns): (() => readonly Stored[]) => {
    const statement = database.prepare<[], Cells>(selectRows(table, columns))
    return () => statement.all().map(row => fromRow<Stored>(columns, row))
  }
  const applications = rowsOf<ApplicationRecord>('applications', APPLICATION)
  const numbers = rowsOf<NumberRecord>('numbers', NUMBER)
  const trunks = rowsOf<TrunkRecord>('trunks', TRUNK)
  const users = rowsOf<UserRecord>('users', USER)
  return () => createDirectory({ applications: applications(), numbers: numbers(), trunks: trunks(), users: users() })
}
