/**
 * Re-INVITEs of ours (RFC 3261 section 14.1): one at a time, and once more after 491.
 */
import { randomBelow, type Timer } from '../../base/index.ts'
import type { SipResponse } from '../message/message.ts'
import type { Body, RequestOutcome } from '../port.ts'
import type { ClientTransaction } from '../transaction/client-transaction.ts'
import type { UserAgentContext } from './context.ts'
import type { InDialogClient, InDialogUser, RequestContent } from './in-dialog-client.ts'
import { contactOf } from './state.ts'

export interface ReinviteOwner {
  /** False when the dialog is over, or the peer's own re-INVITE is under way (`wait`). */
  ready(): 'yes' | 'wait' | 'no'
  content(body: Body): RequestContent
  /** What a final response or its absence means to the dialog and to who asked. */
  outcome(done: (outcome: RequestOutcome) => void): Omit<InDialogUser, 'onEnd'>
}

export class ReinviteClient {
  readonly #context: UserAgentContext
  readonly #client: InDialogClient
  readonly #owner: ReinviteOwner
  /** ACKs that may have to be sent again, by the number of their INVITE. */
  readonly #acks = new Map<number, () => void>()
  #busy = false
  #closed = false
  #transaction: ClientTransaction | undefined
  /** One that waits for its second try. */
  #waiting: { readonly timer: Timer; readonly done: (outcome: RequestOutcome) => void } | undefined

  constructor(context: UserAgentContext, client: InDialogClient, owner: ReinviteOwner) {
    this.#context = context
    this.#client = client
    this.#owner = owner
  }

  get busy(): boolean {
    return this.#busy
  }

  send(body: Body, done: (outcome: RequestOutcome) => void): void {
    this.#send(body, done, true)
  }

  /** Keeps the way to acknowledge a 2xx once more. */
  keepAck(cseq: number, resend: () => void): void {
    this.#acks.set(cseq, resend)
  }

  /** Acknowledges a repeated 2xx. False if its INVITE was none of ours. */
  acknowledgeAgain(cseq: number): boolean {
    const resend = this.#acks.get(cseq)
    resend?.()
    return resend !== undefined
  }

  close(): void {
    // RFC 3261 section 15.1.2: a peer answers what is pending when a dialog ends. One that never does must not be
    // waited for without end, as after a provisional response (section 17.1.1.2).
    if (!this.#closed && this.#busy) this.#transaction?.limit()
    this.#closed = true
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.timer.cancel()
    waiting?.done({ ok: false, cause: 'ended' })
  }

  #send(body: Body, done: (outcome: RequestOutcome) => void, mayRetry: boolean): void {
    const ready = this.#busy || this.#waiting ? 'no' : this.#owner.ready()
    if (ready === 'no') done({ ok: false, cause: 'ended' })
    else if (ready === 'wait') this.#later(body, done)
    else this.#transact(body, done, mayRetry)
  }

  #transact(body: Body, done: (outcome: RequestOutcome) => void, mayRetry: boolean): void {
    const outcome = this.#owner.outcome(done)
    let cseq = 0
    this.#busy = true
    this.#client.send('INVITE', this.#owner.content(body), {
      onResponse: (response, number) => {
        cseq = number
        if (response.status < 200 || (response.status < 300 && !this.#accept(response, number))) return
        this.#busy = false
        if (response.status === 491 && mayRetry) this.#later(body, done)
        else outcome.onResponse(response, number)
      },
      onTimeout: timer => {
        this.#busy = false
        outcome.onTimeout(timer)
      },
      onUnreachable: message => {
        this.#busy = false
        outcome.onUnreachable(message)
      },
      onSent: transaction => {
        this.#transaction = transaction
        if (this.#closed) transaction.limit()
      },
      onEnd: () => this.#acks.delete(cseq),
    })
  }

  /** Acknowledges a 2xx; false if it came before. */
  #accept(response: SipResponse, number: number): boolean {
    if (this.acknowledgeAgain(number)) return false
    this.#client.acknowledge(number, undefined, resend => this.keepAck(number, resend))
    const { state } = this.#client
    this.#client.state = { ...state, remoteTarget: contactOf(response) ?? state.remoteTarget }
    return true
  }

  /** RFC 3261 section 14.1: the owner of the Call-ID waits 2.1-4 s, the other 0-2 s, in steps of 10 ms. */
  #later(body: Body, done: (outcome: RequestOutcome) => void): void {
    const { random, clock } = this.#context
    const ms = this.#client.state.caller ? 2_100 + 10 * randomBelow(random, 191) : 10 * randomBelow(random, 201)
    const timer = clock.after(ms, () => {
      this.#waiting = undefined
      this.#send(body, done, false)
    })
    this.#waiting = { timer, done }
  }
}
