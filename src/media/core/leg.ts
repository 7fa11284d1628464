/**
 * One leg: what it agreed on with its far end, what it receives, what it sends. Plain state for the core's hot path;
 * the rules are with those who change it.
 */
import type { Machine, Random } from '../../base/index.ts'
import type { Transcoder } from '../codec/codec.ts'
import { codecFor } from '../codec/registry.ts'
import { canonicalAddress } from '../io/address.ts'
import type { SocketId } from '../io/rtp-io.ts'
import type { LegHandle, LegStatistics, RemoteMedia, TaskHandle } from '../port.ts'
import type { DtmfEffect, DtmfInput, DtmfState } from '../rtp/dtmf-receiver.ts'
import type { DtmfSender } from '../rtp/dtmf-sender.ts'
import { expectRemote, type LatchState, startLatch } from '../rtp/latch.ts'
import { RtpSender } from '../rtp/sender.ts'
import { StreamReceiver } from '../rtp/sequence.ts'
import { type LegTransport, plainTransport } from './leg-transport.ts'
import type { MediaTimeout } from './media-timeout.ts'
import { Paced } from './pacer.ts'
import type { Player } from './player.ts'

/** What a payload type means to a leg: not agreed, a telephone event, or from AUDIO on an index into its formats. */
export const NOT_AGREED = 0
export const EVENT = 1
export const AUDIO = 2

/** Sources of a sender that are no received stream; the numbers of streams start after them. */
export const PLAYER_SOURCE = 0
export const EVENT_SOURCE = 1
export const FIRST_STREAM = 2

const UNBOUND = -1
const DEFAULT_PTIME_MS = 20
const DEFAULT_RATE_HZ = 8000

export type DtmfMachine = Machine<DtmfState, DtmfInput, 'silence', DtmfEffect>

export class Leg extends Paced {
  readonly handle: LegHandle
  readonly timeout: MediaTimeout
  readonly transport: LegTransport = plainTransport
  isOpen = false
  isClosed = false
  port = 0
  rtpSocket: SocketId = UNBOUND
  rtcpSocket: SocketId = UNBOUND

  remote: RemoteMedia | undefined
  /** Direction, address and an open port allow it. */
  maySend = false
  mayHear = false
  /** By payload type: NOT_AGREED, EVENT or AUDIO + index into `remote.receive`. */
  readonly uses = new Uint8Array(128)
  /** Packet time that is sent, whole frames of the format. */
  ptimeMs = DEFAULT_PTIME_MS
  sampleRateHz = DEFAULT_RATE_HZ
  /** Timestamp units in a packet time. */
  ticks = (DEFAULT_PTIME_MS * DEFAULT_RATE_HZ) / 1000
  sendPayloadType = 0
  /** Absent while what is sent has no codec here; it can still be relayed. */
  transcoder: Transcoder | undefined

  latch: LatchState = startLatch
  /** The source of the last datagram on the RTP socket is the one that the latch is locked to. */
  isSourceTrusted = false
  /** When RTP of the trusted source came last. */
  heardMs = 0
  readonly receiver = new StreamReceiver()
  /** Number of what is received, new whenever the stream starts anew. */
  stream = FIRST_STREAM
  dtmf: DtmfMachine | undefined
  packetsReceived = 0
  octetsReceived = 0
  packetsForeign = 0
  packetsInvalid = 0

  readonly sender: RtpSender
  /** Whom this leg's packets go to: the other leg of a bridge, or itself for an echo. */
  target: Leg | undefined
  /** By index into `remote.receive`: how a packet gets to the target, undefined if it cannot. */
  paths: readonly (Uint8Array | undefined)[] = []
  player: Player | undefined
  task: TaskHandle = 0
  digits: DtmfSender | undefined

  constructor(handle: LegHandle, timeout: MediaTimeout, random: Random) {
    super()
    this.handle = handle
    this.timeout = timeout
    this.sender = new RtpSender(random)
  }

  opened(port: number, rtpSocket: SocketId, rtcpSocket: SocketId): void {
    this.isOpen = true
    this.port = port
    this.rtpSocket = rtpSocket
    this.rtcpSocket = rtcpSocket
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
    this.uses.fill(NOT_AGREED)
    for (const [index, format] of remote.receive.entries()) this.#use(format.payloadType, AUDIO + index)
    this.#use(remote.events?.receivePayloadType, EVENT)
    this.#prepareToSend(remote)
    this.#permit()
    this.timeout.watch(this.mayHear)
  }

  #permit(): void {
    if (!this.remote) return
    const { direction, address, port } = this.remote
    const could = this.maySend
    this.mayHear = direction === 'sendrecv' || direction === 'recvonly'
    this.maySend =
      this.isOpen && (direction === 'sendrecv' || direction === 'sendonly') && port !== 0 && !isNowhere(address)
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
    if (payloadType !== undefined && payloadType < this.uses.length) this.uses[payloadType] = use
  }

  statistics(): LegStatistics {
    const clockRateHz = this.remote?.receive[0]?.clockRateHz ?? DEFAULT_RATE_HZ
    return {
      packetsReceived: this.packetsReceived,
      packetsSent: this.sender.packets,
      octetsReceived: this.octetsReceived,
      octetsSent: this.sender.octets,
      packetsLost: this.receiver.packetsLost,
      jitterMs: (this.receiver.jitter * 1000) / clockRateHz,
      packetsForeign: this.packetsForeign,
      packetsInvalid: this.packetsInvalid,
    }
  }
}

/** RFC 3264 section 8.4: the old way to say hold. */
const isNowhere = (address: string): boolean => address === '0.0.0.0' || address === '::'
