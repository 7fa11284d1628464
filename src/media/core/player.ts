/**
 * Plays a list of sounds, some times or for ever, as one row of samples.
 */
import { type ResampleKernels, Resampler, sampleRatesHz } from '../dsp/resample.ts'
import type { SampleSource } from '../dsp/sample-source.ts'
import { ToneSource } from '../dsp/tone.ts'
import type { PlaySpec, Sound } from '../port.ts'

export class Player implements SampleSource {
  readonly #spec: PlaySpec
  readonly #sampleRateHz: number
  readonly #kernels: ResampleKernels
  #current: SampleSource | undefined
  #nextSound = 0
  #passes = 0
  #samples = 0
  #samplesOfPass = 0

  constructor(spec: PlaySpec, sampleRateHz: number, kernels: ResampleKernels) {
    this.#spec = spec
    this.#sampleRateHz = sampleRateHz
    this.#kernels = kernels
  }

  get playedMs(): number {
    return Math.round((this.#samples * 1000) / this.#sampleRateHz)
  }

  read(pcm: Int16Array, at: number, count: number): number {
    let produced = 0
    while (produced < count) {
      this.#current ??= this.#open()
      if (!this.#current) break
      const wanted = count - produced
      const got = this.#current.read(pcm, at + produced, wanted)
      produced += got
      this.#samples += got
      this.#samplesOfPass += got
      if (got < wanted) this.#current = undefined
    }
    return produced
  }

  /** The next sound; undefined after the last pass, or after one that held no sample: it would go on for ever. */
  #open(): SampleSource | undefined {
    const { sounds, times } = this.#spec
    if (this.#nextSound >= sounds.length) {
      this.#passes++
      // The end is asked for twice when the last frame is not full.
      if (this.#samplesOfPass === 0 || (times > 0 && this.#passes >= times)) return undefined
      this.#nextSound = 0
      this.#samplesOfPass = 0
    }
    const sound = sounds[this.#nextSound++]
    return sound && this.#sourceOf(sound)
  }

  #sourceOf(sound: Sound): SampleSource {
    const rate = this.#sampleRateHz
    switch (sound.kind) {
      case 'tone':
        return new ToneSource(sound.tone, sound.durationMs, rate)
      case 'silence':
        return new SilenceSource(Math.round((sound.durationMs * rate) / 1000))
      case 'pcm':
        return this.#pcmSource(new Int16Array(sound.samples, 0, sound.samples.byteLength >> 1), sound.sampleRateHz)
    }
  }

  #pcmSource(samples: Int16Array, sampleRateHz: number): SampleSource {
    const rate = this.#sampleRateHz
    if (sampleRateHz === rate) return new PcmSource(samples)
    // The filter of an odd ratio would take seconds to make. Silence keeps the time and shows where the fault is.
    if (!sampleRatesHz.some(known => known === sampleRateHz)) return new SilenceSource(samples.length)
    return new ResampledSource(samples, new Resampler(this.#kernels.get(sampleRateHz, rate), INPUT_BLOCK))
  }
}

class SilenceSource implements SampleSource {
  #left: number

  constructor(samples: number) {
    this.#left = samples
  }

  read(pcm: Int16Array, at: number, count: number): number {
    const produced = Math.min(count, this.#left)
    pcm.fill(0, at, at + produced)
    this.#left -= produced
    return produced
  }
}

class PcmSource implements SampleSource {
  readonly #samples: Int16Array
  #position = 0

  constructor(samples: Int16Array) {
    this.#samples = samples
  }

  read(pcm: Int16Array, at: number, count: number): number {
    const produced = Math.min(count, this.#samples.length - this.#position)
    for (let index = 0; index < produced; index++) pcm[at + index] = this.#samples[this.#position + index]!
    this.#position += produced
    return produced
  }
}

/** Samples given to the resampler at a time. */
const INPUT_BLOCK = 256

/** Sound of another rate, converted as it is read. */
class ResampledSource implements SampleSource {
  readonly #samples: Int16Array
  readonly #resampler: Resampler
  readonly #input = new Int16Array(INPUT_BLOCK)
  readonly #ready: Float32Array
  #position = 0
  #readyFrom = 0
  #readyTo = 0
  #flushed = false

  constructor(samples: Int16Array, resampler: Resampler) {
    this.#samples = samples
    this.#resampler = resampler
    this.#ready = new Float32Array(resampler.outputLimit)
  }

  read(pcm: Int16Array, at: number, count: number): number {
    for (let produced = 0; produced < count; produced++) {
      if (this.#readyFrom === this.#readyTo && !this.#refill()) return produced
      const sample = Math.round(this.#ready[this.#readyFrom++]!)
      pcm[at + produced] = Math.max(-32_768, Math.min(32_767, sample))
    }
    return count
  }

  #refill(): boolean {
    this.#readyFrom = 0
    this.#readyTo = 0
    while (this.#readyTo === 0 && !this.#flushed) {
      const count = Math.min(INPUT_BLOCK, this.#samples.length - this.#position)
      for (let index = 0; index < count; index++) this.#input[index] = this.#samples[this.#position + index]!
      this.#position += count
      this.#flushed = count === 0
      this.#readyTo = this.#flushed
        ? this.#resampler.flush(this.#ready)
        : this.#resampler.process(this.#input, count, this.#ready)
    }
    return this.#readyTo > 0
  }
}
