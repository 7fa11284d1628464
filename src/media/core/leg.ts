/**
 * One leg: what it agreed on with its far end, what it receives, what it sends. Plain state for the core's hot path;
 * the rules are with those who change it.
 */
import { type Clock, canonicalAddress, type Machine, type Random } from '../../base/index.ts'
import type { Transcoder } from '../codec/codec.ts'
import { codecFor } from '../codec/registry.ts'
import type { SocketId } from '../io/rtp-io.ts'
import type { LegHandle, LegStatistics, RemoteMedia, TaskHandle } from '../port.ts'
import type { DtmfEffect, DtmfInput, DtmfState } from '../rtp/dtmf-receiver.ts'
import type { DtmfSender } from '../rtp/dtmf-sender.ts'
import { expectRemote, type LatchState, startLatch } from '../rtp/latch.ts'
import { RtpSender } from '../rtp/sender.ts'
import { StreamReceiver } from '../rtp/sequence.ts'
import { type LegTransport, plainTransport } from './leg-transport.ts'
import { MediaTimeout } from './media-timeout.ts'
import { Paced } from './pacer.ts'
import type { BoundPair } from './pair-pool.ts'
import type { Player } from './player.ts'
import { relayPath } from './relay-path.ts'

/** What a payload type means to a leg: not agreed, a telephone event, or from AUDIO on an index into its formats. */
export const NOT_AGREED = 0
export const EVENT = 1
export const AUDIO = 2

/** Sources of a sender that are no received stream; the numbers of streams start after them. */
export const PLAYER_SOURCE = 0
export const EVENT_SOURCE = 1
export const FIRST_STREAM = 2

const DEFAULT_PTIME_MS = 20
const DEFAULT_RATE_HZ = 8000

const NONE = -1

export type DtmfMachine = Machine<DtmfState, DtmfInput, 'silence', DtmfEffect>

/**
 * The fields that every packet touches come first (those of receiving, of both, of sending) and hold whole numbers only:
 * a thousand legs are a thousand times not in the cache, and a fraction would lie elsewhere again.
 */
export class Leg extends Paced {
  /** The source of the last datagram on the RTP socket is the one that the latch is locked to. */
  isSourceTrusted = false
  /** The payload type received last, and what `select` found out about it. */
  payloadType = NONE
  use = NOT_AGREED
  receiveRateHz = DEFAULT_RATE_HZ
  /** How a packet gets to the target; undefined if it cannot. */
  path: Uint8Array | undefined
  /** The media timeout is running. */
  isWatched = false
  /** When RTP of the trusted source came last. */
  heardMs = 0
  readonly receiver = new StreamReceiver()
  packetsReceived = 0
  octetsReceived = 0
  mayHear = false
  /** Number of what is received, new whenever the stream starts anew. */
  stream = FIRST_STREAM
  /** Whom this leg's packets go to: the other leg of a bridge, or itself for an echo. */
  target: Leg | undefined

  readonly transport: LegTransport = plainTransport
  rtpSocket: SocketId = NONE

  /** Direction, address and an open port allow it. */
  maySend = false
  player: Player | undefined
  digits: DtmfSender | undefined
  sendPayloadType = 0
  /** Timestamp units in a packet time. */
  ticks = (DEFAULT_PTIME_MS * DEFAULT_RATE_HZ) / 1000
  readonly sender: RtpSender

  readonly handle: LegHandle
  /** Set while its ports are bound. */
  pair: BoundPair | undefined
  isClosed = false
  rtcpSocket: SocketId = NONE
  /** When RTCP came last. */
  reportedMs = 0
  readonly timeout: MediaTimeout
  remote: RemoteMedia | undefined
  /** By payload type: NOT_AGREED, EVENT or AUDIO + index into `remote.receive`. */
  readonly #uses = new Uint8Array(128)
  latch: LatchState = startLatch
  /** Where `Connections` keeps it while its far end is heard. */
  watchGroup: Set<Leg> | undefined
  dtmf: DtmfMachine | undefined
  packetsForeign = 0
  packetsInvalid = 0
  /** Packet time that is sent, whole frames of the format. */
  ptimeMs = DEFAULT_PTIME_MS
  sampleRateHz = DEFAULT_RATE_HZ
  /** Absent while what is sent has no codec here; it can still be relayed. */
  transcoder: Transcoder | undefined
  task: TaskHandle = 0

