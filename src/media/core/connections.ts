/**
 * Connects the RTP socket of a leg to its far end while that is heard and nobody else can be: the system then knows the
 * way of every packet, and drops what strangers send before it costs us anything.
 *
 * A leg is looked at every second. Who has sent nothing since the look before is disconnected, before the two seconds of
 * silence are over after which it may be found at another port (L3): so connecting changes nothing of what is heard. One
 * timer serves all, and none runs while all are silent.
 */
import type { Clock, Timer } from '../../base/index.ts'
import type { RtpIo } from '../io/rtp-io.ts'
import { isExclusive, REBINDING_SILENCE_MS } from '../rtp/latch.ts'
import type { Leg } from './leg.ts'

const LOOK_MS = REBINDING_SILENCE_MS / 2
/** Legs are looked at in as many groups, one after the other: no packet waits for all of them. */
const GROUPS = 10

export class Connections {
  readonly #clock: Clock
  readonly #io: RtpIo
  readonly #groups = Array.from({ length: GROUPS }, () => new Set<Leg>())
  #watched = 0
  /** The group that was looked at last. */
  #turn = 0
  #timer: Timer | undefined

  constructor(clock: Clock, io: RtpIo) {
    this.#clock = clock
    this.#io = io
  }

  /** The leg's trusted source has been heard, for the first time or after silence. Idempotent. */
  watch(leg: Leg): void {
    if (leg.watchGroup) return
    leg.watchGroup = this.#groups[this.#turn]!
    leg.watchGroup.add(leg)
    this.#watched++
    this.#timer ??= this.#clock.after(LOOK_MS / GROUPS, () => this.#look())
  }

  /** Idempotent. The socket stays as it is. */
  release(leg: Leg): void {
    if (!leg.watchGroup) return
    leg.watchGroup.delete(leg)
    leg.watchGroup = undefined
    this.#watched--
    if (this.#watched > 0) return
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #look(): void {
    this.#timer = this.#clock.after(LOOK_MS / GROUPS, () => this.#look())
    this.#turn = (this.#turn + 1) % GROUPS
    const heardSinceMs = this.#clock.now() - LOOK_MS
    for (const leg of this.#groups[this.#turn]!) this.#lookAt(leg, heardSinceMs)
  }

  #lookAt(leg: Leg, heardSinceMs: number): void {
    if (leg.heardMs > heardSinceMs) {
      if (isExclusive(leg.latch)) this.#io.connect(leg.rtpSocket)
      return
    }
    this.#io.disconnect(leg.rtpSocket)
    leg.isSourceTrusted = false // so that the next packet has it watched again
    this.release(leg)
  }
}
