/**
 * Where rows go: what a backend does for the writer.
 */
import type { Cdr } from './records.ts'

export type Commit =
  | { readonly ok: true }
  /** `rejected`: one of the rows cannot be stored; the others could. */
  | { readonly ok: false; readonly code: 'unavailable' | 'rejected'; readonly message: string }

/** What a node left behind. */
export interface Abandoned {
  /** The rows that have no end. */
  readonly rows: readonly Cdr[]
  /** The last time at which the node is known to have lived; 0 if none is. */
  readonly aliveAtMs: number
}

export interface CdrSink {
  /** All or none; never throws. A row replaces an earlier one of its leg, unless that one has ended. */
  commit(rows: readonly Cdr[]): Commit
  /** The node was alive: what its open rows end with if it does not come back. Best effort; never throws. */
  beat(node: string, atMs: number): void
  abandoned(node: string): Abandoned
}
