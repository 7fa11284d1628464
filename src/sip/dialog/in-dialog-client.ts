/**
 * Requests of ours inside a dialog: numbering, routing, and one answer to a challenge.
 */
import { authorizationFor } from '../auth/digest-client.ts'
import type { HeaderPairs, SipResponse } from '../message/message.ts'
import type { Body, Credentials } from '../port.ts'
import type { ClientTransaction, OutgoingRequest } from '../transaction/client-transaction.ts'
import { viaOf, writeWithVia } from '../transaction/client-transaction.ts'
import type { UserAgentContext } from './context.ts'
import { type DialogState, mayReuseConnection, requestTarget, unreachableContact } from './state.ts'

export interface RequestContent {
  readonly headers?: HeaderPairs
  readonly body?: Body
}

export interface InDialogUser {
  onResponse(response: SipResponse, cseq: number): void
  onTimeout(timer: string): void
  onUnreachable(message: string): void
  /** It is on the wire; once more when a challenge was answered. */
  onSent?(transaction: ClientTransaction): void
  /** For INVITE: the transaction that absorbs repeated 2xx is over. */
  onEnd?(): void
}

const MAX_FORWARDS = 70

export class InDialogClient {
  state: DialogState
  readonly #context: UserAgentContext
  readonly #auth: Credentials | undefined
  #cseq: number

  constructor(context: UserAgentContext, state: DialogState, cseq: number, auth: Credentials | undefined) {
    this.#context = context
    this.state = state
    this.#cseq = cseq
    this.#auth = auth
  }

  /** Final responses other than an answered challenge are told once; for INVITE every 2xx is. */
  send(method: string, content: RequestContent, user: InDialogUser): void {
    this.#prepare(method, ++this.#cseq, content, request => {
      if (request) this.#transact(request, content, user, this.#auth !== undefined)
      else user.onUnreachable('The dialog’s next hop has no address.')
    })
  }

  /** The ACK to a 2xx: its own branch, the INVITE's number (RFC 3261 section 13.2.2.4). Gives the bytes for later repeats. */
  acknowledge(cseq: number, body: Body | undefined, sent: (resend: () => void) => void): void {
    this.#prepare('ACK', cseq, body === undefined ? {} : { body }, request => {
      if (!request) return
      const transport = this.#context.transportTo(request.destination)
      const bytes = writeWithVia(request, viaOf(transport, request.destination, this.#context.layer.newBranch()))
      const resend = (): void => transport.send(bytes, request.destination)
      resend()
      sent(resend)
    })
  }

  #transact(request: OutgoingRequest, content: RequestContent, user: InDialogUser, mayAuthorize: boolean): void {
    const transaction = this.#context.layer.request(request, {
      onResponse: response => {
        const authorization = mayAuthorize ? this.#authorize(request, response) : undefined
        if (authorization) {
          const again = { ...request, cseq: ++this.#cseq, headers: [...request.headers, authorization] }
          this.#transact(again, content, user, false)
        } else user.onResponse(response, request.cseq)
      },
      onTimeout: timer => user.onTimeout(timer),
      onEnd: () => user.onEnd?.(),
    })
    user.onSent?.(transaction)
  }

  #authorize(request: OutgoingRequest, response: SipResponse): readonly [string, string] | undefined {
    if (!this.#auth) return undefined
    return authorizationFor(response, request.method, request.uri, this.#auth, this.#context.random)
  }

  #prepare(
    method: string,
    cseq: number,
    content: RequestContent,
    ready: (request: OutgoingRequest | undefined) => void,
  ): void {
    const { state } = this
    const { uri, routes, nextHop } = requestTarget(state)
    const request = {
      method,
      uri,
      from: state.localParty,
      to: state.remoteParty,
      callId: state.callId,
      cseq,
      routes,
      maxForwards: MAX_FORWARDS,
      headers: content.headers ?? [],
      ...(content.body === undefined ? {} : { body: content.body }),
    }
    const { source } = state
    const isConnected = mayReuseConnection(nextHop, state) && this.#context.transportTo(source).isConnected(source)
    if (isConnected || unreachableContact(nextHop, state)) {
      ready({ destination: source, ...request })
      return
    }
    this.#context.locate(nextHop, located => {
      ready(located.ok ? { destination: located.hop, ...request } : undefined)
    })
  }
}
