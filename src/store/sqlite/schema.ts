/**
 * The tables as they are after the last migration.
 */
import type { ApplicationRecord, Cdr, LegEnd, LegRecord, NumberRecord, TrunkRecord, UserRecord } from '../records.ts'
import type { Kind, Row } from './columns.ts'

/** Every field of a record, once. */
type ColumnsOf<Stored> = { readonly [Name in keyof Required<Stored>]: Kind }

export const APPLICATION = {
  sid: 'text',
  accountSid: 'text',
  name: 'text',
  callHook: 'json',
  callStatusHook: 'json',
  secret: 'text',
  fallbackDocument: 'json',
  programName: 'text',
} as const satisfies ColumnsOf<ApplicationRecord>

export const NUMBER = {
  pattern: 'text',
  applicationSid: 'text',
  trunk: 'text',
} as const satisfies ColumnsOf<NumberRecord>

export const TRUNK = {
  name: 'text',
  host: 'text',
  port: 'integer',
  username: 'text',
  password: 'text',
  realm: 'text',
  outbound: 'boolean',
  priority: 'integer',
  weight: 'integer',
  numberFormat: 'text',
  fromDomain: 'text',
  codecs: 'json',
  mediaSources: 'json',
} as const satisfies ColumnsOf<TrunkRecord>

export const USER = {
  username: 'text',
  domain: 'text',
  secret: 'json',
  contact: 'text',
} as const satisfies ColumnsOf<UserRecord>

const LEG_START = {
  legSid: 'text',
  sessionSid: 'text',
  parentLegSid: 'text',
  direction: 'text',
  node: 'text',
  from: 'text',
  to: 'text',
  startedAtMs: 'integer',
} as const

/** The columns that a later row of the same leg may change; no index has one, so that this is cheap. */
export const LEG_COURSE = {
  sipCallId: 'text',
  tag: 'json',
  applicationSid: 'text',
  trunk: 'text',
  ringingAtMs: 'integer',
  answeredAtMs: 'integer',
  endedAtMs: 'integer',
  durationMs: 'integer',
  billedMs: 'integer',
  disposition: 'text',
  sipStatus: 'integer',
  sipReason: 'text',
  endedBy: 'text',
  cause: 'text',
  media: 'json',
} as const satisfies Partial<ColumnsOf<LegRecord & LegEnd>>

export const CDR = { ...LEG_START, ...LEG_COURSE } as const satisfies ColumnsOf<Cdr>

export interface Schema {
  readonly applications: Row<typeof APPLICATION>
  readonly numbers: Row<typeof NUMBER>
  readonly trunks: Row<typeof TRUNK>
  readonly users: Row<typeof USER>
  readonly cdrs: Row<typeof CDR>
}
