/**
 * A confirmed INVITE dialog: BYE, re-INVITE and other requests both ways (RFC 3261 sections 12.2, 14, 15).
 */
import { randomBelow, type Timer } from '../../base/index.ts'
import type { HeaderPairs, SipRequest, SipResponse } from '../message/message.ts'
import type { Body, Credentials, Dialog, DialogDelegate, DialogEnd, InDialogMethod, RequestOutcome } from '../port.ts'
import type { ServerTransaction } from '../transaction/server-transaction.ts'
import { bodyOf, responseInfo } from './content.ts'
import { ALLOW, contactValue, type KnownDialog, type UserAgentContext } from './context.ts'
import { InDialogClient, type RequestContent } from './in-dialog-client.ts'
import { contactOf, type DialogState, dialogKey } from './state.ts'
import { type Repeater, repeatUntilAck } from './success-repeater.ts'

/** A re-INVITE of the peer that is being worked on, or whose 2xx awaits its ACK. */
interface IncomingInvite {
  readonly cseq: number
  readonly transaction: ServerTransaction
  repeater?: Repeater
}

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

const RETRY_AFTER_LIMIT_S = 10

export class InviteDialog implements Dialog, KnownDialog {
  readonly localAddress: string
  readonly #context: UserAgentContext
  readonly #client: InDialogClient
  readonly #delegate: InviteDialogOptions['delegate']
  #phase: Phase = 'confirmed'
  #remoteCseq: number
  #incoming: IncomingInvite | undefined
  #outgoingInvite = false
  #firstAck: { readonly cseq: number; readonly onAck: (ack: SipRequest) => void; seen: boolean } | undefined
  #glareTimer: Timer | undefined
  /** ACKs that we may have to send again, by the number of the INVITE. */
  readonly #acks = new Map<number, () => void>()

  constructor(context: UserAgentContext, options: InviteDialogOptions) {
    this.#context = context
    this.#client = new InDialogClient(context, options.state, options.localCseq, options.auth)
    this.#delegate = options.delegate
    this.#remoteCseq = options.remoteCseq
    this.localAddress = context.transport.sentBy(options.state.source.address).address
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
    this.#phase = 'releasing'
    this.#stopTimers()
    const released = (timer?: string): void => {
      this.#close()
      this.#delegate.onReleased?.(timer === undefined ? {} : { timer })
    }
    this.#client.send(
      'BYE',
      { headers },
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
    this.#client.send(method, this.#withContact(method, content), this.#outcomeTo(done))
  }

  reinvite(body: Body, done: (outcome: RequestOutcome) => void): void {
    this.#reinvite(body, done, true)
  }

