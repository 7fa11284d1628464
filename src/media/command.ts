/**
 * The commands of MediaPort as data: what is handed to a core, in this thread or in another.
 */
import type { LegHandle, MediaEvent, OpenLeg, PlaySpec, RemoteMedia, TaskHandle } from './port.ts'

export type MediaCommand =
  /** With the port of a reserved pair there is nothing to report: the leg is open. */
  | { readonly type: 'open'; readonly leg: LegHandle; readonly params: OpenLeg; readonly port?: number }
  /** Binds pairs in advance, for legs that will be opened by port. `reserved` follows. */
  | { readonly type: 'reserve'; readonly address: string; readonly pairs: number }
  | { readonly type: 'close'; readonly leg: LegHandle }
  | { readonly type: 'set-remote'; readonly leg: LegHandle; readonly remote: RemoteMedia }
  | { readonly type: 'bridge'; readonly leg: LegHandle; readonly other: LegHandle }
  | { readonly type: 'unbridge'; readonly leg: LegHandle }
  | { readonly type: 'echo'; readonly leg: LegHandle }
  | { readonly type: 'play'; readonly leg: LegHandle; readonly task: TaskHandle; readonly spec: PlaySpec }
  | { readonly type: 'stop'; readonly task: TaskHandle }
  | {
      readonly type: 'send-digits'
      readonly leg: LegHandle
      readonly digits: string
      readonly durationMs: number
      readonly gapMs: number
    }

/** What a core reports: to the owner of MediaPort, or to who gives it commands. */
export type CoreEvent =
  | MediaEvent
  | { readonly type: 'reserved'; readonly address: string; readonly ports: readonly number[] }
