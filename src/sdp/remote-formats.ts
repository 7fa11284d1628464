/**
 * What the payload types of a peer's m= line mean.
 */
import { formatParameters, rtpMaps } from './attributes.ts'
import type { MediaSection } from './description.ts'
import { fault } from './fault.ts'
import type { FormatRecord, SdpFault } from './format.ts'
import { type Encoding, STATIC_FORMATS } from './static-formats.ts'

/** A payload type that the peer lists and whose meaning is known. */
export interface RemoteFormat extends Encoding {
  readonly payloadType: number
  readonly fmtp: string
}

/** In the peer's order, each payload type once. `assumed`: what a dynamic payload type without rtpmap stands for. */
export function readFormats(
  { media, attributes }: MediaSection,
  assumed: readonly FormatRecord[],
): readonly RemoteFormat[] | SdpFault {
  const mapped = rtpMaps(attributes)
  const parameters = formatParameters(attributes)
  const formats = new Map<number, RemoteFormat>()
  for (const text of media.formats) {
    const payloadType = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN
    if (!(payloadType <= 127)) return fault('syntax', 'A format of the m= line is not a payload type.', media.line)
    const encoding = mapped.has(payloadType) ? mapped.get(payloadType) : unmapped(payloadType, assumed)
    if (encoding === undefined || formats.has(payloadType)) continue
    const { name, clockRateHz, channels } = encoding
    formats.set(payloadType, { name, clockRateHz, channels, payloadType, fmtp: parameters.get(payloadType) ?? '' })
  }
  return [...formats.values()]
}

const unmapped = (payloadType: number, assumed: readonly FormatRecord[]): Encoding | undefined =>
  STATIC_FORMATS.get(payloadType) ?? assumed.find(format => format.payloadType === payloadType)
