export type {
  CallStore,
  CdrPage,
  CdrQuery,
  Cdrs,
  Management,
  Route,
  Routed,
  Store,
  StoreHealth,
  StoreOptions,
  Table,
  Written,
} from './contract.ts'
export type { StoreFailureCode } from './failure.ts'
export { createMemoryDisk, type MemoryDisk } from './memory/disk.ts'
export { openMemory } from './memory.ts'
export type {
  ApplicationRecord,
  Cdr,
  Disposition,
  EndedLegRecord,
  Hook,
  LegEnd,
  LegRecord,
  NumberRecord,
  TrunkRecord,
  UserKey,
  UserRecord,
} from './records.ts'
export { STORES, type StoreKind } from './registry.ts'
export { openSqlite } from './sqlite.ts'
