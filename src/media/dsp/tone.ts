/**
 * Call-progress tones: sinusoids by cadence. The oscillators run through the pauses, so a tone is phase-continuous,
 * and every edge is a ramp, so that it does not click.
 */
import type { ToneSpec } from '../port.ts'
import { peakOfDbm0 } from './level.ts'
import type { SampleSource } from './sample-source.ts'

const RAMP_MS = 5

export class ToneSource implements SampleSource {
  /** Per oscillator: cosine and sine of the phase, then of its step per sample. In doubles the rotation stays true for days. */
  readonly #oscillators: Float64Array
  readonly #cadence: Cadence
  readonly #peak: number
  readonly #samples: number
  #position = 0

  constructor({ frequenciesHz, levelDbm0, cadenceMs }: ToneSpec, durationMs: number, sampleRateHz: number) {
    const audible = frequenciesHz.filter(hz => hz > 0 && hz < sampleRateHz / 2)
    this.#oscillators = Float64Array.from(
      audible.flatMap(hz => {
        const step = (2 * Math.PI * hz) / sampleRateHz
        return [1, 0, Math.cos(step), Math.sin(step)]
      }),
    )
    this.#peak = peakOfDbm0(levelDbm0)
    this.#samples = Math.round((durationMs * sampleRateHz) / 1000)
    this.#cadence = new Cadence(cadenceMs, this.#samples, sampleRateHz)
  }

  read(pcm: Int16Array, at: number, count: number): number {
    const produced = Math.min(count, this.#samples - this.#position)
    const oscillators = this.#oscillators
    for (let index = 0; index < produced; index++) {
      let sum = 0
      for (let o = 0; o < oscillators.length; o += 4) {
        const cosine = oscillators[o]!
        const sine = oscillators[o + 1]!
        sum += sine
        oscillators[o] = cosine * oscillators[o + 2]! - sine * oscillators[o + 3]!
        oscillators[o + 1] = sine * oscillators[o + 2]! + cosine * oscillators[o + 3]!
      }
      const sample = sum * this.#peak * this.#cadence.next()
      pcm[at + index] = Math.max(-32_768, Math.min(32_767, Math.round(sample)))
    }
    this.#position += produced
    return produced
  }
}

/** The envelope of a tone: 1 while it sounds, 0 in its pauses, a ramp between. */
class Cadence {
  readonly #segments: readonly number[]
  readonly #ramp: number
  readonly #total: number
  #segment = 0
  #inSegment = 0
  #position = 0

  /** `total` is the length of the whole tone in samples: the last of them ramp down too. */
  constructor(cadenceMs: readonly number[], total: number, sampleRateHz: number) {
    const segments = cadenceMs.map(ms => Math.max(0, Math.round((ms * sampleRateHz) / 1000)))
    this.#segments = segments.some(samples => samples > 0) ? segments : [Number.POSITIVE_INFINITY]
    this.#ramp = (RAMP_MS * sampleRateHz) / 1000
    this.#total = total
  }

  /** Gain of the next sample. */
  next(): number {
    while (this.#inSegment >= this.#segments[this.#segment]!) {
      this.#inSegment = 0
      this.#segment = (this.#segment + 1) % this.#segments.length
    }
    const on = this.#segment % 2 === 0
    const left = Math.min(this.#segments[this.#segment]! - this.#inSegment, this.#total - this.#position)
    const gain = on ? Math.min(1, (this.#inSegment + 1) / this.#ramp, left / this.#ramp) : 0
    this.#inSegment++
    this.#position++
    return gain
  }
}
