/**
 * TCP in memory: streams between hosts that arrive whole and in order, in segments of any size.
 */
import type { Endpoint, StreamHandlers, StreamNet, StreamSocket } from '../../../src/base/index.ts'
import type { SimClock } from './clock.ts'
import type { SeededRandom } from './random.ts'

const DELAY_MS = 1
const EPHEMERAL_PORT = 50_000

/** One end of a stream, as the other end sees it. */
class End implements StreamSocket {
  readonly local: Endpoint
  readonly remote: Endpoint
  /** What this end says a peer has not read. */
  waitingOctets = 0
  handlers: StreamHandlers | undefined
  peer: End | undefined
  /** Was told that it is over. */
  isClosed = false
  #isEnding = false
  readonly #streams: SimStreams

  constructor(streams: SimStreams, local: Endpoint, remote: Endpoint) {
    this.#streams = streams
    this.local = local
    this.remote = remote
  }

  send(bytes: Uint8Array): void {
    if (this.isClosed || this.#isEnding) return
    for (const segment of this.#streams.segments(bytes.slice())) {
      this.#later(() => {
        const { peer } = this
        if (peer && !peer.isClosed && !peer.#isEnding) peer.handlers?.onData(segment)
      })
    }
  }

  end(): void {
    if (this.#isEnding) return
    this.#isEnding = true
    this.#later(() => this.peer?.closed())
    this.#later(() => this.closed())
  }

  destroy(): void {
    if (this.isClosed) return
    this.#isEnding = true
    this.#later(() => this.peer?.closed('reset'))
    this.#later(() => this.closed())
  }

  closed(error?: string): void {
    if (this.isClosed) return
    this.isClosed = true
    this.#streams.forget(this)
    this.handlers?.onClose(error)
  }

  #later(run: () => void): void {
    this.#streams.clock.after(DELAY_MS, run)
  }
}

export class SimStreams {
  readonly clock: SimClock
  /** How what is sent at once is cut. */
  segments: (bytes: Uint8Array) => readonly Uint8Array[]
  readonly #listeners = new Map<string, (socket: StreamSocket) => StreamHandlers>()
  readonly #ends = new Set<End>()
  #ephemeral = EPHEMERAL_PORT

  constructor(clock: SimClock, random: SeededRandom) {
    this.clock = clock
    this.segments = bytes => {
      const cut = Math.floor(random.unit() * (bytes.length + 1))
      return cut === 0 || cut === bytes.length ? [bytes] : [bytes.slice(0, cut), bytes.slice(cut)]
    }
  }

  /** Ends of open streams at that address. */
  openAt(address: string): number {
    return [...this.#ends].filter(({ local }) => local.address === address).length
  }

  forget(end: End): void {
    this.#ends.delete(end)
  }

  /** The network as a host sees it. */
  host(address: string): StreamNet {
    return {
      listenStream: ({ port, onStream }, listening) => {
        const key = `${address}:${port}`
        if (this.#listeners.has(key)) {
          listening({ ok: false, code: 'in-use', message: `${key} is in use` })
          return
        }
        this.#listeners.set(key, onStream)
        const close = (): void => {
          this.#listeners.delete(key)
        }
        listening({ ok: true, listener: { local: { address, port }, close } })
      },
      connectStream: options => {
        const local = { address, port: this.#ephemeral++ }
        const remote = { address: options.address, port: options.port }
        const near = new End(this, local, remote)
        near.handlers = options
        this.clock.after(DELAY_MS, () => {
          if (near.isClosed) return
          const onStream = this.#listeners.get(`${remote.address}:${remote.port}`)
          if (onStream) this.#open(near, onStream, () => options.onOpen(near))
          else near.closed('refused')
        })
        return () => near.destroy()
      },
    }
  }

  #open(near: End, onStream: (socket: StreamSocket) => StreamHandlers, opened: () => void): void {
    const far = new End(this, near.remote, near.local)
    near.peer = far
    far.peer = near
    this.#ends.add(near)
    this.#ends.add(far)
    opened()
    far.handlers = onStream(far)
  }
}
