/**
 * What the store keeps, as plain data. Times named `...AtMs` are wall-clock milliseconds since 1970, durations come
 * from the monotonic clock. `unknown` stands for anything that JSON can say.
 */

/** Where an application is asked. `username` and `password` are for HTTP basic authentication. */
export interface Hook {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly username?: string
  readonly password?: string
}

export interface ApplicationRecord {
  readonly sid: string
  readonly accountSid: string
  readonly name: string
  /** Asked what to do with a call. Absent: the built-in program of `programName` runs. */
  readonly callHook?: Hook
  /** Told how the call goes. */
  readonly callStatusHook?: Hook
  /** Signs the requests to both hooks. */
  readonly secret?: string
  /** What a call does when the hook fails for good. */
  readonly fallbackDocument?: unknown
  /** A program that comes with the switch: echo, menu ... */
  readonly programName?: string
}

export interface NumberRecord {
  /**
   * The number as it is dialled, `+4512345678`, `8000` or `*97`; with a star at its end the beginning of many: `+45*`,
   * and `*` is every number.
   */
  readonly pattern: string
  readonly applicationSid: string
  /** The trunk over which calls to it come; absent: any. */
  readonly trunk?: string
}

export interface TrunkRecord {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly username?: string
  readonly password?: string
  /** Challenges of other realms are not answered. */
  readonly realm?: string
  /** Whether calls may leave over it. */
  readonly outbound: boolean
  /** As in SRV records (RFC 2782): the lowest is tried first, equals share by weight. */
  readonly priority: number
  readonly weight: number
  /** How it wants E.164 numbers written. */
  readonly numberFormat: 'plus' | 'no-plus' | 'as-dialled'
  /** Host part of From, when the trunk insists on one. */
  readonly fromDomain?: string
  /** Encoding names that are offered to it, in order of preference; absent: all that there are. */
  readonly codecs?: readonly string[]
  /** IP addresses, beside those in SDP, from which its media may come. */
  readonly mediaSources: readonly string[]
}

export interface UserRecord {
  readonly username: string
  /** Compared without regard to case. */
  readonly domain: string
  /** HA1 of digest authentication (RFC 7616 section 3.4.2) in hexadecimal, by algorithm; absent: may not register. */
  readonly secret?: { readonly md5?: string; readonly sha256?: string }
  /** URI of a device that does not register. */
  readonly contact?: string
}

export type UserKey = Pick<UserRecord, 'username' | 'domain'>

/** What is known of a leg while it lives. The first seven fields are the same in every row that is given of a leg. */
export interface LegRecord {
  readonly legSid: string
  /** The session it began in. */
  readonly sessionSid: string
  /** The leg for whose sake this one was called. */
  readonly parentLegSid?: string
  readonly direction: 'inbound' | 'outbound'
  readonly from: string
  readonly to: string
  readonly startedAtMs: number
  /** Empty until the INVITE of an outbound leg is written. */
  readonly sipCallId: string
  readonly tag?: unknown
  readonly applicationSid?: string
  readonly trunk?: string
  readonly ringingAtMs?: number
  readonly answeredAtMs?: number
}

export type Disposition =
  | 'completed'
  | 'busy'
  | 'no-answer'
  | 'declined'
  | 'canceled'
  | 'failed'
  | 'error'
  /** The switch ended before the leg did; written when it is back. */
  | 'node_crash'

/** How a leg ended. */
export interface LegEnd {
  readonly endedAtMs: number
  /** From start to end. */
  readonly durationMs: number
  /** From answer to end; 0 without an answer. */
  readonly billedMs: number
  readonly disposition: Disposition
  readonly sipStatus?: number
  readonly sipReason?: string
  readonly endedBy: 'caller' | 'callee' | 'switch'
  /** In words: `media_timeout`, `timer B on INVITE`. */
  readonly cause?: string
  /** Statistics of the media. */
  readonly media?: unknown
}

export type EndedLegRecord = LegRecord & LegEnd

/** The one row of a leg: how it ended is missing until it has. */
export interface Cdr extends LegRecord, Partial<LegEnd> {
  /** The switch that has, or had, the leg. */
  readonly node: string
}
