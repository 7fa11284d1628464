/**
 * The ear and mouth of a scripted phone: RTP packets out, what was heard in.
 */
import type { Clock, DatagramSocket, Net, Timer } from '../../../src/base/index.ts'

export interface Remote {
  readonly address: string
  readonly port: number
  readonly payloadType: number
  /** 0: takes no events. */
  readonly events: number
}

export interface Heard {
  readonly atMs: number
  readonly payloadType: number
  readonly sequence: number
  readonly timestamp: number
  readonly ssrc: number
  readonly marker: boolean
  readonly payload: Uint8Array
}

const FRAME_MS = 20
const FRAME_SAMPLES = 160

export class PhoneAudio {
  readonly heard: Heard[] = []
  /** Called for each packet instead of keeping it. */
  onPacket: ((packet: Heard) => void) | undefined
  readonly #clock: Clock
  readonly #socket: DatagramSocket
  #remote: Remote | undefined
  #timer: Timer | undefined
  #sequence: number
  #timestamp: number
  readonly #ssrc: number
  #first = true
  #frame: (index: number) => Uint8Array = () => new Uint8Array(FRAME_SAMPLES)
  #index = 0
  #left = 0
  #digits: { event: number; timestamp: number; packet: number }[] = []
  readonly #digitFrames = 5

  constructor(clock: Clock, net: Net, address: string, port: number, ssrc: number) {
    this.#clock = clock
    this.#ssrc = ssrc
    this.#sequence = ssrc & 0xffff
    this.#timestamp = ssrc
    let socket: DatagramSocket | undefined
    net.openDatagram({ address, port, onDatagram: bytes => this.#receive(bytes) }, result => {
      if (!result.ok) throw new Error(result.message)
      socket = result.socket
    })
    if (!socket) throw new Error('The phone has no port.')
    this.#socket = socket
  }

  get port(): number {
    return this.#socket.local.port
  }

  get remote(): Remote | undefined {
    return this.#remote
  }

  set remote(remote: Remote | undefined) {
    this.#remote = remote
  }

  /** Sends `frames` packets, 20 ms apart, beginning now. */
  talk(frames: number, frame: (index: number) => Uint8Array): void {
    this.#frame = frame
    this.#left = frames
    this.#run()
  }

  /** Sends digits as RFC 4733 events of 100 ms with 100 ms between them. */
  press(digits: string): void {
    for (const digit of digits)
      this.#digits.push({ event: '0123456789*#ABCD'.indexOf(digit), timestamp: -1, packet: 0 })
    this.#run()
  }

  /** A receiver report (RFC 3550 section 6.4.2), to the port above. */
  report(): void {
    if (!this.#remote) return
    const packet = Uint8Array.of(0x80, 201, 0, 1, 0, 0, 0, 0)
    new DataView(packet.buffer).setUint32(4, this.#ssrc)
    this.#socket.send(packet, this.#remote.port + 1, this.#remote.address)
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#left = 0
    this.#digits = []
  }

  close(): void {
    this.stop()
    this.#socket.close()
  }

  #run(): void {
    if (this.#timer) return
    this.#tick()
  }

  #tick(): void {
    this.#timer = undefined
    if (this.#digits.length > 0) this.#sendDigit()
    else if (this.#left > 0) {
      this.#left--
      this.#send(this.#remote?.payloadType ?? 0, this.#timestamp, this.#first, this.#frame(this.#index++))
      this.#first = false
    }
    this.#timestamp = (this.#timestamp + FRAME_SAMPLES) >>> 0
    if (this.#left > 0 || this.#digits.length > 0) this.#timer = this.#clock.after(FRAME_MS, () => this.#tick())
  }

  #sendDigit(): void {
    const digit = this.#digits[0]
    if (!digit) return
    if (digit.packet >= this.#digitFrames * 2) {
      this.#digits.shift()
      return
    }
    if (digit.packet === 0) digit.timestamp = this.#timestamp
    digit.packet++
    if (digit.packet > this.#digitFrames) return // the pause
    const end = digit.packet === this.#digitFrames
    const duration = digit.packet * FRAME_SAMPLES
    for (let copy = 0; copy < (end ? 3 : 1); copy++) {
      const payload = Uint8Array.of(digit.event, end ? 0x8a : 0x0a, duration >> 8, duration & 255)
      this.#send(this.#remote?.events ?? 101, digit.timestamp, digit.packet === 1, payload)
    }
  }

  #send(payloadType: number, timestamp: number, marker: boolean, payload: Uint8Array): void {
    if (!this.#remote) return
    const packet = new Uint8Array(12 + payload.length)
    const view = new DataView(packet.buffer)
    packet[0] = 0x80
    packet[1] = payloadType | (marker ? 0x80 : 0)
    view.setUint16(2, this.#sequence)
    view.setUint32(4, timestamp >>> 0)
    view.setUint32(8, this.#ssrc)
    packet.set(payload, 12)
    this.#sequence = (this.#sequence + 1) & 0xffff
    this.#socket.send(packet, this.#remote.port, this.#remote.address)
  }

  #receive(bytes: Uint8Array): void {
    if (bytes.length < 12) return
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const packet: Heard = {
      atMs: this.#clock.now(),
      payloadType: (bytes[1] as number) & 0x7f,
      marker: ((bytes[1] as number) & 0x80) !== 0,
      sequence: view.getUint16(2),
      timestamp: view.getUint32(4),
      ssrc: view.getUint32(8),
      payload: bytes.subarray(12),
    }
    if (this.onPacket) this.onPacket(packet)
    else this.heard.push(packet)
  }
}
