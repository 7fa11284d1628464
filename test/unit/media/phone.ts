import type { DatagramSocket, Net } from '../../../src/base/index.ts'
import { RtpPacket, readRtp, writeRtp } from '../../../src/media/rtp/packet.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** What a phone heard. */
export interface Heard {
  readonly atMs: number
  readonly payloadType: number
  readonly marker: boolean
  readonly sequence: number
  readonly timestamp: number
  readonly ssrc: number
  readonly payload: Uint8Array
}

export interface Spoken {
  readonly payloadType?: number
  readonly marker?: boolean
  readonly payload?: Uint8Array
}

const HEADER_BYTES = 12
const RATE_HZ = 8000

/** A far end with one socket, which numbers its packets as a phone does. */
export class Phone {
  readonly address: string
  readonly port: number
  readonly heard: Heard[] = []
  payloadType = 0
  ssrc = 0x1234
  sequence = 1000
  timestamp = 50_000
  packetTicks = 160
  readonly #clock: VirtualClock
  #socket: DatagramSocket | undefined

  constructor(net: Net, clock: VirtualClock, address: string, port: number) {
    this.#clock = clock
    this.address = address
    this.port = port
    const onDatagram = (bytes: Uint8Array): void => this.#hear(bytes)
    net.openDatagram({ address, port, onDatagram }, result => {
      if (result.ok) this.#socket = result.socket
    })
  }

  /** Any bytes. */
  send(bytes: Uint8Array, to: { address: string; port: number }): void {
    this.#socket?.send(bytes, to.port, to.address)
  }

  /** One packet; sequence and timestamp go on. */
  speak(to: { address: string; port: number }, spoken: Spoken = {}): void {
    const { payloadType = this.payloadType, marker = false, payload = sound(this.sequence, this.packetTicks) } = spoken
    this.send(this.#packet(payloadType, marker, payload), to)
    this.sequence = (this.sequence + 1) & 0xffff
    this.timestamp = (this.timestamp + this.packetTicks) | 0
  }

  /** A packet each packet time. */
  talk(to: { address: string; port: number }, packets: number, spoken: Spoken = {}): void {
    for (let index = 0; index < packets; index++) {
      this.speak(to, spoken)
      this.#clock.advance((this.packetTicks * 1000) / RATE_HZ)
    }
  }

  #packet(payloadType: number, marker: boolean, payload: Uint8Array): Uint8Array {
    const bytes = new Uint8Array(HEADER_BYTES + payload.length)
    const { sequence, timestamp, ssrc } = this
    const fields = { payloadType, marker, sequence, timestamp, ssrc, payloadAt: HEADER_BYTES }
    writeRtp(bytes, Object.assign(new RtpPacket(), fields))
    bytes.set(payload, HEADER_BYTES)
    return bytes
  }

  #hear(bytes: Uint8Array): void {
    const packet = new RtpPacket()
    if (!readRtp(bytes, 0, bytes.length, packet)) throw new Error('The media core sent what is no RTP.')
    const { payloadType, marker, sequence, timestamp, ssrc, payloadAt, payloadBytes } = packet
    const payload = bytes.slice(payloadAt, payloadAt + payloadBytes)
    this.heard.push({ atMs: this.#clock.now(), payloadType, marker, sequence, timestamp, ssrc, payload })
  }
}

/** Bytes that tell one packet from another. */
export const sound = (seed: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (seed * 31 + index * 7) & 0xff)
