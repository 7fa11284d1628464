/**
 * What a leg sends that nobody sent to it: prompts, tones and digits, packet by packet at the leg's packet time.
 */
import type { ResampleKernels } from '../dsp/resample.ts'
import type { PlaySpec, TaskHandle } from '../port.ts'
import { DtmfSender } from '../rtp/dtmf-sender.ts'
import { RtpPacket } from '../rtp/packet.ts'
import { NO_SOURCE } from '../rtp/sender.ts'
import { EVENT_BYTES, writeEvent } from '../rtp/telephone-event.ts'
import type { CoreContext } from './context.ts'
import { EVENT_SOURCE, type Leg, PLAYER_SOURCE } from './leg.ts'
import { Pacer } from './pacer.ts'
import { Player } from './player.ts'

/** 60 ms at 48 kHz. */
const LONGEST_FRAME_SAMPLES = 2880

export class Generator {
  readonly #context: CoreContext
  readonly #kernels: ResampleKernels
  readonly #pacer: Pacer<Leg>
  readonly #pcm = new Int16Array(LONGEST_FRAME_SAMPLES)
  readonly #packet = new RtpPacket()
  readonly #legByTask = new Map<TaskHandle, Leg>()

  constructor(context: CoreContext, kernels: ResampleKernels) {
    this.#context = context
    this.#kernels = kernels
    const { io, clock, tally } = context
    this.#pacer = new Pacer(io, clock, {
      wake: (leg, nowMs) => this.#generate(leg, nowMs),
      rest: () => context.outlet.flush(),
      late: (owed, skipped) => {
        tally.add('stepsOwed', owed)
        tally.add('stepsSkipped', skipped)
      },
    })
  }

  play(leg: Leg, task: TaskHandle, spec: PlaySpec): void {
    this.#end(leg, 'stopped')
    leg.player = new Player(spec, leg.sampleRateHz, this.#kernels)
    leg.task = task
    this.#legByTask.set(task, leg)
    this.#context.tally.add('tasks')
    this.#pacer.add(leg)
  }

  /** False if there is no such task any more. */
  stop(task: TaskHandle): boolean {
    const leg = this.#legByTask.get(task)
    if (!leg) return false
    this.#end(leg, 'stopped')
    if (leg.digits?.isIdle !== false) this.#pacer.remove(leg)
    return true
  }

  sendDigits(leg: Leg, digits: string, durationMs: number, gapMs: number): void {
    if (!leg.remote?.events) {
      this.#context.tally.add('digitsRefused', digits.length)
      return
    }
    leg.digits ??= new DtmfSender()
    this.#context.tally.add('digitsRefused', leg.digits.add(digits, durationMs, gapMs))
    if (!leg.digits.isIdle) this.#pacer.add(leg)
  }

  /** Ends everything the leg generates. */
  close(leg: Leg): void {
    this.#end(leg, 'stopped')
    leg.digits = undefined
    this.#pacer.remove(leg)
  }

  /** Sends what is due; returns when to come back. */
  #generate(leg: Leg, nowMs: number): number {
    const { digits } = leg
    if (digits?.next(leg.ptimeMs)) this.#event(leg, digits, nowMs)
    else if (leg.player) this.#sound(leg, leg.player, nowMs)
    return leg.player || digits?.isIdle === false ? leg.ptimeMs : 0
  }

  #sound(leg: Leg, player: Player, nowMs: number): void {
    const pcm = this.#pcm
    const samples = (leg.ptimeMs * leg.sampleRateHz) / 1000
    const played = player.read(pcm, 0, samples)
    if (played === 0) {
      // The last packet has had its time by now.
      this.#end(leg, 'completed')
      return
    }
    pcm.fill(0, played, samples)
    if (!leg.maySend || !leg.transcoder) {
      leg.sender.pause()
      return
    }
    const packet = this.#packet
    packet.payloadAt = this.#context.outlet.payloadAt()
    packet.payloadBytes = leg.transcoder.encode(pcm, samples, this.#context.io.arena, packet.payloadAt)
    packet.payloadType = leg.sendPayloadType
    leg.sender.claim(PLAYER_SOURCE)
    leg.sender.send(packet, leg.ticks, nowMs)
    this.#context.outlet.send(leg, packet)
  }

  #event(leg: Leg, digits: DtmfSender, nowMs: number): void {
    const events = leg.remote?.events
    if (!leg.maySend || !events) return
    const packet = this.#packet
    const ticks = Math.round((digits.soundedMs * events.clockRateHz) / 1000)
    packet.payloadAt = this.#context.outlet.payloadAt()
    packet.payloadBytes = EVENT_BYTES
    packet.payloadType = events.sendPayloadType
    writeEvent(this.#context.io.arena, packet.payloadAt, digits.code, digits.hasEnded, ticks)
    leg.sender.claim(EVENT_SOURCE)
    leg.sender.sendEvent(packet, ticks, digits.isFirst, nowMs)
    this.#context.outlet.send(leg, packet)
  }

  #end(leg: Leg, reason: 'completed' | 'stopped'): void {
    const { player, task } = leg
    if (!player) return
    leg.player = undefined
    // Whatever sounds next goes by the clock.
    leg.sender.claim(NO_SOURCE)
    this.#legByTask.delete(task)
    this.#context.tally.add('tasks', -1)
    this.#context.emit({ type: 'played', leg: leg.handle, task, reason, playedMs: player.playedMs })
  }
}
