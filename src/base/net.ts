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
  /** Best effort, as UDP is. `bytes` may be reused by the caller once this returns. */
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

/**
 * Addresses here are literals already: answering at once keeps `bind` and `send` free of a resolver round trip. The
 * second argument is the family of the socket that asks.
 */
const literalLookup = (
  host: string,
  family: number,
  done: (error: null, address: string, family: number) => void,
): void => done(null, host, family)

/** Datagrams held for one socket while the kernel's queue is full; more are dropped, as a router would. */
const SEND_QUEUE_LIMIT = 64

const ROUTE_CACHE_MS = 30_000
const ROUTE_CACHE_ENTRIES = 10_000

export function systemNet(clock: Clock): Net {
  const routes = new Map<string, { local: string; until: number }>()
  const outgoing = new Outgoing()
  return {
    openDatagram(options, opened) {
      const socket = dgram.createSocket({
        type: isIPv6(options.address) ? 'udp6' : 'udp4',
        // The type wants the overloads of dns.lookup; dgram calls it with exactly these three.
        lookup: literalLookup as never,
        ...(options.receiveBufferBytes === undefined ? {} : { recvBufferSize: options.receiveBufferBytes }),
      })
      let settled = false
      socket.on('message', (bytes, from) => options.onDatagram(bytes, from.address, from.port))
      socket.on('error', (error: NodeJS.ErrnoException) => {
        if (settled) return // ICMP errors of a connected peer and the like: UDP promises nothing
        settled = true
        socket.close()
        opened({ ok: false, code: error.code === 'EADDRINUSE' ? 'in-use' : 'refused', message: error.message })
      })
      socket.bind({ address: options.address, port: options.port, exclusive: true }, () => {
        settled = true
        opened({ ok: true, socket: new SystemDatagramSocket(socket, outgoing) })
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

/** What is being sent: the kernel may read it later than `send` returns, so it is never the caller's own memory. */
class Outgoing {
  #bytes = new Uint8Array(0)

  copyOf(bytes: Uint8Array): Uint8Array {
    if (this.#bytes.length !== bytes.length) this.#bytes = new Uint8Array(bytes.length)
    this.#bytes.set(bytes)
    return this.#bytes
  }

  /** The copy made last is still to be read. */
  leave(): void {
    this.#bytes = new Uint8Array(0)
  }
}

class SystemDatagramSocket implements DatagramSocket {
  readonly local: Endpoint
  readonly #socket: dgram.Socket
  readonly #outgoing: Outgoing
  #waiting = 0
  #closed = false

  constructor(socket: dgram.Socket, outgoing: Outgoing) {
    const { address, port } = socket.address()
    this.local = { address, port }
    this.#socket = socket
    this.#outgoing = outgoing
  }

  send(bytes: Uint8Array, port: number, address: string): void {
    if (this.#closed) return
    if (this.#waiting >= SEND_QUEUE_LIMIT && this.#socket.getSendQueueCount() >= SEND_QUEUE_LIMIT) return
    // Without a callback Node reports no error and schedules nothing: the cheap path for one datagram.
    this.#socket.send(this.#outgoing.copyOf(bytes), port, address)
    this.#waiting = this.#socket.getSendQueueCount()
    if (this.#waiting > 0) this.#outgoing.leave()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#socket.close()
  }
}

/** Connecting a UDP socket sends nothing but makes the kernel choose the source address. */
function routeLookup(remote: string): string {
  const probe = dgram.createSocket({ type: isIPv6(remote) ? 'udp6' : 'udp4', lookup: literalLookup as never })
  try {
    probe.on('error', () => {}) // no route: the caller gets loopback
    probe.connect(9, remote)
    return probe.address().address
  } catch {
    return isIPv6(remote) ? '::1' : '127.0.0.1'
  } finally {
    probe.close()
  }
}
