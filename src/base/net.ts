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
  /** Datagrams that the system has not taken yet. */
  readonly waiting: number
  /** Best effort, as UDP is. `bytes` must not change while something is `waiting`. */
  send(bytes: Uint8Array, port: number, address: string): void
  /**
   * Hears only this peer from now on, and until `disconnect` sends only to it: cheaper per datagram, because the system
   * knows the way. False: the socket stays open to all, because the system refuses, or because it chose the port, which
   * would be lost with the peer.
   */
  connect(port: number, address: string): boolean
  /** Idempotent. */
  disconnect(): void
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
        opened({ ok: true, socket: new SystemDatagramSocket(socket, options.port !== 0) })
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

class SystemDatagramSocket implements DatagramSocket {
  readonly local: Endpoint
  readonly #socket: dgram.Socket
  readonly #keepsPort: boolean
  #sent = 0
  #full = false
  #connected = false
  #closed = false

  constructor(socket: dgram.Socket, keepsPort: boolean) {
    const { address, port } = socket.address()
    this.local = { address, port }
    this.#socket = socket
    this.#keepsPort = keepsPort
  }

  get waiting(): number {
    return this.#closed ? 0 : this.#socket.getSendQueueCount()
  }

  send(bytes: Uint8Array, port: number, address: string): void {
    if (this.#closed || this.#isFull()) return
    // Without a callback Node reports no error and schedules nothing: the cheap path for one datagram.
    if (this.#connected) this.#socket.send(bytes)
    else this.#socket.send(bytes, port, address)
  }

  connect(port: number, address: string): boolean {
    if (this.#closed || !this.#keepsPort) return false
    this.disconnect()
    this.#socket.connect(port, address)
    this.#connected = hasPeer(this.#socket)
    return this.#connected
  }

  disconnect(): void {
    if (this.#closed || !this.#connected) return
    this.#connected = false
    this.#socket.disconnect()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#socket.close()
  }

  /** Looked at now and then only, until it is: the queue may get twice as long. */
  #isFull(): boolean {
    this.#sent++
    if (this.#full || this.#sent % SEND_QUEUE_LIMIT === 0) this.#full = this.waiting >= SEND_QUEUE_LIMIT
    return this.#full
  }
}

/** A literal needs no resolver, so that the outcome of `connect` is there at once; an error event says why not. */
function hasPeer(socket: dgram.Socket): boolean {
  try {
    socket.remoteAddress()
    return true
  } catch {
    return false
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
