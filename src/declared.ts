/**
 * What the configuration declares, kept in the store for as long as it is declared. Everything else in the store,
 * made through an API or a command, stays as it is.
 */
import type { Log } from './base/index.ts'
import type {
  ApplicationRecord,
  Management,
  NumberRecord,
  Table,
  TrunkRecord,
  UserKey,
  UserRecord,
} from './store/index.ts'

export interface Declarations {
  readonly applications: readonly ApplicationRecord[]
  readonly numbers: readonly NumberRecord[]
  readonly trunks: readonly TrunkRecord[]
  readonly users: readonly UserRecord[]
}

/** The keys of what was declared: remembered from one start to the next. */
export interface DeclaredKeys {
  readonly applications: readonly string[]
  readonly numbers: readonly string[]
  readonly trunks: readonly string[]
  readonly users: readonly UserKey[]
}

export const NOTHING_DECLARED: DeclaredKeys = { applications: [], numbers: [], trunks: [], users: [] }

export const keysOf = ({ applications, numbers, trunks, users }: Declarations): DeclaredKeys => ({
  applications: applications.map(({ sid }) => sid),
  numbers: numbers.map(({ pattern }) => pattern),
  trunks: trunks.map(({ name }) => name),
  users: users.map(({ username, domain }) => ({ username, domain })),
})

/** Writes what is declared and removes what no longer is. Fails with the failures of the store. */
export async function declare(store: Management, now: Declarations, before: DeclaredKeys, log: Log): Promise<void> {
  const current = keysOf(now)
  // Numbers name applications and trunks: these come before them and go after them.
  await putAll(store.applications, now.applications)
  await putAll(store.trunks, now.trunks)
  await putAll(store.numbers, now.numbers)
  await putAll(store.users, now.users)
  await removeAll(store.numbers, gone(before.numbers, current.numbers), log)
  await removeAll(store.users, gone(before.users, current.users), log)
  await removeAll(store.applications, gone(before.applications, current.applications), log)
  await removeAll(store.trunks, gone(before.trunks, current.trunks), log)
}

async function putAll<Row, Key>(table: Table<Row, Key>, rows: readonly Row[]): Promise<void> {
  for (const row of rows) await table.put(row)
}

/** One that somebody else has come to use stays. */
async function removeAll<Row, Key>(table: Table<Row, Key>, keys: readonly Key[], log: Log): Promise<void> {
  for (const key of keys) {
    try {
      await table.remove(key)
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== 'in-use') throw error
      log.warn({ key }, 'No longer in the configuration, but still in use: kept')
    }
  }
}

function gone<Key>(before: readonly Key[], now: readonly Key[]): readonly Key[] {
  const kept = new Set(now.map(key => JSON.stringify(key)))
  return before.filter(key => !kept.has(JSON.stringify(key)))
}
