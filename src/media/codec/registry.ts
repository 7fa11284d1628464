/**
 * Every codec of the media core: a new one is a file beside this and a line here.
 */
import type { FormatRecord } from '../../sdp/index.ts'
import type { Codec } from './codec.ts'
import { aLawToMuLaw, muLawToALaw } from './g711.ts'
import { pcma } from './pcma.ts'
import { pcmu } from './pcmu.ts'

/** In order of preference. */
export const codecs: readonly Codec[] = [pcmu, pcma]

/** What to offer: the formats of all codecs, in order of preference. */
export const codecFormats: readonly FormatRecord[] = codecs.map(codec => codec.format)

/** Pairs of formats that convert byte by byte, so that a relay needs no decoding. */
const translations: readonly { from: Codec; to: Codec; table: Uint8Array }[] = [
  { from: pcmu, to: pcma, table: muLawToALaw },
  { from: pcma, to: pcmu, table: aLawToMuLaw },
]

/** The same encoding, whatever its payload type (RFC 8866 section 6.6: names are compared without regard to case). */
export const sameEncoding = (one: FormatRecord, other: FormatRecord): boolean =>
  one.name.toLowerCase() === other.name.toLowerCase() &&
  one.clockRateHz === other.clockRateHz &&
  one.channels === other.channels

export const codecFor = (format: FormatRecord): Codec | undefined =>
  codecs.find(codec => sameEncoding(codec.format, format))

/** 256 bytes that turn payload of `from` into payload of `to`, if there is such a table. */
export const translationTable = (from: FormatRecord, to: FormatRecord): Uint8Array | undefined =>
  translations.find(entry => sameEncoding(entry.from.format, from) && sameEncoding(entry.to.format, to))?.table
