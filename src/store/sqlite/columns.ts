/**
 * How a record becomes a row and a row a record. A table is described once, by the kinds of its columns; the types
 * that Kysely checks queries against follow from that.
 */

export type Kind = 'text' | 'integer' | 'boolean' | 'json'

export type Columns = Readonly<Record<string, Kind>>

export type Cell = string | number | null

export type Cells = Readonly<Record<string, Cell>>

/** An absent field is NULL. */
export type Row<C extends Columns> = {
  [Name in keyof C]: (C[Name] extends 'integer' | 'boolean' ? number : string) | null
}

/** The name of a column is that of its field in snake case, in quotes: `from` and `to` are words of SQL. */
export const quoted = (field: string): string => `"${field.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)}"`

/** A query for rows whose keys are the fields' names. */
export const selectRows = (table: string, columns: Columns): string =>
  `SELECT ${Object.keys(columns)
    .map(field => `${quoted(field)} AS "${field}"`)
    .join(', ')} FROM ${table}`

/** Throws a TypeError for what JSON cannot say. */
export function toRow(columns: Columns, record: object): Cells {
  const fields = new Map<string, unknown>(Object.entries(record))
  return Object.fromEntries(Object.entries(columns).map(([field, kind]) => [field, toCell(kind, fields.get(field))]))
}

/** The caller knows which record the table holds. */
export function fromRow<Stored>(columns: Columns, row: Cells): Stored {
  const fields = Object.entries(columns).flatMap(([field, kind]) => {
    const cell = row[field] ?? null
    return cell === null ? [] : [[field, fromCell(kind, cell)]]
  })
  return Object.fromEntries(fields) as Stored
}

export function toCell(kind: Kind, value: unknown): Cell {
  if (value === undefined || value === null) return null
  switch (kind) {
    case 'text':
      return value as string
    case 'integer':
      return Math.round(value as number)
    case 'boolean':
      return value === true ? 1 : 0
    case 'json':
      return JSON.stringify(value) ?? null
  }
}

function fromCell(kind: Kind, cell: string | number): unknown {
  if (kind === 'boolean') return cell === 1
  return kind === 'json' ? JSON.parse(cell as string) : cell
}
