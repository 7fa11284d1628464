/**
 * From a datagram to the leg that it is for and on to the leg that it is bridged to, in one go and in place.
 */
import { Machine } from '../../base/index.ts'
import { IN_FIELDS, IN_LENGTH, IN_PORT, IN_SAME_SOURCE, IN_SOCKET, SLOT_BYTES } from '../io/rtp-io.ts'
import { datagramKind, KIND_RTCP, KIND_RTP, KIND_UNKNOWN } from '../rtp/demux.ts'
import { startDtmf, stepDtmf } from '../rtp/dtmf-receiver.ts'
import { isLockedTo, mayReport, stepLatch } from '../rtp/latch.ts'
import { RtpPacket, readRtp } from '../rtp/packet.ts'
import { isRtcp } from '../rtp/rtcp.ts'
import { STREAM_REFUSED, STREAM_STARTS } from '../rtp/sequence.ts'
import { EVENT_BYTES, eventCode, eventHasEnded, eventTicks } from '../rtp/telephone-event.ts'
import { Connections } from './connections.ts'
import type { CoreContext } from './context.ts'
import { type DtmfMachine, EVENT, FIRST_STREAM, type Leg, NOT_AGREED } from './leg.ts'
import { translate } from './relay-path.ts'

export class Inbound {
  readonly #context: CoreContext
  readonly #legBySocket: (Leg | undefined)[] = []
  readonly #packet = new RtpPacket()
  readonly #connections: Connections
  #nextStream = FIRST_STREAM

  constructor(context: CoreContext) {
    this.#context = context
    this.#connections = new Connections(context.clock, context.io)
    context.io.onBatch = (rows, nowMs) => {
      for (let row = 0; row < rows; row++) this.#receive(row, nowMs)
      context.outlet.flush()
    }
  }

  attach(leg: Leg): void {
    this.#legBySocket[leg.rtpSocket] = leg
    this.#legBySocket[leg.rtcpSocket] = leg
  }

  detach(leg: Leg): void {
    this.#connections.release(leg)
    this.#legBySocket[leg.rtpSocket] = undefined
    this.#legBySocket[leg.rtcpSocket] = undefined
  }

  /** What the leg receives from now on is another source for whoever it is sent to. */
  startStream(leg: Leg): void {
    leg.stream = this.#nextStream++
  }

  #receive(row: number, nowMs: number): void {
    const { io, tally } = this.#context
    const fields = row * IN_FIELDS
    const socket = io.inbound[fields + IN_SOCKET]!
    const leg = this.#legBySocket[socket]
    if (!leg) {
      tally.add('strayPackets')
      return
    }
    const length = io.inbound[fields + IN_LENGTH]!
    const isRtpSocket = socket === leg.rtpSocket
    if (isRtpSocket && io.inbound[fields + IN_SAME_SOURCE] === 0) leg.isSourceTrusted = false
    const at = row * SLOT_BYTES
    const kind = length > SLOT_BYTES ? KIND_UNKNOWN : datagramKind(io.received, at, length)
    // STUN and DTLS are for transports that asked for them: the plain one never does.
    const isMedia = kind === KIND_RTCP || (kind === KIND_RTP && isRtpSocket)
    const plainLength = isMedia ? leg.transport.unprotect(io.received, at, length) : 0
    if (kind === KIND_RTP && readRtp(io.received, at, plainLength, this.#packet)) this.#rtp(leg, row, nowMs)
    else if (kind === KIND_RTCP && isRtcp(io.received, at, plainLength)) this.#rtcp(leg, row, nowMs)
    else leg.packetsInvalid++
  }

  #rtcp(leg: Leg, row: number, nowMs: number): void {
    if (!mayReport(leg.latch, this.#context.io.sourceAddress(row))) {
      leg.packetsForeign++
      return
    }
    leg.reportedMs = Math.floor(nowMs)
    if (!leg.isWatched) leg.watch()
  }

  #rtp(leg: Leg, row: number, nowMs: number): void {
    const packet = this.#packet
    if (packet.payloadType !== leg.payloadType) leg.select(packet.payloadType)
    const { use } = leg
    if (use === NOT_AGREED || (use === EVENT && packet.payloadBytes < EVENT_BYTES)) {
      leg.packetsInvalid++
      return
    }
    if (!leg.isSourceTrusted && !this.#admit(leg, row, nowMs)) {
      leg.packetsForeign++
      return
    }
    leg.heardMs = Math.floor(nowMs)
    if (!leg.isWatched) leg.watch()
    const verdict = leg.receiver.accept(packet)
    if (verdict === STREAM_STARTS) this.startStream(leg)
    if (use === EVENT) this.#digit(leg, nowMs)
    if (verdict === STREAM_REFUSED) return
    leg.packetsReceived++
    leg.octetsReceived += packet.payloadBytes
    if (use === EVENT) this.#relayEvent(leg, nowMs)
    else this.#audio(leg, nowMs)
  }

