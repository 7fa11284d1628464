/**
 * The flow language: few operations on explicit handles, into which every dialect compiles. Programs are plain data.
 *
 * Names (`task`, `group`, `bridge`) are chosen by the dialect reader and are unique within a program. A leg is
 * `self`, the leg that the session runs for, or the winner of a group.
 */

export type LegRef = 'self' | { readonly winnerOf: string }

/** Where an operation comes from: for traces and problems. */
export interface Origin {
  /** JSON path in the document, `$[2]`. */
  readonly path: string
  /** The dialect's word, `gather`. */
  readonly verb: string
}

/** Something to be heard. */
export type Source =
  /** File path below the prompt directory, or http(s) URL; WAV or MP3. */
  | { readonly kind: 'audio'; readonly location: string }
  | { readonly kind: 'tone'; readonly name: 'ringback' | 'busy' | 'congestion'; readonly durationMs: number }
  /** Sinusoids that sound together, each at `levelDbm0`, on and off by turns of `cadenceMs`; `[]` is continuous. */
  | {
      readonly kind: 'cadence'
      readonly frequenciesHz: readonly number[]
      readonly levelDbm0: number
      readonly cadenceMs: readonly number[]
      readonly durationMs: number
    }
  | { readonly kind: 'sine'; readonly frequencyHz: number; readonly levelDbm0: number; readonly durationMs: number }
  | { readonly kind: 'silence'; readonly durationMs: number }

export interface HookRef {
  /** Absolute, or relative to the application's base URL. */
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly basicAuth?: { readonly username: string; readonly password: string }
}

export type Headers = Readonly<Record<string, string>>

/** Someone to ring. */
export type Target = { readonly path: string; readonly headers?: Headers } & (
  | { readonly type: 'phone'; readonly number: string; readonly trunk?: string }
  | {
      readonly type: 'sip'
      readonly uri: string
      readonly auth?: { readonly username: string; readonly password: string }
    }
  | { readonly type: 'user'; readonly name: string }
)

/** What `self` hears while a group rings (rule 8 of the jambonz notes: early media of a single target only). */
export interface Alerting {
  /** Replaces ringback and early media; repeated while the group rings, as early media if `self` is unanswered. */
  readonly music?: readonly Source[]
  /** Relay 180, and 183 with its media, of a single target. */
  readonly relay: boolean
}

/**
 * What an operation that needs a media path does to an unanswered leg: nothing, open early media (183), or answer and
 * wait for the ACK (rule R1).
 */
export type AnswerPolicy = 'none' | 'early' | 'auto'

export type Op = { readonly at: Origin } & (
  | { readonly op: 'ring'; readonly alertInfo?: string }
  | { readonly op: 'answer' }
  /** Final response before answer; on an answered leg a hang-up. Ends the program. */
  | { readonly op: 'reject'; readonly status: number; readonly reason?: string; readonly headers?: Headers }
  | { readonly op: 'hangup'; readonly leg: LegRef; readonly headers?: Headers }
  | {
      readonly op: 'originate'
      readonly group: string
      /** 1 to 10. */
      readonly targets: readonly Target[]
      /** Default: the caller ID of `self`. */
      readonly callerId?: string
      readonly callerName?: string
      readonly headers?: Headers
      /** Belongs to the group; ends unanswered legs only (rule R3). */
      readonly ringTimeoutMs: number
      readonly alerting: Alerting
    }
  | {
      readonly op: 'play'
      readonly task: string
      readonly leg: LegRef
      readonly sources: readonly Source[]
      /** 0: until stopped. */
      readonly times: number
      readonly policy: AnswerPolicy
      readonly timeoutMs?: number
    }
  | {
      readonly op: 'collect'
      readonly task: string
      readonly leg: LegRef
      readonly minDigits: number
      readonly maxDigits: number
      /** Keys that end the input and are not part of it. */
      readonly finishKeys: string
      /** Until the first digit, counted from the end of `prompt` if there is one; 0: no limit. Its end is a `timeout`. */
      readonly firstDigitTimeoutMs: number
      /** Between digits; 0: no limit. Its end gives `digits` if there are `minDigits`, else a `timeout`. */
      readonly interDigitTimeoutMs: number
      /** A play task that the first digit stops (`barge`), or during which digits are ignored. */
      readonly prompt?: { readonly task: string; readonly barge: boolean; readonly listen: boolean }
      readonly policy: AnswerPolicy
    }
  | { readonly op: 'stop'; readonly task: string }
  | {
      readonly op: 'bridge'
      readonly bridge: string
      readonly a: LegRef
      readonly b: LegRef
      /** From the moment both ends are joined (choice A27). */
      readonly limitMs?: number
    }
  /** What the leg says comes back to it, until `stop`. */
  | { readonly op: 'echo'; readonly task: string; readonly leg: LegRef; readonly policy: AnswerPolicy }
  /** Rests until one of the named tasks, groups or bridges is over, `self` has ended, or the time is up. */
  | { readonly op: 'await'; readonly until: readonly string[]; readonly timeoutMs?: number }
  /** Chooses by how a task, group or bridge ended: `won`, `completed`, `timeout` ... */
  | {
      readonly op: 'branch'
      readonly on: string
      readonly cases: Readonly<Record<string, readonly Op[]>>
      readonly otherwise?: readonly Op[]
    }
  /** `report` names the task or group whose result is sent. A flow in the reply replaces the rest of the program. */
  | {
      readonly op: 'hook'
      readonly hook: HookRef
      readonly report: HookReport
      readonly expect: 'none' | 'flow'
      /** Runs even if its verb is interrupted, with the reply ignored: the report of how the verb went (rule R6). */
      readonly always?: true
      /** A failure is traced and the program goes on: for hooks that nobody asked for, but that have a default. */
      readonly optional?: true
    }
  /** From here on: the session's tag, sent with every hook and stored in the CDR, and who hears of its legs. */
  | { readonly op: 'set'; readonly tag?: Readonly<Record<string, unknown>>; readonly statusHook?: HookRef }
  /** Ends the program now. */
  | { readonly op: 'end' }
)

export type HookReport =
  | { readonly type: 'redirect' }
  | { readonly type: 'play'; readonly task: string }
  | { readonly type: 'gather'; readonly task: string }
  | { readonly type: 'dial'; readonly group: string }

export interface Program {
  readonly dialect: string
  readonly ops: readonly Op[]
}

/** Normal form of how a leg or a dial ended (rule R5 orders the failures: busy, declined, no-answer, failed). */
export type Outcome = 'completed' | 'busy' | 'no-answer' | 'declined' | 'canceled' | 'failed' | 'error'
