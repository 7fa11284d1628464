/**
 * RtpIo over the injected Net: one datagram is one batch. It runs wherever Net does, which makes it the fallback for
 * the native backend and the one that simulations use.
 */
import type { Clock, DatagramSocket, Net, Timer } from '../../base/index.ts'
import {
  IN_FIELDS,
  IN_LENGTH,
  IN_PORT,
  IN_SAME_SOURCE,
  IN_SLOTS,
  IN_SOCKET,
  OUT_FIELDS,
  OUT_LENGTH,
  OUT_OFFSET,
  OUT_SLOTS,
  OUT_SOCKET,
  type PairOpened,
  type RtpIo,
  SLOT_BYTES,
  type SocketId,
} from './rtp-io.ts'

type Refusal = PairOpened & { readonly ok: false }

class Port {
  socket: DatagramSocket | undefined
  /** Source of the last datagram. */
  sourceAddress = ''
  sourcePort = 0
  /** Where to send. */
  address = ''
  port = 0
}

export class DatagramIo implements RtpIo {
  readonly arena = new Uint8Array((IN_SLOTS + OUT_SLOTS) * SLOT_BYTES)
  readonly inbound = new Int32Array(IN_SLOTS * IN_FIELDS)
  readonly outbound = new Int32Array(OUT_SLOTS * OUT_FIELDS)
  onBatch: (rows: number, nowMs: number) => void = () => {}
  onTick: (nowMs: number) => void = () => {}
  readonly #net: Net
  readonly #clock: Clock
  readonly #ports: (Port | undefined)[] = []
  readonly #free: SocketId[] = []
  /** The part of the arena sent last. Relayed packets all lie in slot 0 and are mostly of one length. */
  #view: Uint8Array
  #tick: Timer | undefined

  constructor(net: Net, clock: Clock) {
    this.#net = net
    this.#clock = clock
    this.#view = this.arena.subarray(0, 0)
  }

  openPair(address: string, port: number, opened: (result: PairOpened) => void): void {
    this.#open(address, port, rtp => {
      if (typeof rtp !== 'number') opened(rtp)
      else this.#open(address, port + 1, rtcp => opened(this.#paired(rtp, rtcp)))
    })
  }

  close(socket: SocketId): void {
    const port = this.#ports[socket]
    if (!port) return
    this.#ports[socket] = undefined
    this.#free.push(socket)
    port.socket?.close()
  }

  aim(socket: SocketId, address: string, toPort: number): void {
    const port = this.#ports[socket]
    if (!port) return
    port.address = address
    port.port = toPort
  }

  forgetPeer(socket: SocketId): void {
    const port = this.#ports[socket]
    if (!port) return
    port.port = 0
    port.sourceAddress = ''
    port.sourcePort = 0
  }

  sourceAddress(row: number): string {
    return this.#ports[this.inbound[row * IN_FIELDS + IN_SOCKET]!]?.sourceAddress ?? ''
  }

  flush(rows: number): void {
    const { outbound } = this
    for (let at = 0; at < rows * OUT_FIELDS; at += OUT_FIELDS) {
      const port = this.#ports[outbound[at + OUT_SOCKET]!]
      if (!port?.socket || port.port === 0) continue
      const offset = outbound[at + OUT_OFFSET]!
      const length = outbound[at + OUT_LENGTH]!
      if (this.#view.byteOffset !== offset || this.#view.length !== length)
        this.#view = this.arena.subarray(offset, offset + length)
      port.socket.send(this.#view, port.port, port.address)
    }
  }

  tickAt(atMs: number): void {
    this.#tick?.cancel()
    // Rounded up: a timer that fires a fraction early would find nothing due.
    this.#tick = this.#clock.after(Math.max(0, Math.ceil(atMs - this.#clock.now())), () => {
      this.#tick = undefined
      this.onTick(this.#clock.now())
    })
  }

  stopTick(): void {
    this.#tick?.cancel()
    this.#tick = undefined
  }

  #paired(rtp: SocketId, rtcp: SocketId | Refusal): PairOpened {
    if (typeof rtcp === 'number') return { ok: true, rtp, rtcp }
    this.close(rtp)
    return rtcp
  }

  #open(address: string, port: number, opened: (result: SocketId | Refusal) => void): void {
    const id = this.#free.pop() ?? this.#ports.length
    const entry = new Port()
    this.#ports[id] = entry
    const onDatagram = (bytes: Uint8Array, from: string, fromPort: number): void =>
      this.#receive(id, entry, bytes, from, fromPort)
    this.#net.openDatagram({ address, port, onDatagram }, result => {
      if (result.ok) entry.socket = result.socket
      else this.close(id)
      opened(result.ok ? id : result)
    })
  }

  #receive(id: SocketId, entry: Port, bytes: Uint8Array, from: string, fromPort: number): void {
    const { arena, inbound } = this
    if (bytes.length <= SLOT_BYTES) arena.set(bytes)
    else arena.set(bytes.subarray(0, SLOT_BYTES))
    inbound[IN_SOCKET] = id
    inbound[IN_LENGTH] = bytes.length
    inbound[IN_PORT] = fromPort
    if (fromPort === entry.sourcePort && from === entry.sourceAddress) inbound[IN_SAME_SOURCE] = 1
    else {
      inbound[IN_SAME_SOURCE] = 0
      entry.sourcePort = fromPort
      entry.sourceAddress = from
    }
    this.onBatch(1, this.#clock.now())
  }
}
