/**
 * The transaction layer: matches messages to transactions (RFC 3261 sections 17.1.3 and 17.2.3), runs the four
 * machines, and hands new requests to its user.
 */
import type { SipMessage, SipRequest, SipResponse, Via } from '../message/message.ts'
import { tagOf } from '../message/name-addr.ts'
import { writeVia } from '../message/via.ts'
import { ClientTransaction, type ClientUser, type OutgoingRequest } from './client-transaction.ts'
import type { Arrival, TransactionEnvironment, TransactionView } from './environment.ts'
import { ServerTransaction } from './server-transaction.ts'

export interface TransactionUser {
  /** A request that starts a server transaction; never ACK or CANCEL. */
  onRequest(request: SipRequest, transaction: ServerTransaction, arrival: Arrival): void
  /** An ACK that belongs to a 2xx. */
  onAck(request: SipRequest): void
  /** The CANCEL has been answered; `invite` is what it is to cancel. */
  onCancel(request: SipRequest, invite: ServerTransaction): void
  /** A response that matches no transaction. */
  onStrayResponse(response: SipResponse, arrival: Arrival): void
}

export class TransactionLayer {
  readonly #env: TransactionEnvironment
  readonly #user: TransactionUser
  readonly #clients = new Map<string, ClientTransaction>()
  readonly #servers = new Map<string, ServerTransaction>()
  /** Requests outside a dialog by From tag, Call-ID and CSeq: RFC 3261 section 8.2.2.2. */
  readonly #merged = new Map<string, ServerTransaction>()

  constructor(env: TransactionEnvironment, user: TransactionUser) {
    this.#env = env
    this.#user = user
  }

  /** Starts a client transaction; the request is on the wire when this returns. A CANCEL names its INVITE's branch. */
  request(request: OutgoingRequest, user: ClientUser, branch?: string): ClientTransaction {
    const key = branch ?? (request.method === 'INVITE' ? this.#env.branches.sealed() : this.#env.branches.plain())
    const transport = this.#env.transportTo(request.destination)
    const transaction = new ClientTransaction(this.#env, request, transport, key, user, () => {
      this.#clients.delete(clientKey(key, request.method))
    })
    this.#clients.set(clientKey(key, request.method), transaction)
    transaction.start()
    return transaction
  }

  /** A branch for an ACK to a 2xx, which is no transaction. */
  newBranch(): string {
    return this.#env.branches.plain()
  }

  receive(message: SipMessage, arrival: Arrival): void {
    if (message.kind === 'response') this.#onResponse(message, arrival)
    else if (message.method === 'ACK') this.#onAck(message, arrival)
    else this.#onRequest(message, arrival)
  }

  *views(): IterableIterator<TransactionView> {
    for (const transaction of this.#clients.values()) yield transaction.view()
    for (const transaction of this.#servers.values()) yield transaction.view()
  }

  get size(): number {
    return this.#clients.size + this.#servers.size
  }

  #onResponse(response: SipResponse, arrival: Arrival): void {
    const branch = branchOf(response.via[0] as Via)
    const transaction = branch === undefined ? undefined : this.#clients.get(clientKey(branch, response.cseq.method))
    if (transaction) transaction.receive(response)
    else this.#user.onStrayResponse(response, arrival)
  }

  #onAck(ack: SipRequest, arrival: Arrival): void {
    const transaction = this.#servers.get(serverKey(ack, 'INVITE', arrival))
    // Some phones acknowledge a 2xx under the branch of the INVITE.
    if (!transaction || transaction.accepted) this.#user.onAck(ack)
    else transaction.acknowledged()
  }

  #onRequest(request: SipRequest, arrival: Arrival): void {
    const key = serverKey(request, request.method, arrival)
    const known = this.#servers.get(key)
    if (known) {
      known.repeated()
      return
    }
    const mergeKey = mergeKeyOf(request)
    const transaction = new ServerTransaction(this.#env, request, arrival, () => {
      this.#servers.delete(key)
      if (mergeKey !== undefined && this.#merged.get(mergeKey) === transaction) this.#merged.delete(mergeKey)
    })
    this.#servers.set(key, transaction)
    transaction.start()
    if (request.method === 'CANCEL') {
      this.#onCancel(request, transaction, arrival)
      return
    }
    if (mergeKey !== undefined) {
      if (this.#merged.has(mergeKey)) {
        transaction.respond({ status: 482 })
        return
      }
      this.#merged.set(mergeKey, transaction)
    }
    this.#user.onRequest(request, transaction, arrival)
  }

  /** RFC 3261 section 9.2: 481 without a match; else 200, whatever became of the INVITE. */
  #onCancel(request: SipRequest, transaction: ServerTransaction, arrival: Arrival): void {
    const invite = this.#servers.get(serverKey(request, 'INVITE', arrival))
    if (!invite) {
      transaction.respond({ status: 481 })
      return
    }
    transaction.localTag = invite.localTag
    transaction.respond({ status: 200 })
    this.#user.onCancel(request, invite)
  }
}

const branchOf = (via: Via): string | undefined => via.params.find(([name]) => name === 'branch')?.[1]

const clientKey = (branch: string, method: string): string => `${branch} ${method}`

const MAGIC_COOKIE = 'z9hG4bK'

/**
 * The source is part of the key of a request, so that a stranger who guesses a branch reaches no transaction of
 * another. A branch without the magic cookie falls back to the fields of RFC 2543.
 */
function serverKey(request: SipRequest, method: string, arrival: Arrival): string {
  const via = request.via[0] as Via
  const branch = branchOf(via)
  const sentBy = `${via.host}:${via.port ?? ''}`
  if (branch?.startsWith(MAGIC_COOKIE) && branch.length > MAGIC_COOKIE.length) {
    return `${branch} ${sentBy} ${method} ${arrival.source.address}`
  }
  return `2543 ${writeVia(via)} ${request.callId} ${request.cseq.number} ${tagOf(request.from) ?? ''} ${method}`
}

function mergeKeyOf(request: SipRequest): string | undefined {
  if (tagOf(request.to) !== undefined) return undefined
  return `${request.callId} ${tagOf(request.from) ?? ''} ${request.cseq.number} ${request.method}`
}
