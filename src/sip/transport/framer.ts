/**
 * A byte stream cut into SIP messages (RFC 3261 sections 7.5 and 18.3): on a stream, Content-Length alone says where a
 * message ends. Where it does not say so beyond doubt, the place of the next message is lost, and with it the connection:
 * whoever guesses reads a message that the next element does not see.
 */
import { CR, LF, skipClass, TOKEN } from '../message/characters.ts'
import { fieldReader, readField } from '../message/field-line.ts'
import { headerKey } from '../message/header.ts'
import { MESSAGE_LIMITS } from '../message/limits.ts'
import type { FaultCode } from '../message/message.ts'

export interface FramerUser {
  /** One whole message, in memory of its own. */
  onMessage(bytes: Uint8Array): void
  /** Two line ends between messages ask for one in return (RFC 5626 section 4.4.1). */
  onPing(): void
  /**
   * Nothing more will come. `head`: what there is of the message that cannot be followed, for an answer before the
   * connection is closed.
   */
  onLost(code: FaultCode, head: Uint8Array): void
}

const HEAD_END = Buffer.from('\r\n\r\n')
const NOTHING = new Uint8Array(0)
/** Between messages a connection keeps this much memory at most. */
const KEPT_OCTETS = 4096

export class StreamFramer {
  readonly #user: FramerUser
  /** What has come and was not yet passed on is between `start` and `end`. */
  #buffer: Uint8Array = NOTHING
  #start = 0
  #end = 0
  /** Up to here no end of a head was found. */
  #searched = 0
  /** Of the message at `start`, once its head is there. */
  #messageOctets = 0
  #lineEnds = 0
  #isLost = false

  constructor(user: FramerUser) {
    this.#user = user
  }

  /** Part of a message has come. */
  get isWaiting(): boolean {
    return !this.#isLost && this.#end > this.#start
  }

  /** `bytes` may be reused afterwards. */
  push(bytes: Uint8Array): void {
    if (this.#isLost) return
    this.#append(bytes)
    while (!this.#isLost && this.#take()) {}
    if (this.#start < this.#end && !this.#isLost) return
    this.#start = 0
    this.#end = 0
    this.#searched = 0
    if (this.#buffer.length > KEPT_OCTETS) this.#buffer = NOTHING
  }

  #append(bytes: Uint8Array): void {
    const waiting = this.#end - this.#start
    const needed = waiting + bytes.length
    if (this.#end + bytes.length > this.#buffer.length) {
      const room = needed > this.#buffer.length ? new Uint8Array(2 * needed) : this.#buffer
      room.set(this.#buffer.subarray(this.#start, this.#end))
      this.#buffer = room
      this.#searched -= this.#start
      this.#start = 0
      this.#end = waiting
    }
    this.#buffer.set(bytes, this.#end)
    this.#end += bytes.length
  }

  /** One step; false when more must come first. */
  #take(): boolean {
    if (this.#messageOctets > 0) return this.#takeMessage()
    if (this.#start === this.#end) return false
    const first = this.#buffer[this.#start]
    if (first === CR) return this.#takeLineEnd()
    if (skipClass(TOKEN, String.fromCharCode(first as number), 0, 1) === 0) return this.#lose('start-line', this.#end)
    return this.#takeHead()
  }

  #takeLineEnd(): boolean {
    if (this.#end - this.#start < 2) return false
    if (this.#buffer[this.#start + 1] !== LF) return this.#lose('start-line', this.#end)
    this.#start += 2
    this.#lineEnds++
    if (this.#lineEnds === 2) {
      this.#lineEnds = 0
      this.#user.onPing()
    }
    return true
  }

  #takeHead(): boolean {
    const { buffer, byteOffset } = this.#buffer
    const waiting = Buffer.from(buffer, byteOffset + this.#start, this.#end - this.#start)
    const found = waiting.indexOf(HEAD_END, Math.max(0, this.#searched - this.#start - HEAD_END.length + 1))
    this.#searched = this.#end
    const headOctets = found < 0 ? waiting.length : found + HEAD_END.length
    if (headOctets > MESSAGE_LIMITS.headOctets) return this.#lose('too-large', this.#start + headOctets)
    if (found < 0) return false
    const length = declaredLength(waiting.subarray(0, headOctets))
    if (typeof length !== 'number') return this.#lose(length, this.#start + headOctets)
    this.#messageOctets = headOctets + length
    if (this.#messageOctets > MESSAGE_LIMITS.messageOctets) return this.#lose('too-large', this.#start + headOctets)
    return true
  }

  #takeMessage(): boolean {
    const end = this.#start + this.#messageOctets
    if (end > this.#end) return false
    const message = this.#buffer.slice(this.#start, end)
    this.#start = end
    this.#searched = end
    this.#messageOctets = 0
    this.#lineEnds = 0
    this.#user.onMessage(message)
    return true
  }

  #lose(code: FaultCode, headEnd: number): false {
    this.#isLost = true
    this.#user.onLost(code, this.#buffer.slice(this.#start, headEnd))
    return false
  }
}

/** The one Content-Length of a head; else what is wrong. */
function declaredLength(head: Buffer): number | FaultCode {
  const text = head.toString('latin1')
  const reader = fieldReader(head, text, text.indexOf('\r\n') + 2)
  let length: number | undefined
  for (;;) {
    const outcome = readField(reader)
    if (outcome === 'end') return length ?? 'missing-header'
    if (outcome === 'too-long') return 'too-large'
    if (outcome !== 'field') return 'header-syntax'
    if (headerKey(reader.name) !== 'content-length') continue
    if (length !== undefined) return 'duplicate-header'
    if (!/^\d{1,10}$/.test(reader.value)) return 'content-length'
    length = Number(reader.value)
  }
}
