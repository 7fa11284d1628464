/**
 * One kind of record in a table of its own, in single statements. Transactions are not used: one that is left open
 * across an await would take in the rows that the call path writes meanwhile.
 */
import type { Kysely } from 'kysely'
import type { Table } from '../contract.ts'
import { type Cells, type Columns, fromRow, toRow } from './columns.ts'

/** Any of the small tables: the columns are checked where they are listed, in `schema.ts`. */
export type AnySchema = Readonly<Record<string, Cells>>

export interface TableSpec<Stored, Key> {
  readonly name: string
  readonly columns: Columns
  readonly keyColumns: readonly string[]
  /** The key's value for each of them. */
  keyOf(key: Key): Readonly<Record<string, string>>
  /** What is stored of a record, or a throw. */
  normal(record: Stored): Stored
}

export function createTable<Stored extends object, Key>(
  db: Kysely<AnySchema>,
  { name, columns, keyColumns, keyOf, normal }: TableSpec<Stored, Key>,
): Table<Stored, Key> {
  const record = (row: Cells): Stored => fromRow(columns, row)
  return {
    async list() {
      let query = db.selectFrom(name).selectAll()
      for (const column of keyColumns) query = query.orderBy(column)
      return (await query.execute()).map(record)
    },
    async get(key) {
      const query = db.selectFrom(name).selectAll()
      const row = await query.where(all => all.and(keyOf(key))).executeTakeFirst()
      return row && record(row)
    },
    async put(stored) {
      const row = toRow(columns, normal(stored))
      const query = db.insertInto(name).values(row)
      await query.onConflict(conflict => conflict.columns([...keyColumns]).doUpdateSet(row)).execute()
    },
    async remove(key) {
      const query = db.deleteFrom(name)
      const { numDeletedRows } = await query.where(all => all.and(keyOf(key))).executeTakeFirst()
      return numDeletedRows > 0n
    },
  }
}
