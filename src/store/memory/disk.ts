/**
 * What a memory store holds, apart from the store: it can outlive it, as a disk outlives a process that is killed.
 */
import type { CdrSink } from '../cdr-sink.ts'
import { messageOf } from '../failure.ts'
import type { ApplicationRecord, Cdr, NumberRecord, TrunkRecord, UserRecord } from '../records.ts'

/** Given to the next store, it is what a restarted switch finds. */
export interface MemoryDisk {
  readonly applications: Map<string, ApplicationRecord>
  readonly numbers: Map<string, NumberRecord>
  readonly trunks: Map<string, TrunkRecord>
  readonly users: Map<string, UserRecord>
  readonly cdrs: Map<string, Cdr>
  /** By node. */
  readonly aliveAtMs: Map<string, number>
  /** While set, nothing can be written, and this is why: the disk is full. */
  failure: string | undefined
}

export const createMemoryDisk = (): MemoryDisk => ({
  applications: new Map(),
  numbers: new Map(),
  trunks: new Map(),
  users: new Map(),
  cdrs: new Map(),
  aliveAtMs: new Map(),
  failure: undefined,
})

/** What the owner changes afterwards is not on the disk. Throws a TypeError for what JSON cannot say. */
export const copyOf = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value))

export function createCdrSink(disk: MemoryDisk): CdrSink {
  return {
    commit(rows) {
      if (disk.failure !== undefined) return { ok: false, code: 'unavailable', message: disk.failure }
      try {
        for (const row of rows.map(copyOf))
          if (disk.cdrs.get(row.legSid)?.endedAtMs === undefined) disk.cdrs.set(row.legSid, row)
        return { ok: true }
      } catch (error) {
        return { ok: false, code: 'rejected', message: messageOf(error) }
      }
    },
    beat(node, atMs) {
      if (disk.failure === undefined) disk.aliveAtMs.set(node, atMs)
    },
    abandoned: node => ({
      rows: [...disk.cdrs.values()].filter(row => row.node === node && row.endedAtMs === undefined),
      aliveAtMs: disk.aliveAtMs.get(node) ?? 0,
    }),
  }
}
