/**
 * Our end of a session as bytes (RFC 8866 section 5): few lines, always the same, written for every call, so by hand.
 */
import { Failure } from '../base/index.ts'
import { familyOf } from './address.ts'
import { ALWAYS, type Timing } from './description.ts'
import type { ClosedStream, FormatRecord, LocalMedia } from './format.ts'

/** Throws the failure `bad-local-media` for values that no description can have. */
export function writeDescription(local: LocalMedia, timing: Timing = ALWAYS): Uint8Array {
  const { address, sessionId, sessionVersion } = local
  const family = familyOf(address)
  if (family === undefined) throw badMedia(`${address} is not an IP address.`)
  if (!(local.port > 0 && local.port < 65535))
    throw badMedia(`${local.port} is no port with another for RTCP above it.`)
  if (local.formats.length === 0) throw badMedia('There is no format to describe.')
  const session =
    `v=0\r\no=- ${sessionId} ${sessionVersion} IN IP${family} ${address}\r\ns=-\r\n` +
    `c=IN IP${family} ${address}\r\nt=${timing.start} ${timing.stop}\r\n`
  return Buffer.from(session + sectionsOf(local), 'latin1')
}

function sectionsOf(local: LocalMedia): string {
  const closed = local.closedStreams ?? []
  let sections = ''
  for (let index = 0; index <= closed.length; index++) {
    const stream = closed.find(entry => entry.index === index)
    sections += stream ? closedSection(stream) : audioSection(local)
  }
  return sections
}

const closedSection = ({ type, protocol, formats }: ClosedStream): string =>
  `m=${type} 0 ${protocol} ${formats.join(' ') || '0'}\r\n`

function audioSection({ port, formats, ptimeMs, direction, rtcpMux }: LocalMedia): string {
  let media = `m=audio ${port} RTP/AVP`
  let maps = ''
  let parameters = ''
  for (const format of formats) {
    const { name, clockRateHz, channels, fmtp } = format
    const payloadType = payloadTypeOf(format)
    media += ` ${payloadType}`
    maps += `a=rtpmap:${payloadType} ${name}/${clockRateHz}${channels > 1 ? `/${channels}` : ''}\r\n`
    if (fmtp !== '') parameters += `a=fmtp:${payloadType} ${fmtp}\r\n`
  }
  const rest = `a=ptime:${ptimeMs}\r\na=${direction}\r\n${rtcpMux ? 'a=rtcp-mux\r\n' : ''}`
  return `${media}\r\n${maps}${parameters}${rest}`
}

function payloadTypeOf({ name, payloadType }: FormatRecord): number {
  if (payloadType === undefined) throw badMedia(`${name} has no payload type to offer.`)
  return payloadType
}

const badMedia = (message: string): Failure => new Failure('bad-local-media', message)
