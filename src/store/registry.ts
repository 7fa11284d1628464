/**
 * The stores there are. A new one is a file and an entry here; the contract tests take it from there.
 */
import type { Store, StoreOptions } from './contract.ts'
import { openMemory } from './memory.ts'
import { openSqlite } from './sqlite.ts'

export interface StoreKind {
  readonly name: string
  /** What was written is there after the process has ended. */
  readonly durable: boolean
  /** `location` is a path, a URL or nothing, as the kind wants it. Fails with the failures of its own `open`. */
  open(location: string, options: StoreOptions): Promise<Store>
}

export const STORES: readonly StoreKind[] = [
  { name: 'sqlite', durable: true, open: async (location, options) => openSqlite(location, options) },
  { name: 'memory', durable: false, open: async (_location, options) => openMemory(options) },
]
