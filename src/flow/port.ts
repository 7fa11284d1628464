/**
 * What a flow may do to a call (CallEffect), what it hears (SessionEvent), and how it asks the application (Ask).
 * Flow knows no SIP message, no RTP packet and no HTTP.
 */
import type { Problem } from '../base/index.ts'
import type { Alerting, Headers, HookRef, Outcome, Program, Source, Target } from './program.ts'

export type LegId = string

/** Snapshot of a leg, as the application may see it. */
export interface LegInfo {
  /** UUID. */
  readonly id: LegId
  readonly parentId?: LegId
  readonly direction: 'inbound' | 'outbound'
  /** SIP Call-ID. */
  readonly callId: string
  /** Numbers as `+E.164` where they are numbers, else the user part or URI. */
  readonly from: string
  readonly to: string
  readonly callerName?: string
  readonly state: 'trying' | 'ringing' | 'early' | 'up' | 'ended'
  /** The last final or provisional status of the INVITE. */
  readonly sipStatus: number
  readonly sipReason: string
  /** Where the INVITE came from or went to. */
  readonly peerAddress: string
  readonly trunk?: string
  /** The INVITE of an inbound leg: method, Request-URI, header names in lower case with their values, body as text. */
  readonly sip?: {
    readonly method: string
    readonly uri: string
    readonly headers: readonly (readonly [name: string, value: string])[]
    readonly body: string
  }
  /** Set when ended. */
  readonly outcome?: Outcome | undefined
  readonly endedBy?: 'caller' | 'callee' | 'switch' | undefined
  /** From answer to end; 0 when never answered. */
  readonly durationMs?: number | undefined
  /** A sentence: `timer B on INVITE`, `no outbound trunk`. */
  readonly cause?: string | undefined
}

/** Effects on the call. Each names what it is about; results come back as events with the same name. */
export type CallEffect =
  | { readonly type: 'ring'; readonly leg: LegId; readonly alertInfo?: string }
  /** 183 with our description: opens the media path before the answer. A `leg` event with state early, up or ended follows. */
  | { readonly type: 'early'; readonly leg: LegId }
  /** 200; a `leg` event with state up follows when it is acknowledged, with state ended if it never is. */
  | { readonly type: 'answer'; readonly leg: LegId }
  | {
      readonly type: 'reject'
      readonly leg: LegId
      readonly status: number
      readonly reason?: string
      readonly headers?: Headers
    }
  /** BYE, CANCEL or a final response, by state. */
  | { readonly type: 'hangup'; readonly leg: LegId; readonly headers?: Headers }
  | {
      readonly type: 'originate'
      readonly group: string
      readonly targets: readonly Target[]
      readonly callerId?: string
      readonly callerName?: string
      readonly headers?: Headers
      readonly ringTimeoutMs: number
      readonly alerting: Alerting
      /** The leg that waits, and whose caller ID is the default. */
      readonly for: LegId
    }
  /** Ends every leg of the group that nobody has taken over; `group-lost` with outcome `canceled` follows if it was open. */
  | { readonly type: 'cancel-group'; readonly group: string }
  | {
      readonly type: 'play'
      readonly task: string
      readonly leg: LegId
      readonly sources: readonly Source[]
      readonly times: number
    }
  | {
      readonly type: 'collect'
      readonly task: string
      readonly leg: LegId
      readonly minDigits: number
      readonly maxDigits: number
      readonly finishKeys: string
      readonly firstDigitTimeoutMs: number
      readonly interDigitTimeoutMs: number
      readonly prompt?: { readonly task: string; readonly barge: boolean; readonly listen: boolean }
    }
  | { readonly type: 'stop'; readonly task: string }
  /** Answers `a` if it still rings (rule R1). */
  | {
      readonly type: 'bridge'
      readonly bridge: string
      readonly a: LegId
      readonly b: LegId
      readonly limitMs?: number
    }
  | { readonly type: 'unbridge'; readonly bridge: string }
  /** Until `stop`; nothing is reported. */
  | { readonly type: 'echo'; readonly task: string; readonly leg: LegId }
  /** The whole tag of the session, which replaces the one before. */
  | { readonly type: 'tag'; readonly tag: Readonly<Record<string, unknown>> }
  /**
   * The flow is over: every leg that is left is hung up, with `status` if it was never answered. Exactly once per session,
   * the last of its effects, and also after `self` has ended by itself. Results of what was open and the legs' ends are
   * still awaited for the last reports.
   */
  | { readonly type: 'end'; readonly status: number; readonly cause?: string }

