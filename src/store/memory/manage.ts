/**
 * Management over the maps of a memory store.
 */
import { limitOf, readCursor, writeCursor } from '../cdr-page.ts'
import type { CdrPage, CdrQuery, Cdrs, Management, Table } from '../contract.ts'
import { checkNumber, compare, userKey, withNormalDomain } from '../directory.ts'
import { storeFailure } from '../failure.ts'
import type { Cdr, NumberRecord, UserKey } from '../records.ts'
import { copyOf, type MemoryDisk } from './disk.ts'

/** Both throw the failure that a call must end with. */
export interface MemoryGate {
  reading(): void
  changing(): void
}

export function createManagement(disk: MemoryDisk, gate: MemoryGate): Management {
  const inUse = (names: (number: NumberRecord) => boolean): void => {
    if ([...disk.numbers.values()].some(names)) throw storeFailure('in-use')
  }
  return {
    applications: createTable(disk.applications, gate, {
      keyOf: sid => sid,
      keyIn: application => application.sid,
      beforeRemove: sid => inUse(number => number.applicationSid === sid),
    }),
    numbers: createTable(disk.numbers, gate, {
      keyOf: pattern => pattern,
      keyIn: number => number.pattern,
      normal: number => checkReferences(disk, checkNumber(number)),
    }),
    trunks: createTable(disk.trunks, gate, {
      keyOf: name => name,
      keyIn: trunk => trunk.name,
      beforeRemove: name => inUse(number => number.trunk === name),
    }),
    users: createTable(disk.users, gate, {
      keyOf: ({ username, domain }: UserKey) => userKey(username, domain),
      keyIn: ({ username, domain }) => userKey(username, domain),
      normal: withNormalDomain,
    }),
    cdrs: createCdrs(disk.cdrs, gate),
  }
}

function checkReferences(disk: MemoryDisk, number: NumberRecord): NumberRecord {
  const known =
    disk.applications.has(number.applicationSid) && (number.trunk === undefined || disk.trunks.has(number.trunk))
  if (!known) throw storeFailure('unknown-reference')
  return number
}

interface TableSpec<Row, Key> {
  keyOf(key: Key): string
  keyIn(row: Row): string
  normal?(row: Row): Row
  beforeRemove?(key: Key): void
}

function createTable<Row, Key>(
  rows: Map<string, Row>,
  gate: MemoryGate,
  { keyOf, keyIn, normal = row => row, beforeRemove = () => {} }: TableSpec<Row, Key>,
): Table<Row, Key> {
  return {
    async list() {
      gate.reading()
      return [...rows].sort(([a], [b]) => compare(a, b)).map(([, row]) => row)
    },
    async get(key) {
      gate.reading()
      return rows.get(keyOf(key))
    },
    async put(row) {
      gate.changing()
      rows.set(keyIn(row), copyOf(normal(row)))
    },
    async remove(key) {
      gate.changing()
      if (rows.has(keyOf(key))) beforeRemove(key)
      return rows.delete(keyOf(key))
    },
  }
}

function createCdrs(cdrs: ReadonlyMap<string, Cdr>, gate: MemoryGate): Cdrs {
  return {
    async get(legSid) {
      gate.reading()
      return cdrs.get(legSid)
    },
    async list(query) {
      gate.reading()
      return pageOf([...cdrs.values()], query)
    },
  }
}

function pageOf(rows: readonly Cdr[], query: CdrQuery): CdrPage {
  const cursor = query.after === undefined ? undefined : readCursor(query.after)
  const found = rows
    .filter(row => matches(row, query) && (cursor === undefined || latestFirst(row, cursor) > 0))
    .sort(latestFirst)
  const cdrs = found.slice(0, limitOf(query))
  const last = cdrs.at(-1)
  return last && cdrs.length < found.length ? { cdrs, next: writeCursor(last) } : { cdrs }
}

type Start = Pick<Cdr, 'startedAtMs' | 'legSid'>

const latestFirst = (a: Start, b: Start): number => b.startedAtMs - a.startedAtMs || compare(b.legSid, a.legSid)

function matches(row: Cdr, query: CdrQuery): boolean {
  const { startedFromMs = 0, startedBeforeMs = Number.POSITIVE_INFINITY } = query
  const equal = (['sessionSid', 'applicationSid', 'direction', 'disposition', 'from', 'to'] as const).every(
    field => query[field] === undefined || query[field] === row[field],
  )
  return equal && row.startedAtMs >= startedFromMs && row.startedAtMs < startedBeforeMs
}
