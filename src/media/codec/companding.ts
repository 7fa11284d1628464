/**
 * The transcoder of both G.711 laws: one byte per sample, no memory.
 */
import type { Transcoder } from './codec.ts'
import type { Law } from './g711.ts'

export function compandingTranscoder({ decode, encode, shift }: Law): Transcoder {
  return {
    decode(bytes, at, payloadBytes, pcm) {
      for (let index = 0; index < payloadBytes; index++) pcm[index] = decode[bytes[at + index]!]!
      return payloadBytes
    },
    encode(pcm, samples, bytes, at) {
      for (let index = 0; index < samples; index++) bytes[at + index] = encode[(pcm[index]! & 0xffff) >> shift]!
      return samples
    },
  }
}
