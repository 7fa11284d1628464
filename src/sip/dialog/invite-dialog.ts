/**
 * A confirmed INVITE dialog: its requests both ways, and its end (RFC 3261 sections 12.2 and 15).
 */
import type { HeaderPairs, SipRequest, SipResponse } from '../message/message.ts'
import { encodeText } from '../message/text.ts'
import type { Body, Credentials, Dialog, DialogDelegate, DialogEnd, InDialogMethod, RequestOutcome } from '../port.ts'
import { requestLines, responseLines } from '../reserved-headers.ts'
import type { ServerTransaction } from '../transaction/server-transaction.ts'
import { bodyOf, responseInfo } from './content.ts'
import { ALLOW, contactValue, type KnownDialog, localAddressFor, type UserAgentContext } from './context.ts'
import { InDialogClient, type InDialogUser, type RequestContent } from './in-dialog-client.ts'
import { ReinviteClient } from './reinvite-client.ts'
import { ReinviteServer } from './reinvite-server.ts'
import { contactOf, type DialogState, dialogKey } from './state.ts'

type Phase = 'confirmed' | 'releasing' | 'ended'

export interface InviteDialogOptions {
  readonly state: DialogState
  /** The number of our last request. */
  readonly localCseq: number
  /** The number of the peer's last request. */
  readonly remoteCseq: number
  readonly auth?: Credentials
  readonly delegate: DialogDelegate & { onReleased?(result: { readonly timer?: string }): void }
}

export class InviteDialog implements Dialog, KnownDialog {
  readonly localAddress: string
  readonly #context: UserAgentContext
  readonly #client: InDialogClient
  readonly #delegate: InviteDialogOptions['delegate']
  readonly #reinvites: ReinviteClient
  readonly #peerReinvites: ReinviteServer
  #phase: Phase = 'confirmed'
  #remoteCseq: number
  /** The ACK to the 2xx of ours that made this dialog. */
  #firstAck: { readonly cseq: number; readonly onAck: (ack: SipRequest) => void; seen: boolean } | undefined

