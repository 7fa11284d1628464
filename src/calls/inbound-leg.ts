/**
 * A leg that called us (RFC 3261 section 13.3).
 */
import { timeUuid } from '../base/index.ts'
import type { LegInfo } from '../flow/index.ts'
import { type Offer, readOffer, type SdpFault } from '../sdp/index.ts'
import type { Body, Dialog, HeaderPairs, IncomingCall, IncomingCallDelegate } from '../sip/index.ts'
import { decodeText, uriUser, writeUri } from '../sip/index.ts'
import { Leg, type LegEnd, type LegEnv, type LegOwner } from './leg.ts'
import type { LegMedia } from './leg-media.ts'
import { outcomeOfStatus } from './outcome.ts'

export class InboundLeg extends Leg implements IncomingCallDelegate {
  protected readonly peer = 'caller'
  readonly #call: IncomingCall
  #dialog: Dialog | undefined
  /** Our description in answer to the INVITE: the same in 183 and 200. */
  #description: Body | undefined
  #wanted: 'nothing' | 'early' | 'answer' = 'nothing'
  #answered = false

  /** The offer of the INVITE, until it is answered. */
  #offer: Offer | undefined

  constructor(env: LegEnv, owner: LegOwner, call: IncomingCall) {
    super(env, owner, infoOf(call, timeUuid(env.random, env.clock.wallMs())))
    this.#call = call
  }

  /** Reads the offer; what is wrong with it, if it cannot be answered. */
  checkOffer(): SdpFault | undefined {
    if (!this.#call.body) return undefined
    const offer = readOffer(this.#call.body.bytes, { address: this.#call.localAddress, formats: this.env.formats })
    if (!offer.ok) return offer
    this.#offer = offer
    return undefined
  }

  get maxForwards(): number {
    return this.#call.maxForwards
  }

  /** The media side; its ports are asked for with the first need of them. */
  needMedia(): LegMedia {
    return this.openMedia({
      localAddress: this.#call.localAddress,
      signallingAddress: this.#call.source.address,
      formats: this.env.formats,
    })
  }

  ring(alertInfo?: string): void {
    if (this.info.state !== 'trying') return
    this.#call.ring(alertInfo === undefined ? [] : [['Alert-Info', alertInfo]])
    this.ringingAtMs ??= this.env.clock.wallMs()
    this.change({ state: 'ringing', sipStatus: 180, sipReason: 'Ringing' })
  }

  /** A 200 is on its way, or was sent. */
  get answering(): boolean {
    return this.#wanted === 'answer'
  }

  early(): void {
    if (this.#wanted === 'nothing') this.#want('early')
  }

  answer(): void {
    if (this.#wanted !== 'answer') this.#want('answer')
  }

  reject(status: number, end: Partial<LegEnd> = {}, reason?: string, headers: HeaderPairs = []): void {
    if (this.ended) return
    if (this.#answered) {
      this.hangup(end, headers)
      return
    }
    this.#call.reject(status, reason, headers)
    this.finish({
      outcome: outcomeOfStatus(status),
      endedBy: 'switch',
      cause: `${status} sent`,
      sipStatus: status,
      ...(reason === undefined ? {} : { sipReason: reason }),
      ...end,
    })
    this.signalingGone()
  }

  hangup(end: Partial<LegEnd>, headers: HeaderPairs = []): void {
    if (this.ended) return
    if (!this.#answered) {
      this.reject(end.sipStatus ?? 480, end, end.sipReason, headers)
      return
    }
    this.#call.bye(headers)
    this.finish({ outcome: 'completed', endedBy: 'switch', cause: 'hung up', ...end })
  }

  onCancel(): void {
    this.finish({
      outcome: 'canceled',
      endedBy: 'caller',
      cause: 'CANCEL',
      sipStatus: 487,
      sipReason: 'Request Terminated',
    })
    this.signalingGone()
  }

  onEstablished(dialog: Dialog): void {
    this.#dialog = dialog
    if (this.ended) return
    if (this.media?.negotiated) this.up({ sipStatus: 200, sipReason: 'OK' })
    else this.hangup({ outcome: 'failed', cause: 'no answer in ACK' })
  }

  get dialog(): Dialog | undefined {
    return this.#dialog
  }

  #want(what: 'early' | 'answer'): void {
    if (this.ended) return
    this.#wanted = what
    this.needMedia().opened(ok => {
      if (this.ended) return
      if (!ok) this.reject(503, { outcome: 'error', cause: `no media ports: ${this.media?.failure}` })
      else this.#send()
    })
  }

  #describe(): Body {
    const media = this.needMedia()
    this.#description ??= this.#offer ? media.answer(this.#offer) : media.offer()
    this.#offer = undefined
    return this.#description
  }

  #send(): void {
    if (this.#answered) return
    const body = this.#describe()
    if (this.#wanted === 'answer') {
      this.#answered = true
      this.answeredAt = this.moment()
      this.note({ sipStatus: 200, sipReason: 'OK' })
      this.#call.answer(body)
    } else if (this.info.state !== 'early') this.#progress(body)
  }

  /** An offer goes into reliable responses only (RFC 3261 section 13.2.1): who made none hears its own ringing. */
  #progress(body: Body): void {
    if (this.#call.body) {
      this.#call.progress(body)
      this.change({ state: 'early', sipStatus: 183, sipReason: 'Session Progress' })
      return
    }
    this.ring()
    this.change({ state: 'early' })
  }
}

/** RFC 3261 section 20.43, code 399: a text for people. */
export function warning(text: string): HeaderPairs {
  const quoted = text.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, "'")
  return [['Warning', `399 cordboard "${quoted}"`]]
}

function infoOf(call: IncomingCall, id: string): LegInfo {
  const name = call.from.displayName
  return {
    id,
    direction: 'inbound',
    callId: call.callId,
    from: uriUser(call.from.uri),
    to: uriUser(call.uri),
    state: 'trying',
    outcome: undefined,
    endedBy: undefined,
    durationMs: undefined,
    cause: undefined,
    sipStatus: 100,
    sipReason: 'Trying',
    peerAddress: call.source.address,
    sip: {
      method: 'INVITE',
      uri: decodeText(writeUri(call.uri)),
      headers: call.headers.map(({ key, value }) => [key, decodeText(value)]),
      body: call.body ? Buffer.from(call.body.bytes).toString('utf8') : '',
    },
    ...(name === undefined ? {} : { callerName: decodeText(name) }),
  }
}