  constructor(handle: LegHandle, random: Random, clock: Clock, mediaTimeoutMs: number, onTimeout: () => void) {
    super()
    this.handle = handle
    this.sender = new RtpSender(random)
    this.timeout = new MediaTimeout(clock, mediaTimeoutMs, {
      heardMs: () => Math.max(this.heardMs, this.reportedMs),
      raise: () => {
        this.isWatched = false
        onTimeout()
      },
    })
  }

  opened(pair: BoundPair): void {
    this.pair = pair
    this.rtpSocket = pair.rtp
    this.rtcpSocket = pair.rtcp
    this.#permit()
  }

  /** Takes over the result of an offer/answer. */
  agree(remote: RemoteMedia, nowMs: number): void {
    this.remote = remote
    const expected = {
      media: { address: canonicalAddress(remote.address), port: remote.port },
      signallingAddress: canonicalAddress(remote.signallingAddress),
    }
    this.latch = expectRemote(this.latch, expected, nowMs)
    this.isSourceTrusted = false
    this.#uses.fill(NOT_AGREED)
    for (const [index, format] of remote.receive.entries()) this.#use(format.payloadType, AUDIO + index)
    this.#use(remote.events?.receivePayloadType, EVENT)
    this.forgetPaths()
    this.#prepareToSend(remote)
    this.#permit()
    this.#watch(nowMs)
  }

  /** Finds out what a payload type means here, and how it gets from here to the target. */
  select(payloadType: number): void {
    this.payloadType = payloadType
    this.use = this.#uses[payloadType]!
    const format = this.remote?.receive[this.use - AUDIO]
    const send = this.target?.remote?.send
    if (format) this.receiveRateHz = format.clockRateHz
    this.path = format && send ? relayPath(format, send) : undefined
  }

  /** Either end of the way from here to the target has changed. */
  forgetPaths(): void {
    this.payloadType = NONE
  }

  /**
   * The far end, asked not to send, may be silent, and so may one that does not want to hear: phones hold a call like
   * that and have nothing to say. Asked again, it gets the whole time to start.
   */
  #watch(nowMs: number): void {
    if (!this.#isAwaited) {
      this.timeout.stop()
      this.isWatched = false
    } else if (!this.isWatched && this.heardMs + this.reportedMs > 0) {
      this.heardMs = Math.floor(nowMs)
      this.watch()
    }
  }

  /** From the first packet on, silence is watched for. */
  watch(): void {
    this.isWatched = this.#isAwaited
    if (this.isWatched) this.timeout.start()
  }

  get #isAwaited(): boolean {
    return this.remote?.direction === 'sendrecv'
  }

  #permit(): void {
    if (!this.remote) return
    const { direction, address, port } = this.remote
    const could = this.maySend
    this.mayHear = direction === 'sendrecv' || direction === 'recvonly'
    this.maySend =
      this.pair !== undefined &&
      (direction === 'sendrecv' || direction === 'sendonly') &&
      port !== 0 &&
      !isNowhere(address)
    // What was not sent meanwhile is no gap.
    if (this.maySend && !could) this.sender.pause()
  }

  #prepareToSend({ send, ptimeMs }: RemoteMedia): void {
    this.ptimeMs = Math.max(send.frameMs, ptimeMs - (ptimeMs % send.frameMs))
    this.sampleRateHz = send.sampleRateHz
    this.ticks = (this.ptimeMs * send.clockRateHz) / 1000
    this.sendPayloadType = send.payloadType ?? 0
    this.transcoder = codecFor(send)?.create()
    this.sender.clockRateHz = send.clockRateHz
  }

  #use(payloadType: number | undefined, use: number): void {
    if (payloadType !== undefined && payloadType < this.#uses.length) this.#uses[payloadType] = use
  }

  statistics(): LegStatistics {
    return {
      packetsReceived: this.packetsReceived,
      packetsSent: this.sender.packets,
      octetsReceived: this.octetsReceived,
      octetsSent: this.sender.octets,
      packetsLost: this.receiver.packetsLost,
      jitterMs: (this.receiver.jitter * 1000) / this.receiveRateHz,
      packetsForeign: this.packetsForeign,
      packetsInvalid: this.packetsInvalid,
    }
  }
}

/** RFC 3264 section 8.4: the old way to say hold. */
const isNowhere = (address: string): boolean => address === '0.0.0.0' || address === '::'
