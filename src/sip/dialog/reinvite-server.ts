/**
 * Re-INVITEs of the peer (RFC 3261 section 14.2): one at a time, answered with a 2xx that is repeated until its ACK.
 */
import { randomBelow } from '../../base/index.ts'
import type { SipRequest } from '../message/message.ts'
import { encodeText } from '../message/text.ts'
import type { Body, IncomingReinvite } from '../port.ts'
import type { ServerTransaction } from '../transaction/server-transaction.ts'
import { bodyOf } from './content.ts'
import { ALLOW, contactValue, type UserAgentContext } from './context.ts'
import { type Repeater, repeatUntilAck } from './success-repeater.ts'

interface Current {
  readonly cseq: number
  readonly transaction: ServerTransaction
  repeater?: Repeater
}

const RETRY_AFTER_LIMIT_S = 10

export class ReinviteServer {
  readonly #context: UserAgentContext
  readonly #onReinvite: (request: IncomingReinvite) => void
  readonly #onUnacknowledged: () => void
  #current: Current | undefined

  constructor(
    context: UserAgentContext,
    owner: { readonly onReinvite: (request: IncomingReinvite) => void; readonly onUnacknowledged: () => void },
  ) {
    this.#context = context
    this.#onReinvite = owner.onReinvite
    this.#onUnacknowledged = owner.onUnacknowledged
  }

  /** One is being worked on, or its 2xx awaits the ACK. */
  get busy(): boolean {
    return this.#current !== undefined
  }

  /** A second one before the first is settled: try again later. */
  refuse(transaction: ServerTransaction): void {
    const seconds = randomBelow(this.#context.random, RETRY_AFTER_LIMIT_S + 1)
    transaction.respond({ status: 500, headers: [['Retry-After', String(seconds)]] })
  }

  receive(request: SipRequest, transaction: ServerTransaction): void {
    const current: Current = { cseq: request.cseq.number, transaction }
    this.#current = current
    this.#onReinvite({
      body: bodyOf(request),
      answer: body => this.#answer(current, body),
      reject: (status, reason) => {
        if (transaction.final) return
        this.#current = undefined
        transaction.respond({ status, ...(reason === undefined ? {} : { reason: encodeText(reason) }) })
      },
    })
  }

  /** The body of the ACK if this is the one awaited and it has one. */
  onAck(ack: SipRequest): Body | undefined {
    if (this.#current?.cseq !== ack.cseq.number || !this.#current.repeater) return undefined
    this.#current.repeater.acknowledge()
    return bodyOf(ack)
  }

  /** The dialog stays as it was. */
  onCancel(transaction: ServerTransaction): void {
    if (this.#current?.transaction !== transaction || transaction.final) return
    transaction.respond({ status: 487 })
    this.#current = undefined
  }

  close(): void {
    this.#current?.repeater?.close()
    this.#current?.transaction.respond({ status: 487 })
    this.#current = undefined
  }

  #answer(current: Current, body: Body): void {
    const { transaction } = current
    if (transaction.final || this.#current !== current) return
    const contact = contactValue(this.#context, transaction.source)
    transaction.respond({
      status: 200,
      headers: [
        ['Contact', contact],
        ['Allow', ALLOW],
      ],
      body,
    })
    current.repeater = repeatUntilAck(this.#context, transaction, acknowledged => {
      this.#current = undefined
      if (!acknowledged) this.#onUnacknowledged()
    })
  }
}