  constructor(context: UserAgentContext, options: InviteDialogOptions) {
    const { state, localCseq, remoteCseq, auth, delegate } = options
    this.#context = context
    this.#client = new InDialogClient(context, state, localCseq, auth)
    this.#delegate = delegate
    this.#remoteCseq = remoteCseq
    this.#reinvites = new ReinviteClient(context, this.#client, {
      ready: () => (this.#phase !== 'confirmed' ? 'no' : this.#peerReinvites.busy ? 'wait' : 'yes'),
      content: body => this.#withContact({ body }),
      outcome: done => this.#outcomeTo('INVITE', done),
    })
    this.#peerReinvites = new ReinviteServer(context, {
      onReinvite: request => delegate.onReinvite(request),
      onUnacknowledged: () => this.#gone({ cause: 'timeout', timer: 'ACK', method: 'INVITE' }),
    })
    this.localAddress = localAddressFor(context, state.source)
    context.dialogs.set(this.#key, this)
  }

  get callId(): string {
    return this.#client.state.callId
  }

  get localTag(): string {
    return this.#client.state.localTag
  }

  get remoteTag(): string {
    return this.#client.state.remoteTag
  }

  get #key(): string {
    return dialogKey(this.callId, this.localTag, this.remoteTag)
  }

  bye(headers: HeaderPairs = []): void {
    if (this.#phase !== 'confirmed') return
    const lines = requestLines(headers)
    this.#phase = 'releasing'
    this.#stop()
    const released = (timer?: string): void => {
      this.#close()
      this.#delegate.onReleased?.(timer === undefined ? {} : { timer })
    }
    this.#client.send(
      'BYE',
      { headers: lines },
      {
        onResponse: response => {
          if (response.status >= 200) released()
        },
        onTimeout: released,
        onUnreachable: () => released('unreachable'),
      },
    )
  }

  request(method: InDialogMethod, content: RequestContent, done: (outcome: RequestOutcome) => void): void {
    if (this.#phase !== 'confirmed') {
      done({ ok: false, cause: 'ended' })
      return
    }
    const checked = { ...content, headers: requestLines(content.headers ?? []) }
    const refreshes = method === 'UPDATE' || method === 'REFER'
    this.#client.send(method, refreshes ? this.#withContact(checked) : checked, this.#outcomeTo(method, done))
  }

  reinvite(body: Body, done: (outcome: RequestOutcome) => void): void {
    this.#reinvites.send(body, done)
  }

  acknowledgeAgain(response: SipResponse): boolean {
    return this.#reinvites.acknowledgeAgain(response.cseq.number)
  }

  /** Acknowledges the 2xx that made this dialog; `sent` gets the means to do it again. */
  acknowledge(cseq: number, body: Body | undefined, sent: (resend: () => void) => void): void {
    this.#client.acknowledge(cseq, body, resend => {
      this.#reinvites.keepAck(cseq, resend)
      sent(resend)
    })
  }

  /** The ACK to the 2xx that made this dialog goes to `onAck`. */
  awaitAck(cseq: number, onAck: (ack: SipRequest) => void): void {
    this.#firstAck = { cseq, onAck, seen: false }
  }

  receive(request: SipRequest, transaction: ServerTransaction): void {
    if (this.#phase === 'ended') {
      transaction.respond({ status: 481 })
      return
    }
    // RFC 3261 section 12.2.2: lower than the last one is out of order.
    if (request.cseq.number < this.#remoteCseq) {
      transaction.respond({ status: 500, reason: 'CSeq Out Of Order' })
      return
    }
    this.#remoteCseq = request.cseq.number
    if (request.method === 'BYE') this.#onBye(request, transaction)
    else if (request.method === 'OPTIONS') transaction.respond({ status: 200, headers: [['Allow', ALLOW]] })
    else if (this.#phase !== 'confirmed') transaction.respond({ status: 481 })
    else if (request.method === 'INVITE') this.#onReinvite(request, transaction)
    else this.#onOther(request, transaction)
  }

  onAck(ack: SipRequest): void {
    if (this.#firstAck?.cseq === ack.cseq.number) {
      this.#firstAck.seen = true
      this.#firstAck.onAck(ack)
      return
    }
    const body = this.#peerReinvites.onAck(ack)
    if (body) this.#delegate.onAckBody?.(body)
  }

  onCancel(transaction: ServerTransaction): void {
    this.#peerReinvites.onCancel(transaction)
  }

  #onBye(request: SipRequest, transaction: ServerTransaction): void {
    const wasConfirmed = this.#phase === 'confirmed'
    transaction.respond({ status: 200 })
    this.#close()
    if (wasConfirmed) this.#delegate.onEnd({ cause: 'bye', headers: request.headers })
  }

  #onReinvite(request: SipRequest, transaction: ServerTransaction): void {
    // RFC 3261 section 14.2: crossing ones are refused with 491, a second one of the peer with 500.
    if (this.#reinvites.busy) transaction.respond({ status: 491 })
    else if (this.#peerReinvites.busy || this.#firstAck?.seen === false) this.#peerReinvites.refuse(transaction)
    else {
      const { state } = this.#client
      this.#client.state = { ...state, remoteTarget: contactOf(request) ?? state.remoteTarget }
      this.#peerReinvites.receive(request, transaction)
    }
  }

  #onOther(request: SipRequest, transaction: ServerTransaction): void {
    this.#delegate.onRequest({
      method: request.method,
      headers: request.headers,
      body: bodyOf(request),
      respond: (status, { reason, headers = [], body } = {}) => {
        transaction.respond({
          status,
          headers: responseLines(headers),
          ...(reason === undefined ? {} : { reason: encodeText(reason) }),
          ...(body === undefined ? {} : { body }),
        })
      },
    })
  }

  #outcomeTo(method: string, done: (outcome: RequestOutcome) => void): Omit<InDialogUser, 'onEnd'> {
    return {
      onResponse: response => {
        if (response.status < 200) return
        const info = responseInfo(response)
        // RFC 3261 section 12.2.1.2: the peer has forgotten the dialog.
        if (response.status === 481 || response.status === 408) this.#gone({ cause: 'gone', status: response.status })
        done(response.status < 300 ? { ok: true, response: info } : { ok: false, cause: 'response', response: info })
      },
      onTimeout: timer => {
        this.#gone({ cause: 'timeout', timer, method })
        done({ ok: false, cause: 'timeout' })
      },
      onUnreachable: () => done({ ok: false, cause: 'unreachable' }),
    }
  }

  /** The dialog is of no use any more: the peer is told, in case it hears. */
  #gone(end: DialogEnd): void {
    if (this.#phase !== 'confirmed') return
    this.bye()
    this.#delegate.onEnd(end)
  }

  #close(): void {
    this.#phase = 'ended'
    this.#stop()
    this.#context.dialogs.delete(this.#key)
  }

  #stop(): void {
    this.#reinvites.close()
    this.#peerReinvites.close()
  }

  #withContact(content: RequestContent): RequestContent {
    const contact = contactValue(this.#context, this.#client.state.source)
    return { ...content, headers: [['Contact', contact], ['Allow', ALLOW], ...(content.headers ?? [])] }
  }
}
