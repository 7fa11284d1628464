/**
 * An outgoing call: the INVITE of ours, from the first datagram to a dialog or a failure (RFC 3261 section 13.2).
 */
import { formatEndpoint, Machine, randomToken } from '../../base/index.ts'
import { authorizationFor } from '../auth/digest-client.ts'
import type { HeaderPairs, SipResponse, Uri } from '../message/message.ts'
import { tagOf } from '../message/name-addr.ts'
import type { Body, InviteFailure, InviteParams, OutgoingCall, OutgoingCallDelegate } from '../port.ts'
import { requestLines } from '../reserved-headers.ts'
import type { ClientTransaction, OutgoingRequest } from '../transaction/client-transaction.ts'
import { TAG_CHARS } from '../transaction/server-transaction.ts'
import type { Hop } from '../transport/transport.ts'
import { responseInfo } from './content.ts'
import { ALLOW, contactValue, localAddressFor, type UserAgentContext } from './context.ts'
import { InviteDialog } from './invite-dialog.ts'
import {
  type OutgoingInviteEffect,
  type OutgoingInviteEvent,
  type OutgoingInviteState,
  outgoingInviteStart,
  outgoingInviteStep,
} from './outgoing-invite-machine.ts'
import { partyText } from './party.ts'
import { dialogOfResponse } from './state.ts'

const CALL_ID_CHARS = 22
const DEFAULT_MAX_FORWARDS = 70

export class OutgoingInvite implements OutgoingCall {
  readonly callId: string
  readonly localAddress: string
  readonly #context: UserAgentContext
  readonly #params: InviteParams
  readonly #uri: Uri
  readonly #destination: Hop
  readonly #localTag: string
  readonly #delegate: OutgoingCallDelegate
  readonly #machine: Machine<OutgoingInviteState, OutgoingInviteEvent, 'cancel', OutgoingInviteEffect>
  /** Branches whose 2xx we have dealt with: how to send their ACK again. */
  readonly #acks = new Map<string, () => void>()
  #request: OutgoingRequest
  #transaction: ClientTransaction
  #cancelHeaders: HeaderPairs = []
  #authorized = false
  #lateOffer: { readonly dialog: InviteDialog; readonly branch: string } | undefined

