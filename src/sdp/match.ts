/**
 * Which formats both ends have.
 */
import type { FormatRecord } from './format.ts'
import type { RemoteFormat } from './remote-formats.ts'

/** The same encoding at both ends; payload types may differ. */
export interface Pair {
  readonly local: FormatRecord
  readonly remote: RemoteFormat
}

export interface Match {
  /** Codecs that carry a voice, in the peer's order, never empty. */
  readonly voices: readonly [Pair, ...Pair[]]
  /** RFC 3389, with the clock of the first voice. */
  readonly comfortNoise: Pair | undefined
  /** RFC 4733, with the clock of the first voice: events share its RTP timestamps (section 2.1). */
  readonly events: Pair | undefined
}

/** Undefined when no voice codec is common. */
export function matchFormats(remote: readonly RemoteFormat[], local: readonly FormatRecord[]): Match | undefined {
  const pairs: Pair[] = []
  for (const format of remote) {
    const ours = local.find(record => isSameEncoding(record, format))
    if (ours && !pairs.some(pair => pair.local === ours)) pairs.push({ local: ours, remote: format })
  }
  const [first, ...others] = pairs.filter(pair => !isNamed(pair, COMFORT_NOISE) && !isNamed(pair, EVENTS))
  if (first === undefined) return undefined
  const companion = (name: string): Pair | undefined =>
    pairs.find(pair => isNamed(pair, name) && pair.local.clockRateHz === first.local.clockRateHz)
  return { voices: [first, ...others], comfortNoise: companion(COMFORT_NOISE), events: companion(EVENTS) }
}

const COMFORT_NOISE = 'cn'
const EVENTS = 'telephone-event'

const isNamed = (pair: Pair, name: string): boolean => pair.local.name.toLowerCase() === name

function isSameEncoding(a: FormatRecord, b: RemoteFormat): boolean {
  return a.name.toLowerCase() === b.name.toLowerCase() && a.clockRateHz === b.clockRateHz && a.channels === b.channels
}
