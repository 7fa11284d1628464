/**
 * One stream that carries SIP: its framer, what waits until it is open, and how long it may take its time.
 */
import type { Clock, StreamHandlers, StreamSocket, Timer } from '../../base/index.ts'
import type { FaultCode } from '../message/message.ts'
import { StreamFramer } from './framer.ts'

/** A message that has begun must be there, whole, within this time: nobody holds a connection by sending slowly. */
const MESSAGE_MS = 10_000
/** A connection without a message or a keep-alive for this long is closed (RFC 5626 section 4.4.1 sends every 95-120 s). */
const IDLE_MS = 180_000
/** Octets that a peer may leave unread before it is given up. */
const UNREAD_OCTETS = 1 << 20

const LINE_END = Uint8Array.of(0x0d, 0x0a)

export interface ConnectionUser {
  onMessage(bytes: Uint8Array): void
  /** The connection closes after what is sent in answer. */
  onLost(code: FaultCode, head: Uint8Array): void
  /** Once. */
  onClosed(): void
}

export class Connection implements StreamHandlers {
  readonly #clock: Clock
  readonly #user: ConnectionUser
  readonly #framer: StreamFramer
  #socket: StreamSocket | undefined
  #isClosed = false
  /** Sent before it was open, and whom to tell if it never is. */
  #waiting: { readonly bytes: Uint8Array; readonly failed: () => void }[] = []
  #timer: Timer | undefined
  /** The timer waits for the rest of a message. */
  #isHurried = false
  /** When something was heard, or sent, last. */
  #activeMs: number

  constructor(clock: Clock, user: ConnectionUser) {
    this.#clock = clock
    this.#user = user
    this.#activeMs = clock.now()
    this.#framer = new StreamFramer({
      onMessage: bytes => user.onMessage(bytes),
      onPing: () => this.#socket?.send(LINE_END),
      onLost: (code, head) => {
        user.onLost(code, head)
        this.end()
      },
    })
  }

  /** Can be sent on: open, or about to be. */
  get isUsable(): boolean {
    return !this.#isClosed
  }

  onOpen(socket: StreamSocket): void {
    this.#socket = socket
    this.#arm(IDLE_MS)
    for (const { bytes } of this.#waiting.splice(0)) socket.send(bytes)
  }

  onData(bytes: Uint8Array): void {
    if (this.#isClosed) return
    this.#activeMs = this.#clock.now()
    this.#framer.push(bytes)
    if (!this.#isClosed && this.#framer.isWaiting !== this.#isHurried) this.#hurry(!this.#isHurried)
  }

  onClose(): void {
    this.#isClosed = true
    this.#timer?.cancel()
    this.#user.onClosed()
    for (const { failed } of this.#waiting.splice(0)) failed()
  }

  /** `failed`: the connection never opened. */
  send(bytes: Uint8Array, failed: () => void): void {
    const socket = this.#socket
    if (!socket) {
      this.#waiting.push({ bytes, failed })
      return
    }
    this.#activeMs = this.#clock.now()
    socket.send(bytes)
    if (socket.waitingOctets > UNREAD_OCTETS) socket.destroy()
  }

  /** Closes after what was sent. Idempotent. */
  end(): void {
    this.#isClosed = true
    this.#timer?.cancel()
    this.#socket?.end()
  }

  #hurry(isHurried: boolean): void {
    this.#isHurried = isHurried
    this.#arm(isHurried ? MESSAGE_MS : IDLE_MS)
  }

  #arm(delayMs: number): void {
    this.#timer?.cancel()
    this.#timer = this.#clock.after(delayMs, () => {
      const leftMs = this.#isHurried ? 0 : this.#activeMs + IDLE_MS - this.#clock.now()
      if (leftMs > 0) this.#arm(leftMs)
      else this.end()
    })
  }
}