  #reinvite(body: Body, done: (outcome: RequestOutcome) => void, mayRetry: boolean): void {
    if (this.#phase !== 'confirmed' || this.#outgoingInvite) {
      done({ ok: false, cause: 'ended' })
      return
    }
    if (this.#incoming) {
      this.#afterGlare(body, done)
      return
    }
    this.#outgoingInvite = true
    const outcome = this.#outcomeTo(done)
    let cseq = 0
    this.#client.send('INVITE', this.#withContact('INVITE', { body }), {
      onResponse: (response, number) => {
        cseq = number
        if (response.status < 200) return
        if (response.status < 300) {
          if (this.#acknowledged(number)) return
          this.#client.acknowledge(number, undefined, resend => this.#acks.set(number, resend))
          this.#client.state = {
            ...this.#client.state,
            remoteTarget: contactOf(response) ?? this.#client.state.remoteTarget,
          }
        }
        this.#outgoingInvite = false
        if (response.status === 491 && mayRetry) this.#afterGlare(body, done)
        else outcome.onResponse(response)
      },
      onTimeout: timer => {
        this.#outgoingInvite = false
        outcome.onTimeout(timer, 'INVITE')
      },
      onUnreachable: () => {
        this.#outgoingInvite = false
        outcome.onUnreachable()
      },
      onEnd: () => this.#acks.delete(cseq),
    })
  }

  /** A 2xx that no transaction knows any more: its ACK was lost. False if the INVITE was not of this dialog. */
  acknowledgeAgain(response: SipResponse): boolean {
    return this.#acknowledged(response.cseq.number)
  }

  /** Acknowledges the 2xx that made this dialog; `sent` gets the means to do it again. */
  acknowledge(cseq: number, body: Body | undefined, sent: (resend: () => void) => void): void {
    this.#client.acknowledge(cseq, body, resend => {
      this.#acks.set(cseq, resend)
      sent(resend)
    })
  }

  /** The ACK to the 2xx that made this dialog goes to `onAck`. */
  awaitAck(cseq: number, onAck: (ack: SipRequest) => void): void {
    this.#firstAck = { cseq, onAck, seen: false }
  }

  /** The peer's request in this dialog; `onAck` has its own door. */
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
    else if (request.method === 'INVITE') this.#onReinvite(request, transaction)
    else if (request.method === 'OPTIONS') transaction.respond({ status: 200, headers: [['Allow', ALLOW]] })
    else this.#onOther(request, transaction)
  }

  onAck(ack: SipRequest): void {
    if (this.#firstAck?.cseq === ack.cseq.number) {
      this.#firstAck.seen = true
      this.#firstAck.onAck(ack)
      return
    }
    const { repeater, cseq } = this.#incoming ?? {}
    if (!repeater || cseq !== ack.cseq.number) return
    repeater.acknowledge()
    const body = bodyOf(ack)
    if (body) this.#delegate.onAckBody?.(body)
  }

  /** The CANCEL of a re-INVITE: the dialog stays. */
  onCancel(transaction: ServerTransaction): void {
    if (this.#incoming?.transaction !== transaction || transaction.final) return
    transaction.respond({ status: 487 })
    this.#incoming = undefined
  }

  #onBye(request: SipRequest, transaction: ServerTransaction): void {
    transaction.respond({ status: 200 })
    this.#end({ cause: 'bye', headers: request.headers })
  }

  #onReinvite(request: SipRequest, transaction: ServerTransaction): void {
    // RFC 3261 section 14.2: two at a time are refused, crossing ones with 491.
    if (this.#outgoingInvite) {
      transaction.respond({ status: 491 })
      return
    }
    if (this.#incoming || this.#firstAck?.seen === false) {
      const seconds = randomBelow(this.#context.random, RETRY_AFTER_LIMIT_S + 1)
      transaction.respond({ status: 500, headers: [['Retry-After', String(seconds)]] })
      return
    }
    if (this.#phase !== 'confirmed') {
      transaction.respond({ status: 481 })
      return
    }
    const incoming: IncomingInvite = { cseq: request.cseq.number, transaction }
    this.#incoming = incoming
    this.#client.state = { ...this.#client.state, remoteTarget: contactOf(request) ?? this.#client.state.remoteTarget }
    this.#delegate.onReinvite({
      body: bodyOf(request),
      answer: body => this.#answer(incoming, body),
      reject: (status, reason) => {
        if (transaction.final) return
        this.#incoming = undefined
        transaction.respond({ status, ...(reason === undefined ? {} : { reason }) })
      },
    })
  }

  #answer(incoming: IncomingInvite, body: Body): void {
    const { transaction } = incoming
    if (transaction.final || this.#phase !== 'confirmed') return
    const contact = contactValue(this.#context, transaction.source.address)
    transaction.respond({
      status: 200,
      headers: [
        ['Contact', contact],
        ['Allow', ALLOW],
      ],
      body,
    })
    incoming.repeater = repeatUntilAck(this.#context, transaction, acknowledged => {
      this.#incoming = undefined
      if (!acknowledged) this.#unacknowledged()
    })
  }

  #unacknowledged(): void {
    this.bye()
    this.#delegate.onEnd({ cause: 'timeout', timer: 'ACK', method: 'INVITE' })
  }

  #onOther(request: SipRequest, transaction: ServerTransaction): void {
    if (this.#phase !== 'confirmed') {
      transaction.respond({ status: 481 })
      return
    }
    this.#delegate.onRequest({
      method: request.method,
      headers: request.headers,
      body: bodyOf(request),
      respond: (status, content = {}) => transaction.respond({ status, ...content }),
    })
  }

  /** RFC 3261 section 14.1: the owner of the Call-ID waits 2.1-4 s, the other 0-2 s, in steps of 10 ms. */
  #afterGlare(body: Body, done: (outcome: RequestOutcome) => void): void {
    const { random, clock } = this.#context
    const ms = this.#client.state.caller ? 2_100 + 10 * randomBelow(random, 191) : 10 * randomBelow(random, 201)
    this.#glareTimer?.cancel()
    this.#glareTimer = clock.after(ms, () => {
      this.#glareTimer = undefined
      this.#reinvite(body, done, false)
    })
  }

  #outcomeTo(done: (outcome: RequestOutcome) => void): {
    onResponse(response: SipResponse): void
    onTimeout(timer: string, method?: string): void
    onUnreachable(): void
  } {
    return {
      onResponse: response => {
        if (response.status < 200) return
        const info = responseInfo(response)
        // RFC 3261 section 12.2.1.2: the peer has forgotten the dialog.
        const gone = response.status === 481 || response.status === 408
        if (gone) this.#gone({ cause: 'gone', status: response.status })
        done(response.status < 300 ? { ok: true, response: info } : { ok: false, cause: 'response', response: info })
      },
      onTimeout: (timer, method = 'INFO') => {
        this.#gone({ cause: 'timeout', timer, method })
        done({ ok: false, cause: 'timeout' })
      },
      onUnreachable: () => done({ ok: false, cause: 'unreachable' }),
    }
  }

  #gone(end: DialogEnd): void {
    if (this.#phase !== 'confirmed') return
    this.bye()
    this.#delegate.onEnd(end)
  }

  #end(end: DialogEnd): void {
    const wasConfirmed = this.#phase === 'confirmed'
    this.#close()
    if (wasConfirmed) this.#delegate.onEnd(end)
  }

  #close(): void {
    this.#phase = 'ended'
    this.#stopTimers()
    this.#context.dialogs.delete(this.#key)
  }

  #stopTimers(): void {
    this.#glareTimer?.cancel()
    this.#glareTimer = undefined
    this.#incoming?.repeater?.close()
    if (this.#incoming && !this.#incoming.transaction.final) this.#incoming.transaction.respond({ status: 487 })
    this.#incoming = undefined
  }

  #acknowledged(cseq: number): boolean {
    const resend = this.#acks.get(cseq)
    resend?.()
    return resend !== undefined
  }

  #withContact(method: string, content: RequestContent): RequestContent {
    if (method !== 'INVITE' && method !== 'UPDATE' && method !== 'REFER') return content
    const contact = contactValue(this.#context, this.#client.state.source.address)
    return { ...content, headers: [['Contact', contact], ['Allow', ALLOW], ...(content.headers ?? [])] }
  }
}
