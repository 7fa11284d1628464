/**
 * The switch put together: signalling, media, calls and hooks on injected surroundings. `main` gives it the real
 * ones, the simulation its own; nothing here knows which.
 */
import type { Clock, Dns, Endpoint, Http, Log, Metrics, Net, Random, StreamNet } from './base/index.ts'
import { type Call, type CallObservation, type CallRecords, Calls, type Directory, type Routes } from './calls/index.ts'
import { HttpAsk } from './hooks/index.ts'
import { codecFormats, type MediaPort, type PromptPort, type TonePlan } from './media/index.ts'
import type { FormatRecord } from './sdp/index.ts'
import { endpointCounters, openEndpoint, type SipEndpoint, type SipTimers } from './sip/index.ts'

export interface SwitchEnv {
  readonly clock: Clock
  readonly random: Random
  readonly net: Net
  readonly streams: StreamNet
  readonly dns: Dns
  readonly http: Http
  readonly log: Log
  readonly metrics: Metrics
  readonly media: MediaPort
  readonly prompts: PromptPort
  readonly routes: Routes
  readonly directory: Directory
  readonly records: CallRecords
}

export interface SwitchOptions {
  readonly sipBind: Endpoint
  readonly sipTimers?: SipTimers
  readonly tones: TonePlan
  /** Milliseconds without RTP or RTCP that end a call; 0: never. */
  readonly mediaTimeoutMs: number
  readonly observe?: (call: Call, what: CallObservation) => void
}

export interface Switch {
  readonly calls: Calls
  readonly sip: SipEndpoint
  /** Stops listening; live calls are not ended. */
  close(): void
}

export type SwitchStarted =
  | { readonly ok: true; readonly value: Switch }
  | { readonly ok: false; readonly code: string; readonly message: string }

/** RFC 4733: digits of the keypad, on offer under the payload type that most others use. */
const TELEPHONE_EVENT: FormatRecord = {
  name: 'telephone-event',
  payloadType: 101,
  clockRateHz: 8000,
  sampleRateHz: 8000,
  channels: 1,
  frameMs: 20,
  fmtp: '0-15',
}

const FORMATS: readonly FormatRecord[] = [...codecFormats, TELEPHONE_EVENT]

/** Opens the SIP port and takes calls. `started` runs once. */
export function startSwitch(env: SwitchEnv, options: SwitchOptions, started: (result: SwitchStarted) => void): void {
  const { clock, random, net, streams, dns, http, log, metrics, media, prompts, routes, directory, records } = env
  const { sipBind, sipTimers, tones, mediaTimeoutMs, observe } = options
  const sipOptions = { clock, random, net, streams, dns, log, bind: sipBind, ...(sipTimers && { timers: sipTimers }) }
  openEndpoint(sipOptions, opened => {
    if (!opened.ok) {
      started(opened)
      return
    }
    const { endpoint } = opened
    const calls = new Calls({
      clock,
      random,
      log,
      metrics,
      signaling: endpoint,
      media,
      prompts,
      tones,
      mediaTimeoutMs,
      formats: FORMATS,
      ask: new HttpAsk({ clock, http, metrics }),
      routes,
      directory,
      records,
      ...(observe && { observe }),
    })
    for (const name of endpointCounters) {
      metrics.gauge(`cordboard_sip_${name}_total`, `SIP endpoint: ${name}`, () => endpoint.counters[name])
    }
    started({ ok: true, value: { calls, sip: endpoint, close: () => endpoint.close() } })
  })
}