  constructor(
    context: UserAgentContext,
    params: InviteParams,
    uri: Uri,
    destination: Hop,
    delegate: OutgoingCallDelegate,
  ) {
    this.#context = context
    this.#params = params
    this.#uri = uri
    this.#destination = destination
    this.#delegate = delegate
    this.callId = randomToken(context.random, CALL_ID_CHARS)
    this.#localTag = randomToken(context.random, TAG_CHARS)
    this.localAddress = localAddressFor(context, destination)
    this.#machine = new Machine<OutgoingInviteState, OutgoingInviteEvent, 'cancel', OutgoingInviteEffect>(
      context.clock,
      outgoingInviteStep.bind(undefined, context.timers),
      outgoingInviteStart,
      effect => this.#perform(effect),
    )
    this.#request = this.#firstRequest()
    this.#transaction = this.#transact()
  }

  cancel(headers: HeaderPairs = []): void {
    requestLines(headers) // what cannot be sent is refused now, not when a provisional response comes
    this.#cancelHeaders = headers
    this.#machine.dispatch({ type: 'cancel' })
  }

  ack(body: Body): void {
    const late = this.#lateOffer
    if (!late) return
    this.#lateOffer = undefined
    this.#acknowledge(late.dialog, late.branch, body)
  }

  #firstRequest(): OutgoingRequest {
    const { to, from, uri, headers = [], body, maxForwards = DEFAULT_MAX_FORWARDS } = this.#params
    return {
      method: 'INVITE',
      uri,
      destination: this.#destination,
      from: `${partyText(from)};tag=${this.#localTag}`,
      to: partyText(to ?? { uri }),
      callId: this.callId,
      cseq: 1,
      routes: [],
      maxForwards,
      headers: [['Contact', contactValue(this.#context, this.#destination)], ['Allow', ALLOW], ...headers],
      ...(body === undefined ? {} : { body }),
    }
  }

  #unanswered(timer: string): InviteFailure {
    if (timer !== 'connection') return { cause: 'timeout', timer, method: 'INVITE' }
    return { cause: 'unreachable', message: `No connection with ${formatEndpoint(this.#destination)}.` }
  }

  #transact(): ClientTransaction {
    const { cseq } = this.#request
    return this.#context.layer.request(this.#request, {
      onResponse: response => this.#onResponse(response),
      onTimeout: timer => {
        if (cseq === this.#request.cseq) this.#machine.dispatch({ type: 'timeout', timer })
      },
    })
  }

  #onResponse(response: SipResponse): void {
    if (response.status < 200) this.#machine.dispatch({ type: 'provisional', response })
    else if (response.status < 300) {
      this.#machine.dispatch({ type: 'success', response, branch: tagOf(response.to) ?? '' })
    } else if (!this.#sendAgainWithCredentials(response)) this.#machine.dispatch({ type: 'failure', response })
  }

  /** One challenge is answered (D27); a second one is a refusal. */
  #sendAgainWithCredentials(response: SipResponse): boolean {
    const { auth } = this.#params
    const { state } = this.#machine
    const wanted = state.name === 'proceeding' || (state.name === 'calling' && !state.canceled)
    if (!auth || this.#authorized || !wanted) return false
    const authorization = authorizationFor(response, 'INVITE', this.#request.uri, auth, this.#context.random)
    if (!authorization) return false
    this.#authorized = true
    this.#request = {
      ...this.#request,
      cseq: this.#request.cseq + 1,
      headers: [...this.#request.headers, authorization],
    }
    this.#machine.dispatch({ type: 'restart' })
    this.#transaction = this.#transact()
    return true
  }

  #perform(effect: OutgoingInviteEffect): void {
    const delegate = this.#delegate
    switch (effect.type) {
      case 'send-cancel':
        this.#sendCancel()
        break
      case 'abandon':
        this.#transaction.abandon()
        break
      case 'tell-provisional':
        delegate.onProvisional(responseInfo(effect.response))
        break
      case 'accept':
        this.#accept(effect.response, effect.branch)
        break
      case 'acknowledge-again':
        this.#acks.get(effect.branch)?.()
        break
      case 'release':
        this.#release(effect.response, effect.branch)
        break
      case 'tell-failed':
        delegate.onFailed({ cause: 'response', response: responseInfo(effect.response) })
        break
      case 'tell-timeout':
        delegate.onFailed(this.#unanswered(effect.timer))
        break
      case 'tell-canceled':
        delegate.onFailed({ cause: 'canceled', response: effect.response && responseInfo(effect.response) })
        break
    }
  }

  #sendCancel(): void {
    const request = this.#transaction.cancelRequest(requestLines(this.#cancelHeaders))
    const nothing = { onResponse: () => {}, onTimeout: () => {} }
    this.#context.layer.request(request, nothing, this.#transaction.branch)
  }

  #accept(response: SipResponse, branch: string): void {
    const dialog = this.#dialogOf(response, this.#delegate)
    if (this.#params.body === undefined) this.#lateOffer = { dialog, branch }
    else this.#acknowledge(dialog, branch, undefined)
    this.#delegate.onAnswered(responseInfo(response), dialog)
  }

  /** A 2xx that nobody wants: acknowledged, and its call ended at once (RFC 3261 section 13.2.2.4). */
  #release(response: SipResponse, branch: string): void {
    const again = this.#acks.get(branch)
    if (again) {
      again()
      return
    }
    const dialog = this.#dialogOf(response, UNWANTED)
    this.#acknowledge(dialog, branch, undefined)
    dialog.bye(this.#cancelHeaders)
  }

  #acknowledge(dialog: InviteDialog, branch: string, body: Body | undefined): void {
    const { cseq } = this.#request
    dialog.acknowledge(cseq, body, resend => this.#acks.set(branch, resend))
  }

  #dialogOf(response: SipResponse, delegate: OutgoingCallDelegate | typeof UNWANTED): InviteDialog {
    const request = { from: this.#request.from, uri: this.#uri, localTag: this.#localTag }
    return new InviteDialog(this.#context, {
      state: dialogOfResponse(request, response, this.#destination),
      localCseq: this.#request.cseq,
      remoteCseq: 0,
      delegate,
      ...(this.#params.auth === undefined ? {} : { auth: this.#params.auth }),
    })
  }
}

/** The owner of a dialog that is only there to be ended. */
export const UNWANTED = {
  onReinvite: (request: { reject(status: number): void }) => request.reject(481),
  onRequest: (request: { respond(status: number): void }) => request.respond(481),
  onEnd: () => {},
}
