/**
 * What every SIP transport is to the transaction layer. A transport is one file and one entry in `index.ts`.
 */
import type { Endpoint, Net } from '../../base/index.ts'

export interface Transport {
  /** Via token (RFC 3261 section 20.42). */
  readonly token: string
  readonly reliable: boolean
  /** Where we listen. */
  readonly local: Endpoint
  send(bytes: Uint8Array, to: Endpoint): void
  /** Host and port that a peer at this address can reach us under: for Via, Contact. */
  sentBy(remoteAddress: string): Endpoint
  close(): void
}

export interface TransportHandlers {
  /** One whole message, or what came instead of one. */
  onMessage(bytes: Uint8Array, source: Endpoint, transport: Transport): void
}

export type TransportOpened =
  | { readonly ok: true; readonly transport: Transport }
  | { readonly ok: false; readonly code: string; readonly message: string }

export interface TransportKind {
  readonly token: string
  readonly reliable: boolean
  readonly defaultPort: number
  open(net: Net, bind: Endpoint, handlers: TransportHandlers, opened: (result: TransportOpened) => void): void
}
