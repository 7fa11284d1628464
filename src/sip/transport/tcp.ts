/**
 * SIP over TCP (RFC 3261 section 18). Connections are kept and used for whatever goes to the same address and port,
 * whoever opened them: answers go back on the connection that brought the request, and a phone behind a NAT is reached
 * over the one that it opened.
 */
import {
  type Endpoint,
  formatEndpoint,
  type StreamHandlers,
  type StreamListener,
  type StreamSocket,
} from '../../base/index.ts'
import { Connection } from './connection.ts'
import { sentBy } from './sent-by.ts'
import type { Hop, Transport, TransportHandlers, TransportKind, TransportSurroundings } from './transport.ts'

/** Of one address at a time. */
const CONNECTIONS_PER_ADDRESS = 100
const CONNECTIONS = 10_000

export const tcp: TransportKind = {
  token: 'TCP',
  reliable: true,
  defaultPort: 5060,
  open({ net, streams, clock }, bind, handlers, opened) {
    let transport: TcpTransport | undefined
    const onStream = (socket: StreamSocket): StreamHandlers => {
      const connection = transport?.accept(socket)
      if (connection) return connection
      socket.destroy()
      return UNHEARD
    }
    streams.listenStream({ ...bind, onStream }, result => {
      if (!result.ok) {
        opened({ ok: false, code: result.code, message: `TCP ${bind.address}:${bind.port}: ${result.message}` })
        return
      }
      const { listener } = result
      transport = new TcpTransport(listener, { net, streams, clock }, handlers)
      opened({ ok: true, transport })
    })
  },
}

const UNHEARD: StreamHandlers = { onData: () => {}, onClose: () => {} }

class TcpTransport implements Transport {
  readonly token = 'TCP'
  readonly reliable = true
  readonly local: Endpoint
  readonly #listener: StreamListener
  readonly #surroundings: TransportSurroundings
  readonly #handlers: TransportHandlers
  /** By the far end's address and port. */
  readonly #connections = new Map<string, Connection>()
  readonly #perAddress = new Map<string, number>()

  constructor(listener: StreamListener, surroundings: TransportSurroundings, handlers: TransportHandlers) {
    this.local = listener.local
    this.#listener = listener
    this.#surroundings = surroundings
    this.#handlers = handlers
  }

  sentBy(remoteAddress: string): Endpoint {
    return sentBy(this.#surroundings.net, this.local, remoteAddress)
  }

  /** A stream that somebody opened to us; undefined if there are too many. */
  accept(socket: StreamSocket): Connection | undefined {
    const { address } = socket.remote
    if (this.#connections.size >= CONNECTIONS) return undefined
    if ((this.#perAddress.get(address) ?? 0) >= CONNECTIONS_PER_ADDRESS) return undefined
    const connection = this.#add(socket.remote)
    connection.onOpen(socket)
    return connection
  }

  /** Over the connection with that far end, or a new one. `failed`: none could be opened. */
  send(bytes: Uint8Array, to: Endpoint, failed: () => void = () => {}): void {
    const known = this.#connections.get(formatEndpoint(to))
    if (known?.isUsable) known.send(bytes, failed)
    else this.#connect(to).send(bytes, failed)
  }

  isConnected(to: Endpoint): boolean {
    return this.#connections.get(formatEndpoint(to))?.isUsable === true
  }

  close(): void {
    this.#listener.close()
    for (const connection of [...this.#connections.values()]) connection.end()
  }

  #connect(to: Endpoint): Connection {
    const connection = this.#add(to)
    this.#surroundings.streams.connectStream({
      ...to,
      onOpen: socket => connection.onOpen(socket),
      onData: bytes => connection.onData(bytes),
      onClose: () => connection.onClose(),
    })
    return connection
  }

  #add({ address, port }: Endpoint): Connection {
    const source: Hop = { address, port, transport: this.token }
    const key = formatEndpoint(source)
    const connection: Connection = new Connection(this.#surroundings.clock, {
      onMessage: bytes => this.#handlers.onMessage(bytes, source, this),
      onLost: (code, head) => this.#handlers.onLost(code, head, source, this),
      onClosed: () => this.#remove(key, address, connection),
    })
    this.#connections.set(key, connection)
    this.#perAddress.set(address, (this.#perAddress.get(address) ?? 0) + 1)
    return connection
  }

  #remove(key: string, address: string, connection: Connection): void {
    if (this.#connections.get(key) === connection) this.#connections.delete(key)
    const left = (this.#perAddress.get(address) ?? 1) - 1
    if (left > 0) this.#perAddress.set(address, left)
    else this.#perAddress.delete(address)
  }
}
