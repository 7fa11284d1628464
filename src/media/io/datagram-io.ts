/**
 * RtpIo over the injected Net: one datagram is one batch. It runs wherever Net does, which makes it the fallback for
 * the native backend and the one that simulations use.
 */
import type { Clock, DatagramOptions, DatagramSocket, Net, Timer } from '../../base/index.ts'
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
  RECEIVED_BYTES,
  type RtpIo,
  SLOT_BYTES,
  type SocketId,
} from './rtp-io.ts'

type Refusal = PairOpened & { readonly ok: false }

/** One socket. It is its own receiver, and small: of a thousand none is in the cache when its packet comes. */
class Port implements DatagramOptions {
  readonly id: SocketId
  readonly #io: DatagramIo
  isConnected = false
  /** Source of the last datagram. */
  sourcePort = 0
  sourceAddress = ''
  /** Where to send. */
  toPort = 0
  toAddress = ''
  socket: DatagramSocket | undefined
  readonly address: string
  readonly port: number

  constructor(id: SocketId, address: string, port: number, io: DatagramIo) {
    this.id = id
    this.address = address
    this.port = port
    this.#io = io
  }

  onDatagram(bytes: Uint8Array, from: string, fromPort: number): void {
    this.#io.receive(this, bytes, from, fromPort)
  }
}

export class DatagramIo implements RtpIo {
  readonly arena = new Uint8Array((IN_SLOTS + OUT_SLOTS) * SLOT_BYTES)
  /** The datagram itself: it is sent on in place. */
  received: Uint8Array = new Uint8Array(0)
  readonly inbound = new Int32Array(IN_SLOTS * IN_FIELDS)
  readonly outbound = new Int32Array(OUT_SLOTS * OUT_FIELDS)
  onBatch: (rows: number, nowMs: number) => void = () => {}
  onTick: (nowMs: number) => void = () => {}
  readonly #net: Net
  readonly #clock: Clock
  readonly #ports: (Port | undefined)[] = []
  readonly #free: SocketId[] = []
  /** What was sent of the arena last: the system may read it later, when its slot has another packet. */
  #copy = new Uint8Array(0)
  #tick: Timer | undefined

  constructor(net: Net, clock: Clock) {
    this.#net = net
    this.#clock = clock
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
    this.disconnect(socket)
    port.toAddress = address
    port.toPort = toPort
  }

  connect(socket: SocketId): void {
    const port = this.#ports[socket]
    if (!port?.socket || port.isConnected || port.toPort === 0) return
    port.isConnected = port.socket.connect(port.toPort, port.toAddress)
  }

  disconnect(socket: SocketId): void {
    const port = this.#ports[socket]
    if (!port?.socket || !port.isConnected) return
    port.isConnected = false
    port.socket.disconnect()
  }

  forgetPeer(socket: SocketId): void {
    const port = this.#ports[socket]
    if (!port) return
    this.disconnect(socket)
    port.toPort = 0
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
      if (!port?.socket || port.toPort === 0) continue
      const offset = outbound[at + OUT_OFFSET]!
      const length = outbound[at + OUT_LENGTH]!
      if (offset < RECEIVED_BYTES) port.socket.send(part(this.received, offset, length), port.toPort, port.toAddress)
      else this.#sendCopy(port.socket, port, offset, length)
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

  /** For its ports. */
  receive(port: Port, bytes: Uint8Array, from: string, fromPort: number): void {
    const { inbound } = this
    this.received = bytes
    inbound[IN_SOCKET] = port.id
    inbound[IN_LENGTH] = bytes.length
    inbound[IN_PORT] = fromPort
    if (fromPort === port.sourcePort && from === port.sourceAddress) inbound[IN_SAME_SOURCE] = 1
    else {
      inbound[IN_SAME_SOURCE] = 0
      port.sourcePort = fromPort
      port.sourceAddress = from
    }
    this.onBatch(1, this.#clock.now())
  }

  #sendCopy(socket: DatagramSocket, { toPort, toAddress }: Port, offset: number, length: number): void {
    if (this.#copy.length !== length) this.#copy = new Uint8Array(length)
    this.#copy.set(this.arena.subarray(offset, offset + length))
    socket.send(this.#copy, toPort, toAddress)
    if (socket.waiting > 0) this.#copy = new Uint8Array(0)
  }

  #paired(rtp: SocketId, rtcp: SocketId | Refusal): PairOpened {
    if (typeof rtcp === 'number') return { ok: true, rtp, rtcp }
    this.close(rtp)
    return rtcp
  }

  #open(address: string, port: number, opened: (result: SocketId | Refusal) => void): void {
    const id = this.#free.pop() ?? this.#ports.length
    const entry = new Port(id, address, port, this)
    this.#ports[id] = entry
    this.#net.openDatagram(entry, result => {
      if (result.ok) entry.socket = result.socket
      else this.close(id)
      opened(result.ok ? id : result)
    })
  }
}

const part = (bytes: Uint8Array, offset: number, length: number): Uint8Array =>
  offset === 0 && length === bytes.length ? bytes : bytes.subarray(offset, offset + length)
