/**
 * One m=audio section as the peer's end of an RTP stream, each value checked.
 */
import { isUnspecified } from './address.ts'
import { attributeOf, integer } from './attributes.ts'
import { readAddress } from './connection.ts'
import type { MediaSection } from './description.ts'
import { fault } from './fault.ts'
import type { FormatRecord, SdpFault } from './format.ts'
import { type RemoteFormat, readFormats } from './remote-formats.ts'

export interface AudioStream {
  readonly ok: true
  readonly address: string
  readonly port: number
  readonly rtcpPort: number
  readonly rtcpMux: boolean
  /** In the peer's order, each payload type once. */
  readonly formats: readonly RemoteFormat[]
  /** From the peer's end. */
  readonly sends: boolean
  /** False also for the address 0.0.0.0 (RFC 3264 section 8.4). */
  readonly receives: boolean
  readonly ptimeMs: number | undefined
  readonly maxPtimeMs: number | undefined
  readonly line: number
}

/**
 * `localAddress`: ours, for its family. `assumed`: what a payload type without rtpmap stands for, beside the static
 * ones.
 */
export function readAudioStream(
  section: MediaSection,
  localAddress: string,
  assumed: readonly FormatRecord[] = [],
): AudioStream | SdpFault {
  const { media, attributes, direction } = section
  const { port, protocol, line } = media
  if (protocol !== 'RTP/AVP') return fault('unsupported-transport', 'The audio stream does not run over RTP/AVP.', line)
  const address = readAddress(section.connection, localAddress, line)
  if (typeof address !== 'string') return address
  const formats = readFormats(section, assumed)
  if ('code' in formats) return formats
  const rtcpPort = integer(attributeOf(attributes, 'rtcp')?.split(' ', 1)[0], 1, 65535) ?? port + 1
  if (rtcpPort > 65535) return fault('syntax', `Port ${port} leaves no port for RTCP.`, line)
  return {
    ok: true,
    address,
    port,
    rtcpPort,
    rtcpMux: attributeOf(attributes, 'rtcp-mux') !== undefined,
    formats,
    sends: direction === 'sendrecv' || direction === 'sendonly',
    receives: (direction === 'sendrecv' || direction === 'recvonly') && !isUnspecified(address),
    ptimeMs: integer(attributeOf(attributes, 'ptime'), 10, 60),
    maxPtimeMs: integer(attributeOf(attributes, 'maxptime'), 1, 65535),
    line,
  }
}
