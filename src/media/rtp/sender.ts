/**
 * The sending side of a leg: one SSRC, one row of sequence numbers, one timeline, for life. Whatever is sent (a relayed
 * stream, a prompt, digits) is a source that the sender is given to; when another source takes over, its numbers are
 * moved to where the last one stopped, so that the far end sees one stream.
 *
 * The methods complete a packet of which the caller has set payload and payload type; `ticks` is a duration in
 * timestamp units.
 */
import { type Random, randomBelow } from '../../base/index.ts'
import type { RtpPacket } from './packet.ts'

export const NO_SOURCE = -1
const HALF_RANGE = 32_768

export class RtpSender {
  // What every packet touches comes first: a thousand senders are not in the cache.
  readonly ssrc: number
  packets = 0
  /** Of payload, RFC 3550 section 6.4.1. */
  octets = 0
  #source = NO_SOURCE
  /** The next packet is the first of its source, or the first after a pause. */
  #switching = true
  /** The sequence number after the highest that was sent, and how many of those before it the source has used. */
  #next: number
  #used = 0
  /** A relayed stream leaves with `in + offset`. */
  #sequenceOffset = 0
  #timestampOffset = 0
  /** Timestamp of what was sent last, when that was, and the timestamp at which its sound ends. */
  #position: number
  #sentMs = 0
  #end: number
  /** Of what is sent at present. */
  clockRateHz = 8000
  /** By how much the timestamps run ahead of the clock, because sources followed each other too closely. */
  #ahead = 0
  #eventTimestamp = 0

  constructor(random: Random) {
    this.ssrc = random.u32() | 0
    // RFC 3550 section 5.1: random starts.
    this.#next = randomBelow(random, 65_536)
    this.#end = random.u32() | 0
    this.#position = this.#end
  }

  /** Gives the sender to a source: a number of the caller's choice. The present one keeps it without a seam. */
  claim(source: number): void {
    if (source === this.#source) return
    this.#source = source
    this.#switching = true
  }

  /** The source sends nothing for now: its next packet goes by the clock, not by the packet before it. */
  pause(): void {
    this.#switching = true
  }

  /**
   * A packet of a stream that is passed on, sound or event: gaps, order and marks stay as they came. False: it is from
   * before the source's turn and must not be sent.
   */
  relay(packet: RtpPacket, ticks: number, nowMs: number): boolean {
    if (!this.#renumber(packet, nowMs)) return false
    const isLatest = ((packet.sequence + 1) & 0xffff) === this.#next
    if (isLatest) this.#advance(packet.timestamp, ticks, nowMs)
    this.#complete(packet)
    return true
  }

  /** Sound made here, which follows on what the source sent before. */
  send(packet: RtpPacket, ticks: number, nowMs: number): void {
    packet.marker = this.#switching
    packet.timestamp = this.#switching ? this.#resume(nowMs) : this.#end
    packet.sequence = this.#take()
    this.#advance(packet.timestamp, ticks, nowMs)
    this.#complete(packet)
  }

  /** An event made here, `ticks` long so far: RFC 4733, all packets of an event carry the time of the first. */
  sendEvent(packet: RtpPacket, ticks: number, isFirst: boolean, nowMs: number): void {
    packet.marker = isFirst || this.#switching
    if (packet.marker) this.#eventTimestamp = this.#resume(nowMs)
    packet.timestamp = this.#eventTimestamp
    packet.sequence = this.#take()
    this.#advance(packet.timestamp, ticks, nowMs)
    this.#complete(packet)
  }

  #renumber(packet: RtpPacket, nowMs: number): boolean {
    const switching = this.#switching
    if (switching) {
      this.#timestampOffset = (this.#resume(nowMs) - packet.timestamp) | 0
      this.#sequenceOffset = this.#next - packet.sequence
      packet.marker = true
    }
    packet.sequence = (packet.sequence + this.#sequenceOffset) & 0xffff
    packet.timestamp = (packet.timestamp + this.#timestampOffset) | 0
    const ahead = (packet.sequence - this.#next) & 0xffff
    if (ahead >= HALF_RANGE) return 2 * HALF_RANGE - ahead <= this.#used
    this.#next = (packet.sequence + 1) & 0xffff
    this.#used = Math.min(HALF_RANGE, this.#used + ahead + 1)
    return true
  }

  /** The timestamp with which a source starts now: the clock's, but never inside the sound that was sent before. */
  #resume(nowMs: number): number {
    this.#switching = false
    this.#used = 0
    if (this.packets === 0) return this.#end
    const elapsed = Math.round(((nowMs - this.#sentMs) * this.clockRateHz) / 1000)
    const byClock = (this.#position + elapsed - this.#ahead) | 0
    this.#ahead = Math.max(0, (this.#end - byClock) | 0)
    return (byClock + this.#ahead) | 0
  }

  #take(): number {
    const sequence = this.#next
    this.#next = (sequence + 1) & 0xffff
    return sequence
  }

  /** The later packets of an event, which carry the time of the first, only make it longer. */
  #advance(timestamp: number, ticks: number, nowMs: number): void {
    this.#end = (timestamp + ticks) | 0
    if (timestamp === this.#position && this.packets > 0) return
    this.#position = timestamp
    this.#sentMs = Math.round(nowMs)
  }

  #complete(packet: RtpPacket): void {
    packet.ssrc = this.ssrc
    this.packets++
    this.octets += packet.payloadBytes
  }
}
