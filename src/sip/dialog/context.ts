/**
 * What the user agent parts share: the layer below, and who is where.
 */
import type { Clock, Random } from '../../base/index.ts'
import type { Located } from '../locate.ts'
import { writeHostPort } from '../message/host.ts'
import type { SipRequest, SipResponse, Uri } from '../message/message.ts'
import type { TransactionLayer } from '../transaction/layer.ts'
import type { ServerTransaction } from '../transaction/server-transaction.ts'
import type { SipTimers } from '../transaction/timers.ts'
import type { Hop, Transport } from '../transport/transport.ts'

/** A dialog as messages from the wire find it. */
export interface KnownDialog {
  /** A request other than ACK and CANCEL. */
  receive(request: SipRequest, transaction: ServerTransaction): void
  onAck(ack: SipRequest): void
  /** The CANCEL of a re-INVITE. */
  onCancel(transaction: ServerTransaction): void
  /** A 2xx that no transaction knows any more. False if its INVITE was not of this dialog. */
  acknowledgeAgain(response: SipResponse): boolean
}

export interface UserAgentContext {
  readonly clock: Clock
  readonly random: Random
  readonly timers: SipTimers
  readonly layer: TransactionLayer
  /** The transport that gets there. */
  transportTo(hop: Hop): Transport
  /** Confirmed dialogs, and those whose 2xx awaits its ACK, by `dialogKey`. */
  readonly dialogs: Map<string, KnownDialog>
  /** Where requests for this URI go (RFC 3263); `done` is called before this returns when its host is an IP literal. */
  locate(uri: Uri, done: (located: Located) => void): void
}

/** Our Contact towards a peer. */
export function contactValue(context: UserAgentContext, peer: Hop): string {
  const { address, port } = context.transportTo(peer).sentBy(peer.address)
  const transport = peer.transport === undefined ? '' : `;transport=${peer.transport.toLowerCase()}`
  return `<sip:cordboard@${writeHostPort(address, port)}${transport}>`
}

/** The address under which a peer reaches us. */
export const localAddressFor = (context: UserAgentContext, peer: Hop): string =>
  context.transportTo(peer).sentBy(peer.address).address

export const ALLOW = 'INVITE, ACK, BYE, CANCEL, OPTIONS, INFO'
