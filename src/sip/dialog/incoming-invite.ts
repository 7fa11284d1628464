/**
 * An incoming call: an INVITE of a peer, from the first datagram to a dialog or a final response (RFC 3261 section 13.3).
 *
 *     proceeding ──answer──▶ answered ──ACK──▶ established
 *         │ reject, CANCEL      │ bye: remembered until the ACK or 64*T1 (RFC 3261 section 15)
 *         └──────▶ ended ◀──────┘
 */
import type { Endpoint } from '../../base/index.ts'
import type { HeaderField, HeaderPairs, NameAddr, SipRequest, Uri } from '../message/message.ts'
import { encodeText } from '../message/text.ts'
import type { Body, IncomingCall, IncomingCallDelegate } from '../port.ts'
import { requestLines, responseLines } from '../reserved-headers.ts'
import type { ServerTransaction } from '../transaction/server-transaction.ts'
import { bodyOf } from './content.ts'
import { ALLOW, contactValue, localAddressFor, type UserAgentContext } from './context.ts'
import { InviteDialog } from './invite-dialog.ts'
import { type DialogState, dialogOfRequest } from './state.ts'
import { type Repeater, repeatUntilAck } from './success-repeater.ts'

type Phase = 'proceeding' | 'answered' | 'established' | 'ended'

const DEFAULT_MAX_FORWARDS = 70

export class IncomingInvite implements IncomingCall {
  readonly callId: string
  readonly uri: Uri
  readonly from: NameAddr
  readonly to: NameAddr
  readonly headers: readonly HeaderField[]
  readonly body: Body | undefined
  readonly maxForwards: number
  readonly source: Endpoint
  readonly localAddress: string
  readonly localTag: string
  /** Set once, right after construction. */
  delegate!: IncomingCallDelegate
  readonly #context: UserAgentContext
  readonly #transaction: ServerTransaction
  readonly #dialogState: DialogState
  readonly #cseq: number
  readonly #recordRoutes: HeaderPairs
  #phase: Phase = 'proceeding'
  #dialog: InviteDialog | undefined
  #repeater: Repeater | undefined
  #byeWanted: HeaderPairs | undefined

  constructor(context: UserAgentContext, request: SipRequest, transaction: ServerTransaction) {
    this.#context = context
    this.#transaction = transaction
    this.callId = request.callId
    this.uri = request.uri
    this.from = request.from
    this.to = request.to
    this.headers = request.headers
    this.body = bodyOf(request)
    this.maxForwards = request.maxForwards ?? DEFAULT_MAX_FORWARDS
    this.source = transaction.source
    this.localAddress = localAddressFor(context, transaction.source)
    this.localTag = transaction.localTag
    this.#dialogState = dialogOfRequest(request, transaction.localTag, transaction.source)
    this.#cseq = request.cseq.number
    // Copied into every response that may make a dialog (RFC 3261 section 12.1.1).
    this.#recordRoutes = request.headers
      .filter(field => field.key === 'record-route')
      .map(field => ['Record-Route', field.value] as const)
  }

  ring(headers: HeaderPairs = []): void {
    this.#respond(180, responseLines(headers))
  }

  progress(body: Body, headers: HeaderPairs = []): void {
    this.#respond(183, responseLines(headers), body)
  }

  answer(body: Body, headers: HeaderPairs = []): void {
    if (this.#phase !== 'proceeding') return
    const lines = responseLines(headers)
    this.#phase = 'answered'
    this.#dialog = new InviteDialog(this.#context, {
      state: this.#dialogState,
      localCseq: 0,
      remoteCseq: this.#cseq,
      delegate: {
        onReinvite: request => this.delegate.onReinvite(request),
        onRequest: request => this.delegate.onRequest(request),
        onAckBody: ackBody => this.delegate.onAckBody?.(ackBody),
        onEnd: end => {
          this.#stop()
          if (this.#byeWanted) this.delegate.onReleased?.({})
          else this.delegate.onEnd(end)
        },
        onReleased: result => this.delegate.onReleased?.(result),
      },
    })
    this.#dialog.awaitAck(this.#cseq, ack => this.#onAck(ack))
    this.#respond(200, lines, body)
    this.#repeater = repeatUntilAck(this.#context, this.#transaction, acknowledged => {
      if (!acknowledged) this.#unacknowledged()
    })
  }

  reject(status: number, reason?: string, headers: HeaderPairs = []): void {
    if (this.#phase !== 'proceeding') return
    const lines = responseLines(headers)
    this.#phase = 'ended'
    this.#transaction.respond({
      status,
      headers: lines,
      ...(reason === undefined ? {} : { reason: encodeText(reason) }),
    })
  }

  bye(headers: HeaderPairs = []): void {
    requestLines(headers) // what cannot be sent is refused now, not when the ACK comes
    if (this.#phase === 'proceeding') this.reject(480, undefined, headers)
    else if (this.#phase === 'answered') this.#byeWanted = headers
    else if (this.#phase === 'established') this.#release(headers)
  }

  /** A CANCEL, or a BYE in the early dialog, before the final response. */
  canceled(headers: readonly HeaderField[]): void {
    if (this.#phase !== 'proceeding') return
    this.#phase = 'ended'
    this.#transaction.respond({ status: 487 })
    this.delegate.onCancel(headers)
  }

  #onAck(ack: SipRequest): void {
    if (this.#phase !== 'answered') return
    this.#phase = 'established'
    this.#repeater?.acknowledge()
    const body = bodyOf(ack)
    if (body) this.delegate.onAckBody?.(body)
    if (this.#byeWanted) this.#release(this.#byeWanted)
    else if (this.#dialog) this.delegate.onEstablished(this.#dialog)
  }

  /** RFC 3261 section 13.3.1.4: without an ACK in 64*T1 the session is terminated with a BYE. */
  #unacknowledged(): void {
    if (this.#phase !== 'answered') return
    const told = this.#byeWanted !== undefined
    this.#release(this.#byeWanted ?? [])
    if (!told) this.delegate.onEnd({ cause: 'timeout', timer: 'ACK', method: 'INVITE' })
  }

  #release(headers: HeaderPairs): void {
    this.#stop()
    this.#dialog?.bye(headers)
  }

  #stop(): void {
    this.#phase = 'ended'
    this.#repeater?.close()
  }

  #respond(status: number, headers: HeaderPairs, body?: Body): void {
    if (this.#phase === 'ended' || this.#transaction.final) return
    const contact = contactValue(this.#context, this.source)
    this.#transaction.respond({
      status,
      headers: [...this.#recordRoutes, ['Contact', contact], ['Allow', ALLOW], ...headers],
      ...(body === undefined ? {} : { body }),
    })
  }
}
