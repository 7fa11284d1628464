/**
 * Our end of a session as bytes (RFC 8866).
 */
import { type MediaDescription, write } from 'sdp-transform'
import { Failure } from '../base/index.ts'
import { familyOf } from './address.ts'
import { ALWAYS, type Timing } from './description.ts'
import type { ClosedStream, FormatRecord, LocalMedia } from './format.ts'

/** Throws the failure `bad-local-media` for values that no description can have. */
export function writeDescription(local: LocalMedia, timing: Timing = ALWAYS): Uint8Array {
  const ipVer = familyOf(local.address)
  if (ipVer === undefined) throw badMedia(`${local.address} is not an IP address.`)
  if (!(local.port > 0 && local.port < 65535))
    throw badMedia(`${local.port} is no port with another for RTCP above it.`)
  if (local.formats.length === 0) throw badMedia('There is no format to describe.')
  const text = write({
    version: 0,
    origin: {
      username: '-',
      sessionId: local.sessionId,
      sessionVersion: local.sessionVersion,
      netType: 'IN',
      ipVer,
      address: local.address,
    },
    name: '-',
    connection: { version: ipVer, ip: local.address },
    timing,
    media: sectionsOf(local),
  })
  return new TextEncoder().encode(text)
}

function sectionsOf(local: LocalMedia): MediaDescription[] {
  const closed = local.closedStreams ?? []
  const sections: MediaDescription[] = []
  for (let index = 0; index <= closed.length; index++) {
    const stream = closed.find(entry => entry.index === index)
    sections.push(stream ? closedSection(stream) : audioSection(local))
  }
  return sections
}

function closedSection({ type, protocol, formats }: ClosedStream): MediaDescription {
  return { type, port: 0, protocol, payloads: formats.join(' ') || '0', rtp: [], fmtp: [] }
}

function audioSection({ port, formats, ptimeMs, direction, rtcpMux }: LocalMedia): MediaDescription {
  const listed = formats.map(format => ({ format, payload: payloadTypeOf(format) }))
  return {
    type: 'audio',
    port,
    protocol: 'RTP/AVP',
    payloads: listed.map(({ payload }) => payload).join(' '),
    rtp: listed.map(({ format: { name, clockRateHz, channels }, payload }) => ({
      payload,
      codec: name,
      rate: clockRateHz,
      ...(channels > 1 ? { encoding: channels } : {}),
    })),
    fmtp: listed.flatMap(({ format: { fmtp }, payload }) => (fmtp === '' ? [] : [{ payload, config: fmtp }])),
    ptime: ptimeMs,
    direction,
    ...(rtcpMux ? { rtcpMux: 'rtcp-mux' } : {}),
  }
}

function payloadTypeOf({ name, payloadType }: FormatRecord): number {
  if (payloadType === undefined) throw badMedia(`${name} has no payload type to offer.`)
  return payloadType
}

const badMedia = (message: string): Failure => new Failure('bad-local-media', message)
