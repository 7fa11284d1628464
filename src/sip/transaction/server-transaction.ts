/**
 * One server transaction: the response on the wire, the machine that repeats it.
 */
import { type Endpoint, Machine, type Running, randomToken } from '../../base/index.ts'
import { headerValue } from '../message/header.ts'
import type { HeaderPairs, SipRequest, Via } from '../message/message.ts'
import { tagOf } from '../message/name-addr.ts'
import { reasonPhrase } from '../message/reason.ts'
import { writeVia } from '../message/via.ts'
import { writeResponse } from '../message/write.ts'
import type { Body } from '../port.ts'
import type { Hop } from '../transport/transport.ts'
import type { Arrival, TransactionEnvironment, TransactionView } from './environment.ts'
import {
  type InviteServerEvent,
  type InviteServerState,
  type InviteServerTimer,
  inviteServerStart,
  inviteServerStep,
} from './invite-server.ts'
import { type ServerEvent, type ServerState, type ServerTimer, serverStart, serverStep } from './server.ts'

export interface OutgoingResponse {
  readonly status: number
  readonly reason?: string
  readonly headers?: HeaderPairs
  readonly body?: Body
}

type Event = { readonly type: 'start' | 'repeat' | 'ack' } | { readonly type: 'respond'; readonly status: number }
type Effect = { readonly type: 'send' | 'trying' | 'end' } | { readonly type: 'timeout'; readonly timer: string }

/** 72 random bits, where RFC 3261 section 19.3 asks for 32. */
export const TAG_CHARS = 12

/** The header lines that every response copies from its request (RFC 3261 section 8.2.6.2). */
interface Copied {
  readonly via: HeaderPairs
  readonly from: string
  readonly to: string
  readonly callId: string
  readonly cseq: string
  readonly hasToTag: boolean
}

export class ServerTransaction {
  readonly method: string
  readonly callId: string
  readonly source: Hop
  /** The To tag of our responses: the request's own, else ours. */
  localTag: string
  /** Called with the final response, before it is sent. */
  onFinal: () => void = () => {}
  /** Called when a final non-2xx was never acknowledged (timer H). */
  onTimeout: (timer: string) => void = () => {}
  readonly #machine: Running<Event>
  readonly #arrival: Arrival
  readonly #replyTo: Endpoint
  /** Where a connection can be opened to, when the one that brought the request is gone (RFC 3261 section 18.2.2). */
  readonly #sentBy: Endpoint
  readonly #ended: () => void
  /** Dropped with the final response: what lingers for 32 s is the response alone. */
  #copied: Copied | undefined
  #bytes: Uint8Array | undefined

  constructor(env: TransactionEnvironment, request: SipRequest, arrival: Arrival, ended: () => void) {
    const invite = request.method === 'INVITE'
    this.method = request.method
    this.callId = request.callId
    this.source = arrival.source
    this.localTag = tagOf(request.to) ?? randomToken(env.random, TAG_CHARS)
    this.#arrival = arrival
    this.#ended = ended
    const top = request.via[0] as Via
    this.#replyTo = replyAddress(top, arrival)
    this.#sentBy = { address: arrival.source.address, port: top.port ?? DEFAULT_PORT }
    this.#copied = copyHeaders(request, receivedVia(top, arrival.source))
    const machineEnv = { timers: env.timers, reliable: arrival.transport.reliable }
    const perform = (effect: Effect): void => this.#perform(effect)
    this.#machine = invite
      ? new Machine<InviteServerState, InviteServerEvent, InviteServerTimer, Effect>(
          env.clock,
          (state, event) => inviteServerStep(machineEnv, state, event),
          inviteServerStart,
          perform,
        )
      : new Machine<ServerState, ServerEvent, ServerTimer, Effect>(
          env.clock,
          (state, event) => serverStep(machineEnv, state, event),
          serverStart,
          perform,
        )
  }

  get accepted(): boolean {
    return this.#machine.state.name === 'accepted'
  }

  get final(): boolean {
    return this.#copied === undefined
  }

  start(): void {
    if (this.method === 'INVITE') this.#machine.dispatch({ type: 'start' })
  }

  /** Does nothing after a final response, except that a 2xx to an INVITE may be sent again by `repeatSuccess`. */
  respond(response: OutgoingResponse): void {
    const copied = this.#copied
    if (copied === undefined) return
    this.#bytes = this.#write(copied, response)
    if (response.status >= 200) {
      this.#copied = undefined
      this.onFinal()
    }
    this.#machine.dispatch({ type: 'respond', status: response.status })
  }

  /** The user's own retransmission of its 2xx (RFC 3261 section 13.3.1.4). */
  repeatSuccess(): void {
    if (this.accepted) this.#send()
  }

  repeated(): void {
    this.#machine.dispatch({ type: 'repeat' })
  }

  acknowledged(): void {
    this.#machine.dispatch({ type: 'ack' })
  }

  view(): TransactionView {
    return {
      kind: 'server',
      method: this.method,
      callId: this.callId,
      state: this.#machine.state.name,
      timers: this.#machine.timers,
    }
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'send':
        this.#send()
        break
      case 'trying':
        if (this.#copied) this.#bytes = this.#write(this.#copied, { status: 100 })
        this.#send()
        break
      case 'timeout':
        this.onTimeout(effect.timer)
        break
      case 'end':
        this.#machine.close()
        this.#ended()
        break
    }
  }

  #send(): void {
    const bytes = this.#bytes
    const { transport } = this.#arrival
    if (bytes) transport.send(bytes, this.#replyTo, () => transport.send(bytes, this.#sentBy))
  }

  #write(copied: Copied, response: OutgoingResponse): Uint8Array {
    const tag = copied.hasToTag || response.status === 100 ? '' : `;tag=${this.localTag}`
    return writeResponse({
      status: response.status,
      reason: response.reason ?? reasonPhrase(response.status),
      headers: [
        ...copied.via,
        ['From', copied.from],
        ['To', copied.to + tag],
        ['Call-ID', copied.callId],
        ['CSeq', copied.cseq],
        ...(response.headers ?? []),
      ],
      ...(response.body === undefined ? {} : { body: response.body }),
    })
  }
}

function copyHeaders(request: SipRequest, top: Via): Copied {
  return {
    via: [['Via', writeVia(top)], ...request.via.slice(1).map(via => ['Via', writeVia(via)] as const)],
    from: headerValue(request, 'from') ?? '',
    to: headerValue(request, 'to') ?? '',
    callId: request.callId,
    cseq: `${request.cseq.number} ${request.cseq.method}`,
    hasToTag: tagOf(request.to) !== undefined,
  }
}

/** RFC 3581 section 4: `received` always says where the request came from, `rport` is filled in when asked for. */
function receivedVia(via: Via, source: Endpoint): Via {
  const asked = via.params.some(([name]) => name === 'rport')
  if (!asked && via.host === source.address) return via
  const kept = via.params.filter(([name]) => name !== 'received' && name !== 'rport')
  kept.push(['received', source.address])
  if (asked) kept.push(['rport', String(source.port)])
  const { transport, host, port } = via
  return port === undefined ? { transport, host, params: kept } : { transport, host, port, params: kept }
}

/**
 * RFC 3261 section 18.2.2 with RFC 3581: over the connection that brought the request, and never to an address that the
 * request merely claims.
 */
export function replyAddress(via: Via, { source, transport }: Arrival): Endpoint {
  if (transport.reliable || via.params.some(([name]) => name === 'rport')) return source
  return { address: source.address, port: via.port ?? DEFAULT_PORT }
}

const DEFAULT_PORT = 5060
