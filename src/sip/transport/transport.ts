/**
 * What every SIP transport is to the transaction layer. A transport is one file and one entry in `index.ts`.
 */
import type { Clock, Endpoint, Net, StreamNet } from '../../base/index.ts'
import type { FaultCode } from '../message/message.ts'

/** An end of a transport: where a message came from, or goes. */
export interface Hop extends Endpoint {
  /** Via token; UDP where it is absent. */
  readonly transport?: string
}

export interface Transport {
  /** Via token (RFC 3261 section 20.42). */
  readonly token: string
  readonly reliable: boolean
  /** Where we listen. */
  readonly local: Endpoint
  /** `failed`: there is no way to get it there. Without a connection nobody ever knows. */
  send(bytes: Uint8Array, to: Endpoint, failed?: () => void): void
  /** What is sent there now goes over a connection that is there already. */
  isConnected(to: Endpoint): boolean
  /** Host and port that a peer at this address can reach us under: for Via, Contact. */
  sentBy(remoteAddress: string): Endpoint
  close(): void
}

export interface TransportHandlers {
  /** One whole message, or what came instead of one. */
  onMessage(bytes: Uint8Array, source: Hop, transport: Transport): void
  /**
   * On a stream, where the next message starts is lost (RFC 3261 section 18.3). `head` is what there is of the one that
   * cannot be followed, `code` what is wrong with it. What is answered before this returns goes out, then it is closed.
   */
  onLost(code: FaultCode, head: Uint8Array, source: Hop, transport: Transport): void
}

/** What transports are made of. */
export interface TransportSurroundings {
  readonly net: Net
  readonly streams: StreamNet
  readonly clock: Clock
}

export type TransportOpened =
  | { readonly ok: true; readonly transport: Transport }
  | { readonly ok: false; readonly code: string; readonly message: string }

export interface TransportKind {
  readonly token: string
  readonly reliable: boolean
  readonly defaultPort: number
  open(
    surroundings: TransportSurroundings,
    bind: Endpoint,
    handlers: TransportHandlers,
    opened: (result: TransportOpened) => void,
  ): void
}