  /** Asks the latch, which is not on the way of a packet from the same trusted source as the one before. */
  #admit(leg: Leg, row: number, nowMs: number): boolean {
    const { io, emit } = this.#context
    const { ssrc, sequence } = this.#packet
    const source = { address: io.sourceAddress(row), port: io.inbound[row * IN_FIELDS + IN_PORT]! }
    const before = leg.latch
    leg.latch = stepLatch(before, { ...source, ssrc, sequence, nowMs, heardMs: leg.heardMs })
    if (!isLockedTo(leg.latch, source)) return false
    leg.isSourceTrusted = true
    this.#connections.watch(leg)
    if (isLockedTo(before, source)) return true
    io.aim(leg.rtpSocket, source.address, source.port)
    emit({ type: 'latched', leg: leg.handle, ...source })
    return true
  }

  #audio(leg: Leg, nowMs: number): void {
    const packet = this.#packet
    leg.receiver.measure(packet, nowMs, leg.receiveRateHz)
    const { target, path } = leg
    if (!target || !leg.mayHear || !isFree(target)) return
    if (!path) {
      this.#context.tally.add('packetsUnrelayable')
      return
    }
    translate(this.#context.io.received, packet.payloadAt, packet.payloadBytes, path)
    packet.payloadType = target.sendPayloadType
    target.sender.claim(leg.stream)
    if (target.sender.relay(packet, target.ticks, nowMs)) this.#context.outlet.send(target, packet)
  }

  #relayEvent(leg: Leg, nowMs: number): void {
    const packet = this.#packet
    const { target } = leg
    if (!target || !leg.mayHear || !isFree(target)) return
    const events = target.remote?.events
    if (!events || events.clockRateHz !== leg.remote?.events?.clockRateHz) {
      this.#context.tally.add('packetsUnrelayable')
      return
    }
    packet.payloadType = events.sendPayloadType
    target.sender.claim(leg.stream)
    const ticks = eventTicks(this.#context.io.received, packet.payloadAt)
    if (target.sender.relay(packet, ticks, nowMs)) this.#context.outlet.send(target, packet)
  }

  #digit(leg: Leg, nowMs: number): void {
    if (!leg.mayHear) return
    const { received } = this.#context.io
    const { ssrc, sequence, timestamp, marker, payloadAt } = this.#packet
    leg.dtmf ??= this.#dtmfMachine(leg)
    leg.dtmf.dispatch({
      type: 'packet',
      nowMs,
      packet: {
        ssrc,
        sequence,
        timestamp,
        marker,
        code: eventCode(received, payloadAt),
        hasEnded: eventHasEnded(received, payloadAt),
        ticks: eventTicks(received, payloadAt),
      },
    })
  }

  #dtmfMachine(leg: Leg): DtmfMachine {
    const { clock, tally, emit } = this.#context
    return new Machine(clock, stepDtmf(leg.ptimeMs), startDtmf, effect => {
      if (effect.type === 'digit') emit({ type: 'digit', leg: leg.handle, digit: effect.digit, source: 'rfc4733' })
      else if (effect.type === 'digit-end') {
        const clockRateHz = leg.remote?.events?.clockRateHz ?? leg.sender.clockRateHz
        const durationMs = Math.round((effect.ticks * 1000) / clockRateHz)
        emit({ type: 'digit-end', leg: leg.handle, digit: effect.digit, durationMs })
      } else if (effect.type === 'flood') tally.add('digitsFlooded')
    })
  }
}

/** A prompt or a digit that is being sent has the sender to itself. */
const isFree = (target: Leg): boolean => target.maySend && !target.player && target.digits?.isSounding !== true
