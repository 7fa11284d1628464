/**
 * Sounds for stories: files to be played, and what a phone heard of them.
 */
import { alaw, mulaw } from 'alawmulaw'
import type { Heard } from '../peers/audio.ts'
import type { PhoneCall } from '../peers/phone.ts'

const RATE_HZ = 8000
/** Of a sinusoid at 0 dBm0, ITU-T G.711 tables 5 and 6: 3.14 dB below the largest. */
const PEAK_AT_0_DBM0 = 32_767 / 10 ** (3.14 / 20)

const sine = (frequencyHz: number, levelDbm0: number, index: number): number =>
  PEAK_AT_0_DBM0 * 10 ** (levelDbm0 / 20) * Math.sin((2 * Math.PI * frequencyHz * index) / RATE_HZ)

/** A WAV file with a sinusoid: PCM, 16 bits, mono, 8 kHz. */
export function wav(frequencyHz: number, durationMs: number, levelDbm0 = -10): Uint8Array {
  const samples = (durationMs * RATE_HZ) / 1000
  const file = Buffer.alloc(44 + 2 * samples)
  file.write('RIFF', 0, 'latin1')
  file.writeUInt32LE(36 + 2 * samples, 4)
  file.write('WAVEfmt ', 8, 'latin1')
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20)
  file.writeUInt16LE(1, 22)
  file.writeUInt32LE(RATE_HZ, 24)
  file.writeUInt32LE(2 * RATE_HZ, 28)
  file.writeUInt16LE(2, 32)
  file.writeUInt16LE(16, 34)
  file.write('data', 36, 'latin1')
  file.writeUInt32LE(2 * samples, 40)
  for (let index = 0; index < samples; index++) {
    file.writeInt16LE(Math.round(sine(frequencyHz, levelDbm0, index)), 44 + 2 * index)
  }
  return file
}

/** What a phone says in a packet of 20 ms: a sinusoid, as G.711. */
export function voice(frequencyHz: number, law: 'u' | 'a' = 'u'): (index: number) => Uint8Array {
  return index => {
    const pcm = new Int16Array(160).map((_, at) => Math.round(sine(frequencyHz, -10, 160 * index + at)))
    return law === 'u' ? mulaw.encode(pcm) : alaw.encode(pcm)
  }
}

/** Packets of voice that a phone heard, between two moments. */
export function heardBetween(call: PhoneCall, fromMs: number, toMs: number): readonly Heard[] {
  const packets = call.audio?.heard ?? []
  return packets.filter(({ atMs, payloadType }) => atMs >= fromMs && atMs < toMs && payloadType !== 101)
}

/** The samples of packets, one after the other. */
function decode(packets: readonly Heard[]): Int16Array {
  const pcm = packets.map(({ payload, payloadType }) => (payloadType === 8 ? alaw : mulaw).decode(payload))
  return Int16Array.from(pcm.flatMap(samples => [...samples]))
}

/** The level of one frequency in packets, dBm0; -Infinity for none (Goertzel). */
export function levelOf(packets: readonly Heard[], frequencyHz: number): number {
  const samples = decode(packets)
  const step = 2 * Math.cos((2 * Math.PI * frequencyHz) / RATE_HZ)
  let [before, last] = [0, 0]
  for (const sample of samples) [before, last] = [last, sample + step * last - before]
  const power = before * before + last * last - step * before * last
  const peak = (2 * Math.sqrt(Math.max(0, power))) / samples.length
  return 20 * Math.log10(peak / PEAK_AT_0_DBM0)
}

/** The level of everything in packets, dBm0. */
export function loudnessOf(packets: readonly Heard[]): number {
  const samples = decode(packets)
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length
  return 20 * Math.log10(Math.sqrt(2 * power) / PEAK_AT_0_DBM0)
}
