/**
 * From the formats that both ends have to everything else that an offer and its answer settle.
 */
import type { AudioStream } from './audio-stream.ts'
import type { Direction, LocalMedia, Negotiated } from './format.ts'
import type { Match } from './match.ts'

interface OurEnd {
  readonly local: LocalMedia
  /** Offered by one end and accepted by the other. */
  readonly rtcpMux: boolean
  /** False when our own offer left the peer nothing to listen to: its silence is then no hold. */
  readonly askedToListen: boolean
}

/** `match` has each of our formats under the payload type that we want to receive it under. */
export function settle(stream: AudioStream, match: Match, { local, rtcpMux, askedToListen }: OurEnd): Negotiated {
  const { voices, comfortNoise, events } = match
  const voice = voices[0]
  const weSend = local.direction === 'sendrecv' || local.direction === 'sendonly'
  const weReceive = local.direction === 'sendrecv' || local.direction === 'recvonly'
  return {
    remote: {
      address: stream.address,
      port: stream.port,
      rtcpPort: rtcpMux ? stream.port : stream.rtcpPort,
      rtcpMux,
    },
    send: { ...voice.local, payloadType: voice.remote.payloadType, fmtp: voice.remote.fmtp },
    receive: [...voices, ...(comfortNoise ? [comfortNoise] : [])].map(pair => pair.local),
    ...(events && {
      events: {
        sendPayloadType: events.remote.payloadType,
        receivePayloadType: events.local.payloadType ?? events.remote.payloadType,
        clockRateHz: events.local.clockRateHz,
      },
    }),
    direction: directionOf(weSend && stream.receives, weReceive && stream.sends),
    held: askedToListen && !stream.receives,
    ptimeMs: ptimeOf(stream, local.ptimeMs, voice.local.frameMs),
  }
}

function directionOf(sends: boolean, receives: boolean): Direction {
  if (sends) return receives ? 'sendrecv' : 'sendonly'
  return receives ? 'recvonly' : 'inactive'
}

/** A packet carries whole frames, at least one. */
function ptimeOf({ ptimeMs, maxPtimeMs }: AudioStream, oursMs: number, frameMs: number): number {
  const wishedMs = ptimeMs ?? oursMs
  const allowedMs = Math.min(wishedMs, maxPtimeMs ?? wishedMs)
  return Math.max(frameMs, allowedMs - (allowedMs % frameMs))
}
