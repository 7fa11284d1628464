/**
 * One client transaction: the request on the wire, the machine that repeats it, and what its user hears.
 */
import { type Endpoint, formatEndpoint, Machine, type Running } from '../../base/index.ts'
import { headerValue } from '../message/header.ts'
import type { HeaderPairs, SipResponse } from '../message/message.ts'
import { writeRequest } from '../message/write.ts'
import type { Body } from '../port.ts'
import type { Hop, Transport } from '../transport/transport.ts'
import { type ClientEvent, type ClientState, type ClientTimer, clientStart, clientStep } from './client.ts'
import type { TransactionEnvironment, TransactionView } from './environment.ts'
import {
  type InviteClientEvent,
  type InviteClientState,
  type InviteClientTimer,
  inviteClientStart,
  inviteClientStep,
} from './invite-client.ts'

/** A request before it has a Via. Header values are text as it goes on the wire. */
export interface OutgoingRequest {
  readonly method: string
  readonly uri: string
  readonly destination: Hop
  readonly from: string
  readonly to: string
  readonly callId: string
  readonly cseq: number
  readonly routes: readonly string[]
  readonly maxForwards: number
  readonly headers: HeaderPairs
  readonly body?: Body
}

export interface ClientUser {
  /** Provisional, final, and for INVITE every 2xx that comes (RFC 6026). */
  onResponse(response: SipResponse): void
  onTimeout(timer: string): void
  /** The transaction absorbs nothing any more. */
  onEnd?(): void
}

/** The events and effects that both client machines share. */
type Event =
  | { readonly type: 'start' }
  | { readonly type: 'abandon' | 'limit' | 'unreachable' }
  | { readonly type: 'response'; readonly response: SipResponse }
type Effect =
  | { readonly type: 'send' }
  | { readonly type: 'ack'; readonly response: SipResponse }
  | { readonly type: 'tell'; readonly response: SipResponse }
  | { readonly type: 'timeout'; readonly timer: string }
  | { readonly type: 'end' }

export class ClientTransaction {
  readonly branch: string
  readonly method: string
  readonly #request: OutgoingRequest
  readonly #transport: Transport
  readonly #via: string
  readonly #machine: Running<Event>
  readonly #user: ClientUser
  readonly #ended: () => void
  readonly #bytes: Uint8Array

  constructor(
    env: TransactionEnvironment,
    request: OutgoingRequest,
    transport: Transport,
    branch: string,
    user: ClientUser,
    ended: () => void,
  ) {
    const invite = request.method === 'INVITE'
    this.method = request.method
    this.branch = branch
    this.#request = request
    this.#transport = transport
    this.#user = user
    this.#ended = ended
    this.#via = viaOf(transport, request.destination, this.branch)
    this.#bytes = writeWithVia(request, this.#via)
    const machineEnv = { timers: env.timers, reliable: transport.reliable }
    const perform = (effect: Effect): void => this.#perform(effect)
    this.#machine = invite
      ? new Machine<InviteClientState, InviteClientEvent, InviteClientTimer, Effect>(
          env.clock,
          (state, event) => inviteClientStep(machineEnv, state, event),
          inviteClientStart,
          perform,
        )
      : new Machine<ClientState, ClientEvent, ClientTimer, Effect>(
          env.clock,
          (state, event) => clientStep(machineEnv, state, event),
          clientStart,
          perform,
        )
  }

  start(): void {
    this.#machine.dispatch({ type: 'start' })
  }

  receive(response: SipResponse): void {
    this.#machine.dispatch({ type: 'response', response })
  }

  /** Stops waiting for a final response to a cancelled INVITE. */
  abandon(): void {
    this.#machine.dispatch({ type: 'abandon' })
  }

  /** Waits for a final response for 64*T1 from now at most, where an INVITE would wait without end. */
  limit(): void {
    this.#machine.dispatch({ type: 'limit' })
  }

  /** The CANCEL for this INVITE, to be sent under the same branch (RFC 3261 section 9.1). */
  cancelRequest(headers: HeaderPairs): OutgoingRequest {
    const { body: _body, ...copied } = this.#request
    return { ...copied, method: 'CANCEL', headers }
  }

  view(): TransactionView {
    return {
      kind: 'client',
      method: this.method,
      callId: this.#request.callId,
      state: this.#machine.state.name,
      timers: this.#machine.timers,
    }
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'send':
        this.#transport.send(this.#bytes, this.#request.destination, () => {
          this.#machine.dispatch({ type: 'unreachable' })
        })
        break
      case 'ack':
        this.#transport.send(this.#ackFor(effect.response), this.#request.destination)
        break
      case 'tell':
        this.#user.onResponse(effect.response)
        break
      case 'timeout':
        this.#user.onTimeout(effect.timer)
        break
      case 'end':
        this.#machine.close()
        this.#ended()
        this.#user.onEnd?.()
        break
    }
  }

  /** ACK to a non-2xx: hop by hop, To from the response (RFC 3261 section 17.1.1.3). */
  #ackFor(response: SipResponse): Uint8Array {
    const { body: _body, ...copied } = this.#request
    const to = headerValue(response, 'to') ?? copied.to
    return writeWithVia({ ...copied, method: 'ACK', to, headers: [] }, this.#via)
  }
}

/** Via of a request of ours; rport asks for symmetric answers (RFC 3581). */
export function viaOf(transport: Transport, destination: Endpoint, branch: string): string {
  const sentBy = formatEndpoint(transport.sentBy(destination.address))
  return `SIP/2.0/${transport.token} ${sentBy};branch=${branch};rport`
}

export function writeWithVia(request: OutgoingRequest, via: string): Uint8Array {
  const headers: (readonly [string, string])[] = [
    ['Via', via],
    ['Max-Forwards', String(request.maxForwards)],
    ['From', request.from],
    ['To', request.to],
    ['Call-ID', request.callId],
    ['CSeq', `${request.cseq} ${request.method}`],
  ]
  for (const route of request.routes) headers.push(['Route', route])
  headers.push(...request.headers)
  return writeRequest({
    method: request.method,
    uri: request.uri,
    headers,
    ...(request.body === undefined ? {} : { body: request.body }),
  })
}
