/**
 * The commands of MediaPort as data: what is handed to a core, in this thread or in another.
 */
import type { LegHandle, OpenLeg, PlaySpec, RemoteMedia, TaskHandle } from './port.ts'

export type MediaCommand =
  | { readonly type: 'open'; readonly leg: LegHandle; readonly params: OpenLeg }
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
