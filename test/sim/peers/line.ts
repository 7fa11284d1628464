/**
 * How a phone is connected to the network: by datagrams, or by streams that it cuts into messages by itself.
 */
import type { Endpoint, Net, StreamNet, StreamSocket } from '../../../src/base/index.ts'

export interface SipLine {
  readonly token: 'UDP' | 'TCP'
  readonly port: number
  send(bytes: Uint8Array, to: Endpoint): void
  close(): void
}

export type Hear = (bytes: Uint8Array, from: Endpoint) => void

export function datagramLine(net: Net, { address, port }: Endpoint, hear: Hear): SipLine {
  let line: SipLine | undefined
  const onDatagram = (bytes: Uint8Array, from: string, fromPort: number): void =>
    hear(bytes, { address: from, port: fromPort })
  net.openDatagram({ address, port, onDatagram }, opened => {
    if (!opened.ok) throw new Error(opened.message)
    const { socket } = opened
    line = {
      token: 'UDP',
      port: socket.local.port,
      send: (bytes, to) => socket.send(bytes, to.port, to.address),
      close: () => socket.close(),
    }
  })
  if (!line) throw new Error('The socket did not open.')
  return line
}

const nameOf = ({ address, port }: Endpoint): string => `${address}:${port}`

/** One connection per far end, kept until somebody closes it. */
export class StreamLine implements SipLine {
  readonly token = 'TCP'
  readonly port: number
  readonly #streams: StreamNet
  readonly #hear: Hear
  readonly #open = new Map<string, StreamSocket>()
  /** For connections that are not open yet. */
  readonly #waiting = new Map<string, Uint8Array[]>()
  #stopListening = (): void => {}

  constructor(streams: StreamNet, { address, port }: Endpoint, hear: Hear) {
    this.port = port
    this.#streams = streams
    this.#hear = hear
    const onStream = (socket: StreamSocket): ReturnType<StreamLine['reader']> => {
      this.#open.set(nameOf(socket.remote), socket)
      return this.reader(socket.remote)
    }
    streams.listenStream({ address, port, onStream }, result => {
      if (!result.ok) throw new Error(result.message)
      this.#stopListening = () => result.listener.close()
    })
  }

  /** Connections that are up. */
  get connections(): number {
    return this.#open.size
  }

  send(bytes: Uint8Array, to: Endpoint): void {
    const name = nameOf(to)
    const open = this.#open.get(name)
    const waiting = this.#waiting.get(name)
    if (open) open.send(bytes)
    else if (waiting) waiting.push(bytes)
    else {
      this.#waiting.set(name, [bytes])
      const reader = this.reader(to)
      this.#streams.connectStream({ ...to, ...reader, onOpen: socket => this.#opened(name, socket) })
    }
  }

  /** Cuts every connection, as a phone that lost its power. */
  reset(): void {
    for (const socket of this.#open.values()) socket.destroy()
    this.#open.clear()
  }

  close(): void {
    this.#stopListening()
    for (const socket of this.#open.values()) socket.end()
    this.#open.clear()
  }

  #opened(name: string, socket: StreamSocket): void {
    this.#open.set(name, socket)
    for (const bytes of this.#waiting.get(name) ?? []) socket.send(bytes)
    this.#waiting.delete(name)
  }

  reader(from: Endpoint): { onData: (bytes: Uint8Array) => void; onClose: () => void } {
    let text = ''
    return {
      onData: bytes => {
        text += Buffer.from(bytes).toString('latin1')
        for (let end = wholeMessage(text); end > 0; end = wholeMessage(text)) {
          this.#hear(Buffer.from(text.slice(0, end), 'latin1'), from)
          text = text.slice(end)
        }
      },
      onClose: () => {
        this.#open.delete(nameOf(from))
        this.#waiting.delete(nameOf(from))
      },
    }
  }
}

/** Where the first message of the text ends; 0: not yet. */
function wholeMessage(text: string): number {
  const head = text.indexOf('\r\n\r\n')
  if (head < 0) return 0
  const length = Number(/^Content-Length: *(\d+)/im.exec(text.slice(0, head))?.[1] ?? Number.NaN)
  if (Number.isNaN(length)) throw new Error(`No Content-Length on a stream: ${text.slice(0, head)}`)
  const end = head + 4 + length
  return text.length >= end ? end : 0
}
