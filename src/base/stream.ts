/**
 * Byte streams (TCP) as an argument: the only place that opens one.
 */
import net, { type Socket } from 'node:net'
import type { Endpoint } from './net.ts'

export interface StreamSocket {
  readonly local: Endpoint
  readonly remote: Endpoint
  /** Octets that the system has not taken yet. */
  readonly waitingOctets: number
  /** `bytes` must not change until they are on their way. After the end nothing happens. */
  send(bytes: Uint8Array): void
  /** Sends what waits, for `END_TIMEOUT_MS` at most, and closes. Only `onClose` is delivered afterwards. Idempotent. */
  end(): void
  /** Closes at once. Only `onClose` is delivered afterwards. Idempotent. */
  destroy(): void
}

export interface StreamHandlers {
  /** `bytes` belongs to the receiver. */
  onData(bytes: Uint8Array): void
  /** Once, and nothing comes afterwards: by either side, or because `error` happened. */
  onClose(error?: string): void
}

export interface StreamListener {
  readonly local: Endpoint
  /** No new streams; those that are open go on. Idempotent. */
  close(): void
}

export interface ListenOptions {
  readonly address: string
  /** 0 lets the system choose. */
  readonly port: number
  onStream(socket: StreamSocket): StreamHandlers
}

export interface ConnectOptions extends StreamHandlers {
  readonly address: string
  readonly port: number
  /** The stream is open; at most once, and before any data. Without it `onClose` says why not. */
  onOpen(socket: StreamSocket): void
}

export type StreamListening =
  | { readonly ok: true; readonly listener: StreamListener }
  | { readonly ok: false; readonly code: 'in-use' | 'refused'; readonly message: string }

export interface StreamNet {
  /** The result is delivered once. */
  listenStream(options: ListenOptions, listening: (result: StreamListening) => void): void
  /** Gives up after `CONNECT_TIMEOUT_MS`. What comes back gives up at once. */
  connectStream(options: ConnectOptions): () => void
}

/** RFC 3261 leaves 64*T1 to a whole transaction; a peer that is there answers within a second. */
export const CONNECT_TIMEOUT_MS = 5000
/** A peer that does not take what waits, or does not close its own side, is left after this long. */
export const END_TIMEOUT_MS = 5000

export function systemStreamNet(): StreamNet {
  return {
    listenStream(options, listening) {
      const server = net.createServer({ noDelay: true }, socket => serve(socket, options))
      const refuse = (error: NodeJS.ErrnoException): void => {
        listening({ ok: false, code: error.code === 'EADDRINUSE' ? 'in-use' : 'refused', message: error.message })
      }
      server.once('error', refuse)
      server.listen({ host: options.address, port: options.port, exclusive: true }, () => {
        server.off('error', refuse)
        // One stream that cannot be taken, for want of descriptors say, is no reason to stop.
        server.on('error', () => {})
        const { address, port } = server.address() as net.AddressInfo
        listening({ ok: true, listener: { local: { address, port }, close: () => server.close() } })
      })
    },

    connectStream(options) {
      const socket = net.connect({ host: options.address, port: options.port, noDelay: true })
      const late = (): void => {
        socket.destroy(new Error(`No answer within ${CONNECT_TIMEOUT_MS} ms.`))
      }
      socket.setTimeout(CONNECT_TIMEOUT_MS, late)
      socket.once('connect', () => {
        socket.setTimeout(0, late)
        options.onOpen(new SystemStreamSocket(socket))
      })
      attach(socket, options)
      return () => socket.destroy()
    },
  }
}

function serve(socket: Socket, options: ListenOptions): void {
  // Reset before it could be looked at.
  if (socket.remoteAddress === undefined) socket.destroy()
  else attach(socket, options.onStream(new SystemStreamSocket(socket)))
}

function attach(socket: Socket, handlers: StreamHandlers): void {
  let error: string | undefined
  socket.on('data', bytes => handlers.onData(bytes))
  socket.on('error', cause => {
    error = cause.message
  })
  socket.on('close', () => handlers.onClose(error))
}

class SystemStreamSocket implements StreamSocket {
  readonly local: Endpoint
  readonly remote: Endpoint
  readonly #socket: Socket

  constructor(socket: Socket) {
    const { localAddress = '', localPort = 0, remoteAddress = '', remotePort = 0 } = socket
    this.local = { address: localAddress, port: localPort }
    this.remote = { address: remoteAddress, port: remotePort }
    this.#socket = socket
  }

  get waitingOctets(): number {
    return this.#socket.writableLength
  }

  send(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes)
  }

  end(): void {
    const socket = this.#socket
    if (socket.destroyed || socket.writableEnded) return
    socket.removeAllListeners('data').resume()
    socket.end()
    const timer = setTimeout(() => socket.destroy(), END_TIMEOUT_MS)
    socket.once('close', () => clearTimeout(timer))
  }

  destroy(): void {
    this.#socket.removeAllListeners('data').destroy()
  }
}
