/**
 * MediaPort: what the media core offers to the calls room. Plain data and handles only, so that the core can sit in
 * a worker thread or, in simulation, in the same thread. Commands never fail loudly: one about something that has
 * ended, or was told to close, changes a counter and nothing else. Results come back as events.
 */
import type { Handle } from '../base/index.ts'
import type { Direction, FormatRecord } from '../sdp/index.ts'

export type LegHandle = Handle
export type TaskHandle = Handle

export interface OpenLeg {
  /** The local address to bind RTP and RTCP on, an IP literal. */
  readonly address: string
  /**
   * Milliseconds without any valid RTP or RTCP before `timeout` is raised; armed by the first packet, at rest while the
   * direction is not `sendrecv`. 0: never.
   */
  readonly mediaTimeoutMs: number
  /** A leg that this one may be bridged to: both are placed on the same worker. */
  readonly near?: LegHandle
}

/** What the last completed offer/answer says about the far end. */
export interface RemoteMedia {
  readonly address: string
  readonly port: number
  readonly rtcpPort: number
  readonly rtcpMux: boolean
  /** Where the signalling came from, when it differs from `address`: the peer may be behind a NAT (rule L2). */
  readonly signallingAddress: string
  readonly send: FormatRecord
  readonly receive: readonly FormatRecord[]
  readonly events?: {
    readonly sendPayloadType: number
    readonly receivePayloadType: number
    readonly clockRateHz: number
  }
  readonly direction: Direction
  readonly ptimeMs: number
}

/** A tone of a country's plan (ITU-T E.180): sinusoids that sound together, by cadence. */
export interface ToneSpec {
  /** Hz; all of them at `levelDbm0` each. */
  readonly frequenciesHz: readonly number[]
  readonly levelDbm0: number
  /** Alternating on and off; `[]` is continuous. */
  readonly cadenceMs: readonly number[]
}

/** One piece of sound. */
export type Sound =
  /** Mono 16-bit PCM at 8, 11.025, 12, 16, 22.05, 24, 32, 44.1 or 48 kHz, shared with the core without a copy. */
  | { readonly kind: 'pcm'; readonly samples: SharedArrayBuffer; readonly sampleRateHz: number }
  | { readonly kind: 'tone'; readonly tone: ToneSpec; readonly durationMs: number }
  | { readonly kind: 'silence'; readonly durationMs: number }

export interface PlaySpec {
  readonly sounds: readonly Sound[]
  /** How often the whole list is played; 0 means until stopped. */
  readonly times: number
}

export interface LegStatistics {
  readonly packetsReceived: number
  readonly packetsSent: number
  /** Of payload, as in RFC 3550 section 6.4.1. */
  readonly octetsReceived: number
  readonly octetsSent: number
  /** From sequence numbers, RFC 3550 section A.3. */
  readonly packetsLost: number
  /** RFC 3550 section A.8, in milliseconds. */
  readonly jitterMs: number
  /** Packets from a source that the latching rules refuse. */
  readonly packetsForeign: number
  /** Malformed, or of a payload type that was not agreed. */
  readonly packetsInvalid: number
}

export type MediaEvent =
  | { readonly type: 'opened'; readonly leg: LegHandle; readonly port: number }
  | { readonly type: 'open-failed'; readonly leg: LegHandle; readonly message: string }
  /** A packet passed the latching rules: the far end was found, or found again elsewhere. The leg sends there now. */
  | { readonly type: 'latched'; readonly leg: LegHandle; readonly address: string; readonly port: number }
  /** RFC 4733: raised at the first packet of the event. */
  | { readonly type: 'digit'; readonly leg: LegHandle; readonly digit: string; readonly source: 'rfc4733' | 'inband' }
  /** The same digit's end, or its last known duration once nothing more came for 3 packet times. */
  | { readonly type: 'digit-end'; readonly leg: LegHandle; readonly digit: string; readonly durationMs: number }
  | {
      readonly type: 'played'
      readonly leg: LegHandle
      readonly task: TaskHandle
      readonly reason: 'completed' | 'stopped'
      readonly playedMs: number
    }
  | { readonly type: 'timeout'; readonly leg: LegHandle }
  /** Answer to `close`: the leg is gone and its ports are draining. */
  | { readonly type: 'closed'; readonly leg: LegHandle; readonly statistics: LegStatistics }
  /** A worker thread ended by itself: its legs are gone. */
  | { readonly type: 'worker-lost'; readonly legs: readonly LegHandle[]; readonly message: string }

/** What is open, and what went wrong quietly, since the start. */
export interface MediaCounts {
  readonly legs: number
  /** Sounds being played. */
  readonly tasks: number
  /** Armed timers of the core, its tick included. */
  readonly timers: number
  /** Port pairs. */
  readonly portsInUse: number
  /** Port pairs that wait before they may be used again; seen when a pair is taken or given back. */
  readonly portsResting: number
  /** Commands about a leg or task that has ended. */
  readonly staleCommands: number
  /** Datagrams on a socket without a leg. */
  readonly strayPackets: number
  /** Received in a format, or an event, that the other leg of the bridge cannot be sent. */
  readonly packetsUnrelayable: number
  /** To be sent, but no digits, too many, or to a far end that takes none. */
  readonly digitsRefused: number
  /** Received faster than anybody dials. */
  readonly digitsFlooded: number
  /** Steps of 2 ms by which the tick was late, and those of them that it did not make up for. */
  readonly stepsOwed: number
  readonly stepsSkipped: number
  /** Bridges asked for between legs of different workers. */
  readonly bridgesApart: number
}

export interface MediaPort {
  /** Reserves an even/odd port pair; `opened` or `open-failed` follows. */
  open(params: OpenLeg): LegHandle
  /** Ends everything on the leg. `closed` follows. */
  close(leg: LegHandle): void
  /** Again after every completed offer/answer: format, address and direction may have changed. */
  setRemote(leg: LegHandle, remote: RemoteMedia): void
  /**
   * What arrives on one leg leaves on the other, both ways, until `unbridge` or `close`. Replaces an earlier bridge of
   * either leg. A `play` on a bridged leg is heard instead of the far party while it lasts. Two legs of different
   * workers (see `near`) stay apart; it is counted.
   */
  bridge(a: LegHandle, b: LegHandle): void
  unbridge(leg: LegHandle): void
  /** What the leg sends comes back to it. Ends with `unbridge`. */
  echo(leg: LegHandle): void
  /**
   * Replaces what the leg plays now (which ends as `stopped`). `played` follows once for every task of an open leg,
   * before `closed`. While nothing may be sent (on hold, no `setRemote` yet) the sound runs on unheard.
   */
  play(leg: LegHandle, spec: PlaySpec): TaskHandle
  stop(task: TaskHandle): void
  /**
   * RFC 4733 events to the far end, one after the other, 0-9 * # A-D, 40 to 8,000 ms each. While one sounds, nothing
   * else is sent. Dropped and counted if the far end takes none, or if more than 256 wait.
   */
  sendDigits(leg: LegHandle, digits: string, durationMs: number, gapMs: number): void
  /** One owner. Called after the command that caused the event has returned. */
  onEvent: (event: MediaEvent) => void
}
