/**
 * From digits to telephone events: RFC 4733 section 2.5.1. One packet per packet time while a digit sounds, the last
 * of them three times; then the gap; then the next digit.
 */
import { eventOfDigit } from './telephone-event.ts'

/** RFC 4733 section 2.5.1.4. */
const END_PACKETS = 3
const QUEUE_LIMIT = 256
/** A duration must fit into the 16 bits of one segment at 8 kHz. */
const LONGEST_MS = 8000
const SHORTEST_MS = 40
const NOTHING = -1

interface Order {
  readonly code: number
  readonly durationMs: number
  readonly gapMs: number
}

export class DtmfSender {
  readonly #queue: Order[] = []
  #order: Order | undefined
  /** The packet that is due, valid after `next` returned true. */
  code = NOTHING
  isFirst = false
  hasEnded = false
  /** How long the event has sounded, this packet included. */
  soundedMs = 0
  #endsLeft = 0
  #gapLeftMs = 0

  /** Appends digits; returns how many were refused: no digits, or more than the queue takes. */
  add(digits: string, durationMs: number, gapMs: number): number {
    const order = { durationMs: Math.min(LONGEST_MS, Math.max(SHORTEST_MS, durationMs)), gapMs: Math.max(0, gapMs) }
    let refused = 0
    for (const digit of digits) {
      const code = eventOfDigit(digit)
      if (code < 0 || this.#queue.length >= QUEUE_LIMIT) refused++
      else this.#queue.push({ code, ...order })
    }
    return refused
  }

  /** Nothing sounds and nothing waits. */
  get isIdle(): boolean {
    return this.#order === undefined && this.#queue.length === 0
  }

  /** A digit is being sent: whatever else the leg sends has to wait. */
  get isSounding(): boolean {
    return this.#order !== undefined
  }

  /** Called once per packet time. True: send the event described by the fields. */
  next(ptimeMs: number): boolean {
    this.isFirst = this.#order === undefined && this.#begin(ptimeMs)
    if (!this.#order) return false
    const { code, durationMs, gapMs } = this.#order
    this.code = code
    this.soundedMs = Math.min(durationMs, this.soundedMs + ptimeMs)
    this.hasEnded = this.soundedMs === durationMs
    if (this.hasEnded && --this.#endsLeft === 0) {
      this.#order = undefined
      // The gap began with the first of the three.
      this.#gapLeftMs = gapMs - (END_PACKETS - 1) * ptimeMs
    }
    return true
  }

  #begin(ptimeMs: number): boolean {
    this.#gapLeftMs -= ptimeMs
    if (this.#gapLeftMs > 0) return false
    this.#gapLeftMs = 0
    this.#order = this.#queue.shift()
    this.soundedMs = 0
    this.#endsLeft = END_PACKETS
    return this.#order !== undefined
  }
}
