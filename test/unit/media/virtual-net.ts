import type { Clock, DatagramOptions, DatagramSocket, Net } from '../../../src/base/index.ts'

/** A network without loss or jitter: what is sent arrives 1 ms later, or not at all if nobody listens. */
export class VirtualNet implements Net {
  readonly #clock: Clock
  readonly #bound = new Map<string, DatagramOptions>()
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

  #socket(name: string, address: string, port: number): DatagramSocket {
    return {
      local: { address, port },
      send: (bytes, toPort, toAddress) => {
        const copy = bytes.slice()
        this.#clock.after(1, () => this.#bound.get(`${toAddress}:${toPort}`)?.onDatagram(copy, address, port))
      },
      close: () => {
        this.#bound.delete(name)
      },
    }
  }
}
