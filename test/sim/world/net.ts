/**
 * A network in memory: hosts with one address each, links that lose, duplicate, delay and reorder datagrams.
 */
import { createHash, type Hash } from 'node:crypto'
import type { DatagramOptions, Net } from '../../../src/base/index.ts'
import type { SimClock } from './clock.ts'
import type { SeededRandom } from './random.ts'

export interface Link {
  /** Per datagram and direction. */
  readonly loss: number
  readonly duplicate: number
  /** Chance to be held back by up to `reorderMs`. */
  readonly reorder: number
  readonly reorderMs: number
  readonly delayMs: readonly [least: number, most: number]
}

export const PERFECT_LINK: Link = { loss: 0, duplicate: 0, reorder: 0, reorderMs: 0, delayMs: [1, 1] }

export interface Datagram {
  readonly bytes: Uint8Array
  readonly from: { readonly address: string; readonly port: number }
  readonly to: { readonly address: string; readonly port: number }
}

export type Tap = (datagram: Datagram, what: 'sent' | 'lost' | 'delivered') => void

interface Binding {
  readonly options: DatagramOptions
  readonly address: string
  readonly port: number
  /** The only one it hears. */
  peer?: Datagram['from'] | undefined
}

const EPHEMERAL_PORT = 40_000

export class SimNet {
  /** For everything that names no link of its own. */
  link: Link = PERFECT_LINK
  /** False loses a datagram. */
  filter: (datagram: Datagram) => boolean = () => true
  readonly #clock: SimClock
  readonly #random: SeededRandom
  readonly #bindings = new Map<string, Binding>()
  readonly #taps: Tap[] = []
  #ephemeral = EPHEMERAL_PORT
  #hash: Hash | undefined

  constructor(clock: SimClock, random: SeededRandom) {
    this.#clock = clock
    this.#random = random
  }

  tap(tap: Tap): void {
    this.#taps.push(tap)
  }

  /** From now on every delivery goes into a hash. */
  startTrace(): void {
    this.#hash = createHash('sha256')
  }

  traceHash(): string {
    return this.#hash?.digest('hex') ?? ''
  }

  get sockets(): number {
    return this.#bindings.size
  }

  socketsOf(address: string): number {
    let count = 0
    for (const binding of this.#bindings.values()) if (binding.address === address) count++
    return count
  }

  /** The network as a host sees it. */
  host(address: string): Net {
    return {
      localAddressFor: () => address,
      openDatagram: (options, opened) => {
        const port = options.port === 0 ? this.#ephemeral++ : options.port
        const key = `${address}:${port}`
        if (this.#bindings.has(key)) {
          opened({ ok: false, code: 'in-use', message: `${key} is in use` })
          return
        }
        const binding: Binding = { options, address, port }
        this.#bindings.set(key, binding)
        opened({
          ok: true,
          socket: {
            local: { address: options.address, port },
            waiting: 0,
            send: (bytes, toPort, toAddress) => {
              const to = { address: toAddress, port: toPort }
              if (this.#bindings.get(key) === binding) this.send({ bytes: bytes.slice(), from: { address, port }, to })
            },
            connect: (toPort, toAddress) => {
              binding.peer = { address: toAddress, port: toPort }
              return true
            },
            disconnect: () => {
              binding.peer = undefined
            },
            close: () => {
              if (this.#bindings.get(key) === binding) this.#bindings.delete(key)
            },
          },
        })
      },
    }
  }

  /** Sends as if from anywhere. */
  send(datagram: Datagram): void {
    this.#tell(datagram, 'sent')
    if (this.#random.chance(this.link.loss) || !this.filter(datagram)) {
      this.#tell(datagram, 'lost')
      return
    }
    this.#schedule(datagram)
    if (this.#random.chance(this.link.duplicate)) this.#schedule(datagram)
  }

  #schedule(datagram: Datagram): void {
    const [least, most] = this.link.delayMs
    let delayMs = least === most ? least : least + this.#random.unit() * (most - least)
    if (this.#random.chance(this.link.reorder)) delayMs += this.#random.unit() * this.link.reorderMs
    this.#clock.after(delayMs, () => this.#deliver(datagram))
  }

  #deliver(datagram: Datagram): void {
    const { bytes, from, to } = datagram
    const binding = this.#bindings.get(`${to.address}:${to.port}`)
    if (!binding) return
    const { peer } = binding
    if (peer && (peer.port !== from.port || peer.address !== from.address)) return
    this.#hash?.update(`${this.#clock.now()} ${from.address}:${from.port} ${to.address}:${to.port} ${bytes.length}\n`)
    this.#hash?.update(bytes)
    this.#tell(datagram, 'delivered')
    // Each receiver owns its bytes; a duplicate is another datagram.
    binding.options.onDatagram(bytes.slice(), from.address, from.port)
  }

  #tell(datagram: Datagram, what: 'sent' | 'lost' | 'delivered'): void {
    for (const tap of this.#taps) tap(datagram, what)
  }
}
