/**
 * G.711 µ-law: RFC 3551 section 4.5.14.
 */
import type { Codec } from './codec.ts'
import { compandingTranscoder } from './companding.ts'
import { muLaw } from './g711.ts'

const transcoder = compandingTranscoder(muLaw)

export const pcmu: Codec = {
  format: {
    name: 'PCMU',
    payloadType: 0,
    clockRateHz: 8000,
    sampleRateHz: 8000,
    channels: 1,
    frameMs: 10,
    fmtp: '',
  },
  create: () => transcoder,
}