/** How a task, group or bridge ended; `result` is what `branch` looks at. */
export type PlayResult = {
  readonly result: 'completed' | 'stopped' | 'failed'
  readonly playedMs: number
  readonly message?: string
}
export type CollectResult = {
  readonly result: 'digits' | 'timeout' | 'stopped'
  readonly digits: string
  /** The key that ended the input, if one did. */
  readonly finishKey?: string
}
export type BridgeResult = { readonly result: 'ended' | 'limit' | 'failed'; readonly endedBy?: LegId }

export type SessionEvent =
  /** Every change of any leg of the session, with its new snapshot. */
  | { readonly type: 'leg'; readonly leg: LegInfo }
  | { readonly type: 'played'; readonly task: string; readonly outcome: PlayResult }
  | { readonly type: 'collected'; readonly task: string; readonly outcome: CollectResult }
  | { readonly type: 'group-won'; readonly group: string; readonly leg: LegInfo }
  /** `leg` is the one whose failure is reported (rule R5); absent when none could be started. */
  | {
      readonly type: 'group-lost'
      readonly group: string
      readonly outcome: Outcome
      readonly sipStatus: number
      readonly message: string
      readonly leg?: LegInfo
    }
  | { readonly type: 'bridged'; readonly bridge: string; readonly outcome: BridgeResult }
  /** From outside: a new program replaces what runs, or the session is to end. */
  | { readonly type: 'replace'; readonly program: Program }
  | { readonly type: 'hangup'; readonly cause: string }

/** The application whose flow runs. */
export interface ApplicationInfo {
  readonly sid: string
  readonly accountSid: string
  readonly dialect: string
  /** Asked what to do with a call; relative hook URLs resolve against it. Absent: sessions start with a program. */
  readonly callHook?: HookRef
  readonly statusHook?: HookRef
  /** Signs every hook. */
  readonly secret?: string
  /** Where the application can reach the API of this switch: told to it with every hook. */
  readonly apiBaseUrl?: string
  /** Runs when a hook that must bring a flow fails. */
  readonly fallback?: Program
}

/** What happened, for the application; each dialect prints its own payload of it. */
export type HookEvent =
  | { readonly type: 'call' }
  | { readonly type: 'status'; readonly leg: LegInfo }
  | { readonly type: 'redirect' }
  | { readonly type: 'play'; readonly outcome: PlayResult }
  | { readonly type: 'gather'; readonly outcome: CollectResult }
  | {
      readonly type: 'dial'
      readonly outcome: Outcome
      readonly sipStatus: number
      readonly message: string
      readonly leg?: LegInfo
      readonly durationMs: number
    }
  /** A reply could not be used: sent to the status hook. */
  | {
      readonly type: 'problem'
      readonly hook: HookRef
      readonly message: string
      readonly problems: readonly Problem[]
    }

export interface AskRequest {
  readonly sessionId: string
  /** From 1, one more with each request of the session: the order in which they are delivered. */
  readonly sequence: number
  readonly application: ApplicationInfo
  readonly hook: HookRef
  readonly event: HookEvent
  /** The session's own leg, as it is now. */
  readonly self: LegInfo
  readonly tag: Readonly<Record<string, unknown>>
  readonly expect: 'none' | 'flow'
}

export type AskReply =
  /** Without `program`: the application had nothing to add. */
  | { readonly ok: true; readonly program?: Program; readonly warnings?: readonly Problem[] }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly problems: readonly Problem[] }

export interface Ask {
  /** `done` runs once, never synchronously, and not after the returned function was called. */
  ask(request: AskRequest, done: (reply: AskReply) => void): () => void
}

/** The calls room carries out what a session wants. */
export interface CallPort {
  perform(effect: CallEffect): void
}
