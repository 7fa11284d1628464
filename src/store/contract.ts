/**
 * What every store offers. The call path has callbacks and look-ups in memory, and no trouble of a disk throws there;
 * people and APIs have promises, which fail with a coded `Failure`.
 */
import type { Clock, Log, Metrics } from '../base/index.ts'
import type {
  ApplicationRecord,
  Cdr,
  EndedLegRecord,
  LegRecord,
  NumberRecord,
  TrunkRecord,
  UserKey,
  UserRecord,
} from './records.ts'

/** Whether a row is safe. */
export type Written =
  | { readonly ok: true }
  | {
      readonly ok: false
      /**
       * `unavailable`: disk full, locked, gone. `rejected`: the row itself cannot be stored. `overflow`: it gave way
       * to newer ones while the store was unavailable. `closed`: the store is.
       */
      readonly code: 'unavailable' | 'rejected' | 'overflow' | 'closed'
      readonly message: string
      /** It is kept in memory and will be tried again. */
      readonly queued: boolean
    }

/** The number that matched, and its application. */
export interface Route {
  readonly number: NumberRecord
  readonly application: ApplicationRecord
}

export type Routed =
  /** No route: nobody has the number. */
  | { readonly ok: true; readonly route: Route | undefined }
  | { readonly ok: false; readonly code: 'unavailable' | 'closed'; readonly message: string }

/** For the path of a call. Every `done` runs once; those about writes never synchronously. */
export interface CallStore {
  /** The row of a leg, before its first provisional response. `done` after it is safe, or at once known not to be. */
  callStarted(leg: LegRecord, done: (result: Written) => void): void
  /** Optional, so that the row of a switch that crashes says when the leg rang and was answered. */
  callAnswered(leg: LegRecord, done?: (result: Written) => void): void
  /** The whole row, so that nothing is missing if an earlier write was lost. The first end of a leg stays. */
  callEnded(leg: EndedLegRecord, done?: (result: Written) => void): void
  /** An exact pattern before the longest beginning. From memory: `done` runs before this returns. */
  routeNumber(number: string, done: (result: Routed) => void): void
  application(sid: string): ApplicationRecord | undefined
  trunk(name: string): TrunkRecord | undefined
  /** By priority, then by name. */
  trunks(): readonly TrunkRecord[]
  user(username: string, domain: string): UserRecord | undefined
}

/** One kind of record. `put` creates or replaces. */
export interface Table<Row, Key = string> {
  /** In the order of the keys. */
  list(): Promise<readonly Row[]>
  get(key: Key): Promise<Row | undefined>
  put(row: Row): Promise<void>
  /** Whether there was one. */
  remove(key: Key): Promise<boolean>
}

/** Every field that is given must match. */
export interface CdrQuery {
  readonly sessionSid?: string
  readonly applicationSid?: string
  readonly direction?: Cdr['direction']
  readonly disposition?: NonNullable<Cdr['disposition']>
  readonly from?: string
  readonly to?: string
  /** Inclusive. */
  readonly startedFromMs?: number
  /** Exclusive. */
  readonly startedBeforeMs?: number
  /** At most this many rows; 100 when absent, 1000 at most. */
  readonly limit?: number
  /** `next` of the page before. */
  readonly after?: string
}

/** The latest start first. */
export interface CdrPage {
  readonly cdrs: readonly Cdr[]
  /** Absent on the last page. */
  readonly next?: string
}

/** Sees every row that was written, also those of the last milliseconds. */
export interface Cdrs {
  get(legSid: string): Promise<Cdr | undefined>
  list(query: CdrQuery): Promise<CdrPage>
}

/**
 * For people and APIs. The promises fail with `closed`, `unavailable`, and
 * - `bad-number-pattern`: no character, more than 64, or a space;
 * - `unknown-reference`: a number of an application or trunk that does not exist;
 * - `in-use`: removing an application or trunk that a number has;
 * - `bad-cursor`: an `after` that no page gave.
 */
export interface Management {
  readonly applications: Table<ApplicationRecord>
  readonly numbers: Table<NumberRecord>
  readonly trunks: Table<TrunkRecord>
  readonly users: Table<UserRecord, UserKey>
  readonly cdrs: Cdrs
}

export interface StoreHealth {
  /** Rows in memory that are not yet safe. */
  readonly pending: number
  /** Rows that were given up since the store was opened. */
  readonly lost: number
  /** The last write failed, and it is tried again from time to time. */
  readonly failing: boolean
}

export interface Store extends CallStore {
  readonly manage: Management
  health(): StoreHealth
  /** Writes what is pending, if it can. Idempotent. */
  close(): Promise<void>
}

export interface StoreOptions {
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  /**
   * This switch's name: its rows that a crash left open are closed now. A tool that opens the store of a running
   * switch gives none, and writes no calls.
   */
  readonly node?: string
  /** Least time between two commits of rows that somebody waits for; 12 when absent. */
  readonly commitIntervalMs?: number
}
