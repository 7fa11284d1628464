/**
 * Sockets as an argument: the only place that opens one.
 */
import dgram from 'node:dgram'
import { isIPv6 } from 'node:net'
import type { Clock } from './clock.ts'

/** `address` is an IP literal without brackets. */
export interface Endpoint {
  readonly address: string
  readonly port: number
}

export interface DatagramSocket {
  readonly local: Endpoint
  /** Best effort. `bytes` may be reused by the caller once this returns, unless the kernel's queue was full. */
  send(bytes: Uint8Array, port: number, address: string): void
  /** Idempotent. Nothing is delivered afterwards. */
  close(): void
}

export interface DatagramOptions {
  readonly address: string
  /** 0 lets the system choose. */
  readonly port: number
  /** `bytes` belongs to the receiver. */
  onDatagram(bytes: Uint8Array, address: string, port: number): void
  readonly receiveBufferBytes?: number
}

export type DatagramOpened =
  | { readonly ok: true; readonly socket: DatagramSocket }
  | { readonly ok: false; readonly code: 'in-use' | 'refused'; readonly message: string }

export interface Net {
  /** The result is delivered once; in simulation and on Linux before this call returns. */
  openDatagram(options: DatagramOptions, opened: (result: DatagramOpened) => void): void
  /** The local address from which the system would send to `remote` (an IP literal). */
  localAddressFor(remote: string): string
}

/** Addresses here are literals already: answering at once keeps `bind` and `send` free of a resolver round trip. */
const literalLookup = (
  host: string,
  _options: unknown,
  done: (error: null, address: string, family: number) => void,
): void => done(null, host, isIPv6(host) ? 6 : 4)

const ROUTE_CACHE_MS = 30_000
const ROUTE_CACHE_ENTRIES = 10_000

export function systemNet(clock: Clock): Net {
  const routes = new Map<string, { local: string; until: number }>()
  return {
    openDatagram(options, opened) {
      const socket = dgram.createSocket({
        type: isIPv6(options.address) ? 'udp6' : 'udp4',
        // The type wants the overloads of dns.lookup; dgram calls it with exactly these three.
        lookup: literalLookup as never,
        ...(options.receiveBufferBytes === undefined ? {} : { recvBufferSize: options.receiveBufferBytes }),
      })
      let settled = false
      let closed = false
      socket.on('message', (bytes, from) => {
        if (!closed) options.onDatagram(bytes, from.address, from.port)
      })
      socket.on('error', (error: NodeJS.ErrnoException) => {
        if (settled) return // ICMP errors of a connected peer and the like: UDP promises nothing
        settled = true
        socket.close()
        opened({ ok: false, code: error.code === 'EADDRINUSE' ? 'in-use' : 'refused', message: error.message })
      })
      socket.bind({ address: options.address, port: options.port, exclusive: true }, () => {
        settled = true
        const { address, port } = socket.address()
        opened({
          ok: true,
          socket: {
            local: { address, port },
            send(bytes, toPort, toAddress) {
              if (!closed) socket.send(bytes, toPort, toAddress, ignoreSendError)
            },
            close() {
              if (closed) return
              closed = true
              socket.close()
            },
          },
        })
      })
    },

    localAddressFor(remote) {
      const now = clock.now()
      const known = routes.get(remote)
      if (known && known.until > now) return known.local
      if (routes.size >= ROUTE_CACHE_ENTRIES) routes.clear()
      const local = routeLookup(remote)
      routes.set(remote, { local, until: now + ROUTE_CACHE_MS })
      return local
    },
  }
}

function ignoreSendError(): void {}

/** Connecting a UDP socket sends nothing but makes the kernel choose the source address. */
function routeLookup(remote: string): string {
  const probe = dgram.createSocket({ type: isIPv6(remote) ? 'udp6' : 'udp4', lookup: literalLookup as never })
  try {
    probe.on('error', ignoreSendError)
    probe.connect(9, remote)
    return probe.address().address
  } catch {
    return isIPv6(remote) ? '::1' : '127.0.0.1'
  } finally {
    probe.close()
  }
}
