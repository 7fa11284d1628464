/**
 * Sound made and measured apart from the switch's own DSP: sines into G.711 (through the `alawmulaw` package), packets
 * put together by their timestamps, frequency and level by correlation.
 */
import { alaw, mulaw } from 'alawmulaw'
import type { Heard } from '../sim/peers/audio.ts'

const RATE_HZ = 8_000
export const FRAME_SAMPLES = 160
/** Peak of a 0 dBm0 sine: full scale is +3.17 dBm0 in mu-law, +3.14 in A-law. */
const PEAK_0_DBM0 = { 0: 32_124 / 10 ** (3.17 / 20), 8: 32_256 / 10 ** (3.14 / 20) } as const

export type PayloadType = 0 | 8

/** Frames of a sine, by index. */
export function sine(frequencyHz: number, levelDbm0: number, payloadType: PayloadType): (index: number) => Uint8Array {
  const peak = PEAK_0_DBM0[payloadType] * 10 ** (levelDbm0 / 20)
  return index => {
    const samples = new Int16Array(FRAME_SAMPLES)
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      const at = index * FRAME_SAMPLES + i
      samples[i] = Math.round(peak * Math.sin((2 * Math.PI * frequencyHz * at) / RATE_HZ))
    }
    return encode(samples, payloadType)
  }
}

function encode(samples: Int16Array, payloadType: PayloadType): Uint8Array {
  const codec = payloadType === 0 ? mulaw : alaw
  return Uint8Array.from(samples, sample => codec.encodeSample(sample) & 0xff)
}

export interface Sound {
  readonly samples: Int16Array
  /** Longest stretch without samples, from the timestamps. */
  readonly longestGapMs: number
  readonly payloadType: number
}

/** Packets of audio as one stretch of samples, missing ones as silence. */
export function listen(packets: readonly Heard[]): Sound {
  const audio = packets.filter(({ payloadType }) => payloadType === 0 || payloadType === 8)
  const first = audio[0]
  if (!first) return { samples: new Int16Array(0), longestGapMs: Number.POSITIVE_INFINITY, payloadType: -1 }
  const last = audio.at(-1) as Heard
  const length = ((last.timestamp - first.timestamp) >>> 0) + last.payload.length
  if (length > 60 * RATE_HZ) throw new Error(`The timestamps span ${length} samples.`)
  const samples = new Int16Array(length)
  let longestGap = 0
  let end = 0
  for (const { timestamp, payload, payloadType } of audio) {
    const at = (timestamp - first.timestamp) >>> 0
    longestGap = Math.max(longestGap, at - end)
    const codec = payloadType === 0 ? mulaw : alaw
    for (let i = 0; i < payload.length; i++) samples[at + i] = codec.decodeSample(payload[i] as number)
    end = Math.max(end, at + payload.length)
  }
  return { samples, longestGapMs: (1000 * longestGap) / RATE_HZ, payloadType: first.payloadType }
}

/** Level of a sine in a stretch of samples, in dBm0 of that payload type. */
export function levelDbm0(samples: Int16Array, frequencyHz: number, payloadType: PayloadType): number {
  const [inPhase, quadrature] = correlate(samples, frequencyHz)
  const peak = (2 * Math.hypot(inPhase, quadrature)) / samples.length
  return 20 * Math.log10(Math.max(peak, 1e-9) / PEAK_0_DBM0[payloadType])
}

function correlate(samples: Int16Array, frequencyHz: number): [number, number] {
  let inPhase = 0
  let quadrature = 0
  for (let i = 0; i < samples.length; i++) {
    const angle = (2 * Math.PI * frequencyHz * i) / RATE_HZ
    inPhase += (samples[i] as number) * Math.cos(angle)
    quadrature += (samples[i] as number) * Math.sin(angle)
  }
  return [inPhase, quadrature]
}

/** The strongest frequency, to 1 Hz. */
export function frequencyHz(samples: Int16Array): number {
  const part = samples.subarray(0, Math.min(samples.length, RATE_HZ))
  let best = 0
  let strongest = -1
  for (let frequency = 200; frequency <= 3_400; frequency += 4) {
    const strength = Math.hypot(...correlate(part, frequency))
    if (strength > strongest) [best, strongest] = [frequency, strength]
  }
  for (let frequency = best - 4; frequency <= best + 4; frequency++) {
    const strength = Math.hypot(...correlate(part, frequency))
    if (strength > strongest) [best, strongest] = [frequency, strength]
  }
  return best
}

/** A WAV file of 16-bit mono PCM. */
export function wavOf(samples: Int16Array, rateHz = RATE_HZ): Uint8Array {
  const bytes = Buffer.alloc(44 + samples.length * 2)
  bytes.write('RIFF', 0)
  bytes.writeUInt32LE(36 + samples.length * 2, 4)
  bytes.write('WAVEfmt ', 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(1, 22)
  bytes.writeUInt32LE(rateHz, 24)
  bytes.writeUInt32LE(rateHz * 2, 28)
  bytes.writeUInt16LE(2, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36)
  bytes.writeUInt32LE(samples.length * 2, 40)
  for (const [index, sample] of samples.entries()) bytes.writeInt16LE(sample, 44 + index * 2)
  return bytes
}
