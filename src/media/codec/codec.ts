/**
 * What a codec is: a format record and a maker of transcoders. A codec without memory may give every leg the same one.
 */
import type { FormatRecord } from '../../sdp/index.ts'

/** Both ways between the payload of one direction's packets and linear samples at the format's `sampleRateHz`. */
export interface Transcoder {
  /** Writes the samples of `payloadBytes` bytes at `at` to the start of `pcm`; returns how many. */
  decode(bytes: Uint8Array, at: number, payloadBytes: number, pcm: Int16Array): number
  /** Writes the payload of the first `samples` samples at `at`; returns its length in bytes. */
  encode(pcm: Int16Array, samples: number, bytes: Uint8Array, at: number): number
}

export interface Codec {
  readonly format: FormatRecord
  create(): Transcoder
}
