/**
 * The embedded SIP user agent: transport, transactions and dialogs put together behind SignalingPort.
 */
import {
  type Clock,
  type Dns,
  type Endpoint,
  Failure,
  type Log,
  type Net,
  type Random,
  type StreamNet,
} from '../base/index.ts'
import { responseInfo } from './dialog/content.ts'
import { ALLOW, localAddressFor, type UserAgentContext } from './dialog/context.ts'
import { IncomingInvite } from './dialog/incoming-invite.ts'
import { InviteDialog } from './dialog/invite-dialog.ts'
import { OutgoingInvite, UNWANTED } from './dialog/outgoing-invite.ts'
import { contactOf, dialogKey, dialogOfResponse } from './dialog/state.ts'
import { locate } from './locate.ts'
import { headerValue } from './message/header.ts'
import type { FaultCode, ParseFault, SipRequest, SipResponse, Via } from './message/message.ts'
import { tagOf } from './message/name-addr.ts'
import { param } from './message/params.ts'
import { explainLost, parseMessage } from './message/parse.ts'
import { encodeText } from './message/text.ts'
import { parseUri } from './message/uri.ts'
import { writeResponse } from './message/write.ts'
import type {
  IncomingCall,
  IncomingCallDelegate,
  InviteParams,
  OutgoingCall,
  OutgoingCallDelegate,
  Route,
  SignalingPort,
} from './port.ts'
import { refuse } from './refuse.ts'
import { requestLines } from './reserved-headers.ts'
import { Branches } from './transaction/branch.ts'
import type { Arrival, TransactionView } from './transaction/environment.ts'
import { TransactionLayer } from './transaction/layer.ts'
import { replyAddress, type ServerTransaction } from './transaction/server-transaction.ts'
import { DEFAULT_TIMERS, type SipTimers } from './transaction/timers.ts'
import { openTransports } from './transport/index.ts'
import type { Hop, Transport, TransportHandlers } from './transport/transport.ts'

export interface EndpointOptions {
  readonly clock: Clock
  readonly random: Random
  readonly net: Net
  readonly streams: StreamNet
  readonly dns: Dns
  readonly log: Log
  readonly bind: Endpoint
  readonly timers?: SipTimers
}

export type EndpointOpened =
  | { readonly ok: true; readonly endpoint: SipEndpoint }
  | { readonly ok: false; readonly code: string; readonly message: string }

/** Counters of what was dropped or refused below the call level. */
export const endpointCounters = [
  'received',
  'malformed',
  'stray_responses',
  'late_answers_released',
  'stray_acks',
] as const

export type EndpointCounters = Record<(typeof endpointCounters)[number], number>

/** Opens the transports; the result is delivered once. */
export function openEndpoint(options: EndpointOptions, opened: (result: EndpointOpened) => void): void {
  let endpoint: SipEndpoint | undefined
  const handlers: TransportHandlers = {
    onMessage: (bytes, source, transport) => endpoint?.receive(bytes, { source, transport }),
    onLost: (code, head, source, transport) => endpoint?.receiveLost(code, head, { source, transport }),
  }
  openTransports(options, options.bind, handlers, result => {
    if (result.ok) {
      endpoint = new SipEndpoint(options, result.transports)
      opened({ ok: true, endpoint })
    } else opened(result)
  })
}

export class SipEndpoint implements SignalingPort {
  onInvite: (call: IncomingCall) => IncomingCallDelegate = refuseAll
  readonly counters: EndpointCounters = {
    received: 0,
    malformed: 0,
    stray_responses: 0,
    late_answers_released: 0,
    stray_acks: 0,
  }
  readonly #log: Log
  readonly #branches: Branches
  readonly #context: UserAgentContext
  readonly #transports: readonly Transport[]
  /** INVITEs of peers that have no final answer, by their transaction. */
  readonly #incoming = new Map<ServerTransaction, IncomingInvite>()

  constructor(options: EndpointOptions, transports: readonly Transport[]) {
    const { clock, random, dns, timers = DEFAULT_TIMERS } = options
    this.#log = options.log
    this.#branches = new Branches(random)
    this.#transports = transports
    const transportTo = (hop: Hop): Transport => transportOf(transports, hop)
    const layer = new TransactionLayer(
      { clock, random, timers, branches: this.#branches, transportTo },
      {
        onRequest: (request, transaction, arrival) => this.#onRequest(request, transaction, arrival),
        onAck: request => this.#onAck(request),
        onCancel: (request, invite) => this.#onCancel(request, invite),
        onStrayResponse: (response, arrival) => this.#onStrayResponse(response, arrival),
      },
    )
    this.#context = {
      clock,
      random,
      timers,
      layer,
      transportTo,
      dialogs: new Map(),
      locate: (uri, done) => locate(dns, uri, done),
    }
  }

