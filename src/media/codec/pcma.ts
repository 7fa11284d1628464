/**
 * G.711 A-law: RFC 3551 section 4.5.14.
 */
import type { Codec } from './codec.ts'
import { compandingTranscoder } from './companding.ts'
import { aLaw } from './g711.ts'

const transcoder = compandingTranscoder(aLaw)

export const pcma: Codec = {
  format: {
    name: 'PCMA',
    payloadType: 8,
    clockRateHz: 8000,
    sampleRateHz: 8000,
    channels: 1,
    frameMs: 10,
    fmtp: '',
  },
  create: () => transcoder,
}
