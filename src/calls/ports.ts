/**
 * What the calls room needs from others: who may call whom, who is where, and where records go. `main` wires it.
 */
import type { Endpoint } from '../base/index.ts'
import type { ApplicationInfo, LegInfo, Program } from '../flow/index.ts'
import type { LegStatistics } from '../media/index.ts'

export interface Arriving {
  /** User part of the Request-URI. */
  readonly to: string
  readonly from: string
  readonly source: Endpoint
}

export type Destination =
  | {
      readonly ok: true
      readonly application: ApplicationInfo
      /** Runs in place of the application's call hook. */
      readonly program?: Program
    }
  | { readonly ok: false; readonly status: number; readonly reason: string }

export interface Routes {
  /** What a new call is for. `done` runs once, perhaps before this returns. */
  destination(call: Arriving, done: (destination: Destination) => void): void
}

/** A carrier that takes calls to phone numbers. */
export interface TrunkInfo {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly auth?: { readonly username: string; readonly password: string; readonly realm?: string }
  /** Host of our From; absent: the local address. */
  readonly fromDomain?: string
  /** Numbers with their leading plus sign. */
  readonly plus: boolean
  /** Encoding names in order of preference; absent: all that we have. */
  readonly codecs?: readonly string[]
}

export interface Directory {
  /** The named trunk, or without a name the preferred outbound one. */
  trunk(name: string | undefined, done: (trunk: TrunkInfo | undefined) => void): void
  /** SIP URIs under which a user can be rung; empty when there are none. */
  contacts(user: string, done: (uris: readonly string[]) => void): void
}

export interface LegRecord {
  readonly sessionId: string
  readonly leg: LegInfo
  readonly applicationSid: string
  readonly startedAtMs: number
}

export interface LegRecordEnd {
  readonly leg: LegInfo
  readonly ringingAtMs?: number
  readonly answeredAtMs?: number
  readonly endedAtMs: number
  /** From start to end and from answer to end, measured on the monotonic clock. */
  readonly durationMs: number
  readonly answeredMs: number
  readonly media?: LegStatistics
  readonly tag: Readonly<Record<string, unknown>>
}

export interface CallRecords {
  /** `done` runs when the row is safe, or cannot be made so: the call goes on either way. */
  started(record: LegRecord, done: () => void): void
  ended(end: LegRecordEnd): void
}
