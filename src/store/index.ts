export type {
  CallStore,
  Management,
  Routed,
  Store,
  StoreOptions,
  Table,
  Written,
} from './contract.ts'

export { createMemoryDisk } from './memory/disk.ts'
export { openMemory } from './memory.ts'
export type {
  ApplicationRecord,
  Cdr,
  EndedLegRecord,
  Hook,
  LegRecord,
  NumberRecord,
  TrunkRecord,
  UserKey,
  UserRecord,
} from './records.ts'
export { STORES } from './registry.ts'
export { openSqlite } from './sqlite.ts'
