/**
 * The receiving side of one stream: which packets belong to it, how many are missing, how unevenly they come.
 * RFC 3550 appendices A.1, A.3 and A.8, with the patience of its probation given to changes only: the first stream of
 * a leg comes from an address that is trusted already and is heard from its first packet.
 */
import type { RtpPacket } from './packet.ts'

/** Not to be heard: a stray source, a leap not yet confirmed. */
export const STREAM_REFUSED = 0
export const STREAM_CONTINUES = 1
/** The stream starts here: the first ever, a new SSRC, or the same one with its numbers reset. */
export const STREAM_STARTS = 2

const SEQUENCE_MODULUS = 65_536
const MAX_DROPOUT = 3000
const MAX_MISORDER = 100
const NONE = -1

export class StreamReceiver {
  // What every packet touches comes first: a thousand streams are not in the cache.
  #started = false
  #ssrc = 0
  #highest = 0
  #packetsOfStream = 0
  /** Sequence number that would confirm another SSRC. */
  #expectedOfCandidate = NONE
  #transit = 0
  #transitKnown = false
  /** In sixteenths, as RFC 3550 appendix A.8 keeps it without fractions. */
  #jitter = 0
  #cycles = 0
  #base = 0
  /** Lost before the present stream started. */
  #lostEarlier = 0
  /** Sequence number that would confirm a leap. */
  #expectedAfterLeap = NONE
  #candidateSsrc = 0

  /** Whether the packet belongs to the stream: one of the STREAM numbers. */
  accept({ ssrc, sequence }: RtpPacket): number {
    if (!this.#started) return this.#start(ssrc, sequence)
    if (ssrc !== this.#ssrc) return this.#consider(ssrc, sequence)
    this.#expectedOfCandidate = NONE
    const ahead = (sequence - this.#highest) & 0xffff
    if (ahead < MAX_DROPOUT) {
      if (sequence < this.#highest) this.#cycles += SEQUENCE_MODULUS
      this.#highest = sequence
    } else if (ahead <= SEQUENCE_MODULUS - MAX_MISORDER) {
      if (sequence === this.#expectedAfterLeap) return this.#start(ssrc, sequence)
      this.#expectedAfterLeap = (sequence + 1) & 0xffff
      return STREAM_REFUSED
    }
    return this.#count(STREAM_CONTINUES)
  }

  /**
   * Measures the evenness of arrival. Only for packets whose timestamp goes on with time: not for telephone events,
   * which all carry the time of their start.
   */
  measure({ timestamp }: RtpPacket, nowMs: number, clockRateHz: number): void {
    const arrival = Math.round((nowMs * clockRateHz) / 1000) | 0
    const transit = (arrival - timestamp) | 0
    const deviation = Math.abs((transit - this.#transit) | 0)
    this.#transit = transit
    // More than a second apart is a source that set its clock, not a network.
    if (this.#transitKnown && deviation < clockRateHz) this.#jitter += deviation - ((this.#jitter + 8) >> 4)
    this.#transitKnown = true
  }

  /** Interarrival jitter in timestamp units. */
  get jitter(): number {
    return this.#jitter / 16
  }

  get packetsLost(): number {
    return this.#lostEarlier + this.#lostNow
  }

  get #lostNow(): number {
    if (!this.#started) return 0
    // Duplicates count as received (A.3), so the difference may be negative.
    return Math.max(0, this.#cycles + this.#highest - this.#base + 1 - this.#packetsOfStream)
  }

  /** Another source: two packets in order, none of the present source between them, and it is followed. */
  #consider(ssrc: number, sequence: number): number {
    if (ssrc === this.#candidateSsrc && sequence === this.#expectedOfCandidate) return this.#start(ssrc, sequence)
    this.#candidateSsrc = ssrc
    this.#expectedOfCandidate = (sequence + 1) & 0xffff
    return STREAM_REFUSED
  }

  #start(ssrc: number, sequence: number): number {
    this.#lostEarlier += this.#lostNow
    this.#started = true
    this.#ssrc = ssrc
    this.#base = sequence
    this.#highest = sequence
    this.#cycles = 0
    this.#packetsOfStream = 0
    this.#expectedAfterLeap = NONE
    this.#expectedOfCandidate = NONE
    this.#transitKnown = false
    return this.#count(STREAM_STARTS)
  }

  #count(verdict: number): number {
    this.#packetsOfStream++
    return verdict
  }
}
