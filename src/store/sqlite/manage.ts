/**
 * Management over SQLite, through Kysely, with errors of the database as the failures of the contract.
 */
import BetterSqlite3, { type Database } from 'better-sqlite3'
import { CamelCasePlugin, Kysely, SqliteDialect } from 'kysely'
import { Failure } from '../../base/index.ts'
import type { Cdrs, Management, Table } from '../contract.ts'
import { checkNumber, withNormalDomain } from '../directory.ts'
import { type StoreFailureCode, storeFailure } from '../failure.ts'
import type { ApplicationRecord, NumberRecord, TrunkRecord, UserKey, UserRecord } from '../records.ts'
import { createCdrs } from './cdrs.ts'
import { APPLICATION, NUMBER, type Schema, TRUNK, USER } from './schema.ts'
import { type AnySchema, createTable, type TableSpec } from './table.ts'

export interface ManagementEvents {
  /** A small table has changed. */
  changed(): void
  /** Call detail rows are about to be read. */
  reading(): void
}

export function createManagement(database: Database, events: ManagementEvents): Management {
  const dialect = new SqliteDialect({ database })
  const plugins = [new CamelCasePlugin()]
  const small = new Kysely<AnySchema>({ dialect, plugins })
  const guarded = <Stored extends object, Key>(spec: TableSpec<Stored, Key>): Table<Stored, Key> =>
    guardTable(database, createTable(small, spec), events)
  return {
    applications: guarded(APPLICATIONS),
    numbers: guarded(NUMBERS),
    trunks: guarded(TRUNKS),
    users: guarded(USERS),
    cdrs: guardCdrs(database, createCdrs(new Kysely<Schema>({ dialect, plugins })), events),
  }
}

const same = <Stored>(record: Stored): Stored => record

const APPLICATIONS: TableSpec<ApplicationRecord, string> = {
  name: 'applications',
  columns: APPLICATION,
  keyColumns: ['sid'],
  keyOf: sid => ({ sid }),
  normal: same,
}

const NUMBERS: TableSpec<NumberRecord, string> = {
  name: 'numbers',
  columns: NUMBER,
  keyColumns: ['pattern'],
  keyOf: pattern => ({ pattern }),
  normal: checkNumber,
}

const TRUNKS: TableSpec<TrunkRecord, string> = {
  name: 'trunks',
  columns: TRUNK,
  keyColumns: ['name'],
  keyOf: name => ({ name }),
  normal: same,
}

const USERS: TableSpec<UserRecord, UserKey> = {
  name: 'users',
  columns: USER,
  keyColumns: ['username', 'domain'],
  keyOf: key => ({ username: key.username, domain: key.domain.toLowerCase() }),
  normal: withNormalDomain,
}

function guardTable<Stored, Key>(
  database: Database,
  table: Table<Stored, Key>,
  { changed }: ManagementEvents,
): Table<Stored, Key> {
  return {
    list: () => guard(database, 'unavailable', () => table.list()),
    get: key => guard(database, 'unavailable', () => table.get(key)),
    put: row => guard(database, 'unknown-reference', () => table.put(row)).finally(changed),
    remove: key => guard(database, 'in-use', () => table.remove(key)).finally(changed),
  }
}

function guardCdrs(database: Database, cdrs: Cdrs, { reading }: ManagementEvents): Cdrs {
  const read = <Found>(find: () => Promise<Found>): Promise<Found> =>
    guard(database, 'unavailable', () => {
      reading()
      return find()
    })
  return { get: legSid => read(() => cdrs.get(legSid)), list: query => read(() => cdrs.list(query)) }
}

/** `reference`: what it means when a foreign key does not hold. */
async function guard<Found>(
  database: Database,
  reference: StoreFailureCode,
  run: () => Promise<Found>,
): Promise<Found> {
  if (!database.open) throw storeFailure('closed')
  try {
    return await run()
  } catch (error) {
    if (error instanceof Failure) throw error
    const broken = error instanceof BetterSqlite3.SqliteError && error.code === 'SQLITE_CONSTRAINT_FOREIGNKEY'
    throw storeFailure(broken ? reference : 'unavailable', error)
  }
}
