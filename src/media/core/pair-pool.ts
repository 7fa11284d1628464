/**
 * Bound pairs of sockets between two legs. A pair rests for two seconds, so that no packet of one call reaches the next
 * (rule L6), and stays open meanwhile: what comes late is swallowed here. After that it serves the next leg, which costs
 * far less than to close and bind; a pair that nobody wants for a while is closed.
 */
import type { Clock, Timer } from '../../base/index.ts'
import type { RtpIo, SocketId } from '../io/rtp-io.ts'
import { PORT_REST_MS } from '../rtp/ports.ts'

export interface BoundPair {
  readonly address: string
  /** Of RTP; RTCP has the next. */
  readonly port: number
  readonly rtp: SocketId
  readonly rtcp: SocketId
}

interface Resting {
  readonly pair: BoundPair
  /** May serve again from then on. */
  readonly restedMs: number
}

const KEPT_MS = 8_000

export class PairPool {
  readonly #io: RtpIo
  readonly #clock: Clock
  readonly #closed: (pair: BoundPair) => void
  /** In the order in which they came. */
  #resting: Resting[] = []
  #timer: Timer | undefined

  /** `closed` is told of each pair whose sockets have been given back. */
  constructor(io: RtpIo, clock: Clock, closed: (pair: BoundPair) => void) {
    this.#io = io
    this.#clock = clock
    this.#closed = closed
  }

  get size(): number {
    return this.#resting.length
  }

  /** A pair of this address that has rested; the one that waits longest. */
  take(address: string): BoundPair | undefined {
    const now = this.#clock.now()
    const index = this.#resting.findIndex(({ pair, restedMs }) => restedMs > now || pair.address === address)
    const found = this.#resting[index]
    if (!found || found.restedMs > now) return undefined
    this.#resting.splice(index, 1)
    return found.pair
  }

  /** A leg is done with it. */
  put(pair: BoundPair): void {
    this.#io.forgetPeer(pair.rtp)
    this.#io.forgetPeer(pair.rtcp)
    this.#resting.push({ pair, restedMs: this.#clock.now() + PORT_REST_MS })
    this.#arm()
  }

  /** Closes those that have rested: their ports are wanted for another address. False if there were none. */
  releaseRested(): boolean {
    return this.#close(this.#clock.now())
  }

  /** Closes all. */
  clear(): void {
    this.#close(Number.POSITIVE_INFINITY)
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #arm(): void {
    const [oldest] = this.#resting
    if (!oldest || this.#timer) return
    this.#timer = this.#clock.after(oldest.restedMs + KEPT_MS - this.#clock.now(), () => {
      this.#timer = undefined
      this.#close(this.#clock.now() - KEPT_MS)
      this.#arm()
    })
  }

  /** Those that had rested by then. */
  #close(restedByMs: number): boolean {
    const kept = this.#resting.findIndex(({ restedMs }) => restedMs > restedByMs)
    const done = this.#resting.splice(0, kept < 0 ? this.#resting.length : kept)
    for (const { pair } of done) {
      this.#io.close(pair.rtp)
      this.#io.close(pair.rtcp)
      this.#closed(pair)
    }
    return done.length > 0
  }
}