  get local(): Endpoint {
    return transportOf(this.#transports, {}).local
  }

  /** One datagram. Never throws: what cannot be read is answered or dropped, and counted. */
  receive(bytes: Uint8Array, arrival: Arrival): void {
    this.counters.received++
    const parsed = parseMessage(bytes)
    if (parsed.ok) this.#context.layer.receive(parsed.message, arrival)
    else this.#onMalformed(parsed, arrival)
  }

  /** The end of what a stream brought. Never throws. */
  receiveLost(code: FaultCode, head: Uint8Array, arrival: Arrival): void {
    this.counters.received++
    this.#onMalformed(explainLost(head, code), arrival)
  }

  route(uriText: string, done: (route: Route) => void): void {
    const uri = parseUri(encodeText(uriText))
    if (!uri) {
      done({ ok: false, message: `Not a URI: ${JSON.stringify(uriText)}` })
      return
    }
    this.#context.locate(uri, located => {
      if (!located.ok) done(located)
      else {
        const { hop } = located
        done({ ok: true, nextHop: hop, localAddress: localAddressFor(this.#context, hop) })
      }
    })
  }

  invite(params: InviteParams, delegate: OutgoingCallDelegate): OutgoingCall {
    const uri = parseUri(encodeText(params.uri))
    if (!uri) throw new Failure('bad-uri', `Not a URI: ${JSON.stringify(params.uri)}`)
    const checked = { ...params, headers: requestLines(params.headers ?? []) }
    return new OutgoingInvite(this.#context, checked, uri, params.nextHop, delegate)
  }

  /** For invariants and the API: every transaction that is known. */
  transactions(): Iterable<TransactionView> {
    return this.#context.layer.views()
  }

  get dialogs(): number {
    return this.#context.dialogs.size
  }

  close(): void {
    for (const transport of this.#transports) transport.close()
  }

  #onMalformed(fault: ParseFault, arrival: Arrival): void {
    const { source, transport } = arrival
    if (fault.code === 'keep-alive') return
    this.counters.malformed++
    this.#log.info(
      { from: `${source.address}:${source.port}`, code: fault.code, header: fault.header, offset: fault.offset },
      `Malformed SIP message: ${fault.message}`,
    )
    if (!fault.reply) return
    const { status, reason, headers, via } = fault.reply
    transport.send(writeResponse({ status, reason, headers }), replyAddress(via, arrival))
  }

  #onRequest(request: SipRequest, transaction: ServerTransaction, _arrival: Arrival): void {
    const toTag = tagOf(request.to)
    const refusal = refuse(request)
    if (refusal) transaction.respond(refusal)
    else if (toTag !== undefined) this.#onInDialog(request, transaction, toTag)
    else if (request.method === 'INVITE') this.#onNewInvite(request, transaction)
    else if (request.method === 'OPTIONS') {
      transaction.respond({
        status: 200,
        headers: [
          ['Allow', ALLOW],
          ['Accept', 'application/sdp'],
        ],
      })
    } else transaction.respond({ status: 405, headers: [['Allow', ALLOW]] })
  }

  #onInDialog(request: SipRequest, transaction: ServerTransaction, toTag: string): void {
    const dialog = this.#context.dialogs.get(dialogKey(request.callId, toTag, tagOf(request.from) ?? ''))
    if (dialog) {
      dialog.receive(request, transaction)
      return
    }
    const early = request.method === 'BYE' ? this.#earlyOf(request.callId, toTag) : undefined
    if (early) {
      transaction.respond({ status: 200 })
      early.canceled(request.headers)
    } else transaction.respond({ status: 481 })
  }

  #earlyOf(callId: string, localTag: string): IncomingInvite | undefined {
    for (const call of this.#incoming.values()) {
      if (call.callId === callId && call.localTag === localTag) return call
    }
    return undefined
  }

  #onNewInvite(request: SipRequest, transaction: ServerTransaction): void {
    const call = new IncomingInvite(this.#context, request, transaction)
    this.#incoming.set(transaction, call)
    transaction.onFinal = () => this.#incoming.delete(transaction)
    call.delegate = this.onInvite(call)
  }

  #onAck(ack: SipRequest): void {
    const dialog = this.#context.dialogs.get(dialogKey(ack.callId, tagOf(ack.to) ?? '', tagOf(ack.from) ?? ''))
    if (dialog) dialog.onAck(ack)
    else this.counters.stray_acks++
  }

  #onCancel(request: SipRequest, invite: ServerTransaction): void {
    const call = this.#incoming.get(invite)
    if (call) {
      call.canceled(request.headers)
      return
    }
    const dialog = this.#context.dialogs.get(dialogKey(request.callId, invite.localTag, tagOf(request.from) ?? ''))
    dialog?.onCancel(invite)
  }

  #onStrayResponse(response: SipResponse, arrival: Arrival): void {
    this.counters.stray_responses++
    const isAnswer = response.cseq.method === 'INVITE' && response.status >= 200 && response.status < 300
    if (!isAnswer) return
    const localTag = tagOf(response.from) ?? ''
    const dialog = this.#context.dialogs.get(dialogKey(response.callId, localTag, tagOf(response.to) ?? ''))
    if (dialog?.acknowledgeAgain(response)) return
    const branch = param((response.via[0] as Via).params, 'branch')
    if (!dialog && branch !== undefined && this.#branches.isOurs(branch)) this.#releaseLate(response, localTag, arrival)
  }

  /** An answer after everything about its INVITE was forgotten: its call must not live on (RFC 6026 section 8.1). */
  #releaseLate(response: SipResponse, localTag: string, arrival: Arrival): void {
    const uri = contactOf(response)
    if (!uri) return
    this.counters.late_answers_released++
    this.#log.info(
      { callId: response.callId, ...responseInfo(response), body: undefined, headers: undefined },
      'Late answer released',
    )
    const dialog = new InviteDialog(this.#context, {
      state: dialogOfResponse({ from: headerValue(response, 'from') ?? '', uri, localTag }, response, arrival.source),
      localCseq: response.cseq.number,
      remoteCseq: 0,
      delegate: UNWANTED,
    })
    dialog.acknowledge(response.cseq.number, undefined, () => {})
    dialog.bye()
  }
}

/** The one that a hop names, or the first. */
const transportOf = (transports: readonly Transport[], { transport }: Pick<Hop, 'transport'>): Transport =>
  (transport === undefined ? undefined : transports.find(({ token }) => token === transport)) ??
  (transports[0] as Transport)

/** Until somebody takes calls. */
function refuseAll(call: IncomingCall): IncomingCallDelegate {
  call.reject(503)
  return { ...UNWANTED, onCancel: () => {}, onEstablished: dialog => dialog.bye() }
}
