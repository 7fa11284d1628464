/**
 * The store of a switch that runs by itself: one file of SQLite, in write-ahead mode.
 */
import BetterSqlite3, { type Database } from 'better-sqlite3'
import { Failure } from '../base/index.ts'
import { createCallPath } from './call-path.ts'
import { CdrWriter } from './cdr-writer.ts'
import type { Store, StoreOptions } from './contract.ts'
import { closeAbandoned } from './crash.ts'
import { storeFailure } from './failure.ts'
import { createCdrSink } from './sqlite/cdr-sink.ts'
import { createDirectoryCache } from './sqlite/directory-cache.ts'
import { createManagement } from './sqlite/manage.ts'
import { migrate } from './sqlite/migrations.ts'

/** While opening, another process may be migrating. */
const OPEN_TIMEOUT_MS = 5_000
/** Afterwards a lock holds up every call: the row is tried again later instead. */
const BUSY_TIMEOUT_MS = 50

/**
 * `path`: a file, made when there is none, or `:memory:`. Throws the failures `unreadable`, `schema-too-new` and
 * `unavailable`.
 */
export function openSqlite(path: string, options: StoreOptions): Store {
  const database = openDatabase(path)
  try {
    return createSqliteStore(database, options)
  } catch (error) {
    database.close()
    throw error instanceof Failure ? error : storeFailure('unreadable', error)
  }
}

/** Takes the database over: `close` of the store closes it. */
export function createSqliteStore(database: Database, options: StoreOptions): Store {
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  database.pragma('foreign_keys = ON')
  migrate(database, options.clock.wallMs())
  const sink = createCdrSink(database)
  if (options.node !== undefined) {
    const rows = closeAbandoned(sink, options.node)
    if (rows > 0) options.log.warn({ rows }, 'calls of this node were open when it last ended; their rows are closed')
  }
  database.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
  const writer = new CdrWriter(sink, options)
  const cache = createDirectoryCache(database, options.clock, options.log)
  return {
    ...createCallPath(() => cache.current(), writer, options),
    manage: createManagement(database, { changed: () => cache.invalidate(), reading: () => writer.drain() }),
    health: () => writer.health(),
    async close() {
      writer.close()
      database.close()
    },
  }
}

function openDatabase(path: string): Database {
  try {
    return new BetterSqlite3(path, { timeout: OPEN_TIMEOUT_MS })
  } catch (error) {
    throw storeFailure('unreadable', error)
  }
}
