/**
 * The media side of a leg: its ports, its descriptions, and what was agreed (RFC 3264).
 */
import type { Random } from '../base/index.ts'
import type { LegHandle, MediaEvent, MediaPort } from '../media/index.ts'
import {
  acceptAnswer,
  answerOffer,
  createOffer,
  type FormatRecord,
  type LocalMedia,
  localMediaDiffers,
  type Negotiated,
  type Offer,
  readOffer,
  type SdpFault,
} from '../sdp/index.ts'
import type { Body } from '../sip/index.ts'

const SDP = 'application/sdp'
const PTIME_MS = 20

export interface LegMediaEnv {
  readonly media: MediaPort
  readonly random: Random
  readonly mediaTimeoutMs: number
  /** Where events of a handle go. */
  readonly register: (handle: LegHandle, listener: (event: MediaEvent) => void) => void
}

export interface LegMediaOptions {
  /** The local address that routes to the peer. */
  readonly localAddress: string
  /** Where its signalling comes from. */
  readonly signallingAddress: string
  readonly formats: readonly FormatRecord[]
  /** Keep the media of the legs of one call together. */
  readonly near?: LegHandle
}

export class LegMedia {
  readonly handle: LegHandle
  readonly #env: LegMediaEnv
  readonly #options: LegMediaOptions
  #local: LocalMedia | undefined
  /** What our last description said. */
  #described: LocalMedia | undefined
  #negotiated: Negotiated | undefined
  #waiting: ((ok: boolean) => void)[] = []
  #failure: string | undefined

  constructor(env: LegMediaEnv, options: LegMediaOptions, listener: (event: MediaEvent) => void) {
    this.#env = env
    this.#options = options
    this.handle = env.media.open({
      address: options.localAddress,
      mediaTimeoutMs: env.mediaTimeoutMs,
      ...(options.near === undefined ? {} : { near: options.near }),
    })
    env.register(this.handle, event => {
      this.#onEvent(event)
      listener(event)
    })
  }

  get negotiated(): Negotiated | undefined {
    return this.#negotiated
  }

  /** Why the ports could not be had. */
  get failure(): string | undefined {
    return this.#failure
  }

  /** `done` runs when the ports are bound, or could not be. */
  opened(done: (ok: boolean) => void): void {
    if (this.#local) done(true)
    else if (this.#failure !== undefined) done(false)
    else this.#waiting.push(done)
  }

  /** Only after `opened`. */
  offer(): Body {
    // A later offer repeats what was agreed: payload types, refused streams, and so the version.
    const local = this.#described ?? this.#opened
    this.#described = local
    return { contentType: SDP, bytes: createOffer(local) }
  }

  /** Whether an offer can be answered. */
  read(offer: Body): Offer | SdpFault {
    const { localAddress, formats } = this.#options
    return readOffer(offer.bytes, { address: localAddress, formats })
  }

  /**
   * Only after `opened`. What was agreed is in force when this returns. The version of our description goes up exactly
   * when it changes (RFC 3264 section 8).
   */
  answer(offer: Offer): Body {
    const last = this.#described
    const sessionVersion = last?.sessionVersion ?? 0
    let answered = answerOffer(offer, { ...this.#opened, sessionVersion })
    if (last && localMediaDiffers(last, answered.described)) {
      answered = answerOffer(offer, { ...this.#opened, sessionVersion: sessionVersion + 1 })
    }
    this.#described = answered.described
    this.#agree(answered.negotiated)
    return { contentType: SDP, bytes: answered.body }
  }

  /** The answer to our last offer. */
  accept(answer: Body): SdpFault | undefined {
    if (!this.#described) return undefined
    const accepted = acceptAnswer(this.#described, answer.bytes)
    if (!accepted.ok) return accepted
    this.#agree(accepted.negotiated)
    return undefined
  }

  close(): void {
    this.#env.media.close(this.handle)
  }

  get #opened(): LocalMedia {
    if (!this.#local) throw new Error('The leg has no port yet.')
    return this.#local
  }

  #agree(negotiated: Negotiated): void {
    this.#negotiated = negotiated
    const { remote, send, receive, events, direction, ptimeMs } = negotiated
    this.#env.media.setRemote(this.handle, {
      address: remote.address,
      port: remote.port,
      rtcpPort: remote.rtcpPort,
      rtcpMux: remote.rtcpMux,
      signallingAddress: this.#options.signallingAddress,
      send,
      receive,
      direction,
      ptimeMs,
      ...(events === undefined ? {} : { events }),
    })
  }

  #onEvent(event: MediaEvent): void {
    if (event.type === 'opened') {
      const { localAddress, formats } = this.#options
      const sessionId = this.#env.random.u32()
      this.#local = describe({ localAddress, formats, port: event.port, sessionId })
      this.#settle(true)
    } else if (event.type === 'open-failed') {
      this.#failure = event.message
      this.#settle(false)
    }
  }

  #settle(ok: boolean): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const done of waiting) done(ok)
  }
}

function describe(options: {
  readonly localAddress: string
  readonly formats: readonly FormatRecord[]
  readonly port: number
  readonly sessionId: number
}): LocalMedia {
  return {
    address: options.localAddress,
    port: options.port,
    sessionId: options.sessionId,
    sessionVersion: 0,
    formats: options.formats,
    ptimeMs: PTIME_MS,
    direction: 'sendrecv',
    rtcpMux: false,
    closedStreams: [],
  }
}
