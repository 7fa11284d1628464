import type { Clock, DatagramOptions, DatagramSocket, Endpoint, Net } from '../../../src/base/index.ts'

/** A network without loss or jitter: what is sent arrives 1 ms later, or not at all if nobody listens. */
export class VirtualNet implements Net {
  readonly #clock: Clock
  readonly #bound = new Map<string, DatagramOptions>()
  /** By the name of the socket, the only one it hears. */
  readonly #peers = new Map<string, string>()
  /** As a system does that has no way to the peer. */
  refusesToConnect = false
  /** Ports that other programs hold. */
  readonly occupied = new Set<number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get sockets(): number {
    return this.#bound.size
  }

  openDatagram(options: DatagramOptions, opened: Parameters<Net['openDatagram']>[1]): void {
    const { address, port } = options
    const name = `${address}:${port}`
    if (address === '203.0.113.99') {
      opened({ ok: false, code: 'refused', message: 'No such address here.' })
    } else if (this.#bound.has(name) || this.occupied.has(port)) {
      opened({ ok: false, code: 'in-use', message: `${name} is taken.` })
    } else {
      this.#bound.set(name, options)
      opened({ ok: true, socket: this.#socket(name, address, port) })
    }
  }

  localAddressFor(): string {
    return '192.0.2.1'
  }

  /** Sockets that hear one peer only. */
  get connected(): number {
    return this.#peers.size
  }

  #deliver(bytes: Uint8Array, from: Endpoint, to: string): void {
    const peer = this.#peers.get(to)
    if (peer === undefined || peer === nameOf(from)) this.#bound.get(to)?.onDatagram(bytes, from.address, from.port)
  }

  #socket(name: string, address: string, port: number): DatagramSocket {
    return {
      local: { address, port },
      waiting: 0,
      send: (bytes, toPort, toAddress) => {
        const copy = bytes.slice()
        const to = nameOf({ address: toAddress, port: toPort })
        this.#clock.after(1, () => this.#deliver(copy, { address, port }, to))
      },
      connect: (toPort, toAddress) => {
        if (this.refusesToConnect) return false
        this.#peers.set(name, nameOf({ address: toAddress, port: toPort }))
        return true
      },
      disconnect: () => {
        this.#peers.delete(name)
      },
      close: () => {
        this.#bound.delete(name)
        this.#peers.delete(name)
      },
    }
  }
}

const nameOf = ({ address, port }: Endpoint): string => `${address}:${port}`
