/**
 * Sample rate conversion by a streaming polyphase filter: a windowed sinc (Kaiser) evaluated only where an output
 * sample falls, so the cost does not depend on how odd the ratio is.
 */

/** Zero crossings of the sinc on each side, in samples of the lower rate. */
const HALF_TAPS = 24
const KAISER_BETA = 10
/** Of the lower rate's Nyquist frequency. */
const CUTOFF = 0.96

/** The rates of telephony, of MPEG audio and of the usual speech engines. */
export const sampleRatesHz = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000] as const

/** Filter of one ratio; share it between all streams of that ratio. */
export class ResampleKernel {
  /** Output rate over input rate, in lowest terms. */
  readonly up: number
  readonly down: number
  /** Input samples that an output sample needs after (and before) its own place. */
  readonly half: number
  /** `up` phases of 2 x `half` coefficients. */
  readonly taps: Float32Array

  constructor(fromHz: number, toHz: number) {
    const divisor = greatestCommonDivisor(fromHz, toHz)
    this.up = toHz / divisor
    this.down = fromHz / divisor
    this.half = Math.ceil(HALF_TAPS * Math.max(1, fromHz / toHz))
    this.taps = new Float32Array(this.up * 2 * this.half)
    const cutoff = CUTOFF * Math.min(1, toHz / fromHz)
    for (let phase = 0; phase < this.up; phase++) this.#fill(phase, cutoff)
  }

  #fill(phase: number, cutoff: number): void {
    const width = 2 * this.half
    let sum = 0
    for (let tap = 0; tap < width; tap++) {
      const distance = this.half - 1 - tap + phase / this.up
      const value = cutoff * sinc(cutoff * distance) * kaiser(distance / this.half)
      this.taps[phase * width + tap] = value
      sum += value
    }
    // Exactly unity at 0 Hz in every phase, or the phases themselves would be heard as a tone.
    for (let tap = 0; tap < width; tap++) this.taps[phase * width + tap]! /= sum
  }
}

/** One mono stream. The first sample out stands for the same moment as the first sample in. */
export class Resampler {
  /** Samples that `process` or `flush` may write, at most. */
  readonly outputLimit: number
  readonly #kernel: ResampleKernel
  /** The last 2 x half samples of input, then room for one block or for the silence after the end. */
  readonly #window: Float32Array
  /** Samples in the window. */
  #filled: number
  /** Place of the next output sample: whole samples from the start of the window, and the phase. */
  #at: number
  #phase = 0

  /** `blockSamples`: the most that one `process` may be given. */
  constructor(kernel: ResampleKernel, blockSamples: number) {
    this.#kernel = kernel
    const inputLimit = Math.max(blockSamples, kernel.half)
    this.outputLimit = Math.ceil((inputLimit * kernel.up) / kernel.down) + 1
    this.#window = new Float32Array(2 * kernel.half + inputLimit)
    this.#filled = kernel.half - 1
    this.#at = kernel.half - 1
  }

  /** Takes the first `count` samples of `input`, writes what is complete to the start of `output`; returns how many. */
  process(input: Float32Array | Int16Array, count: number, output: Float32Array): number {
    const window = this.#window
    for (let index = 0; index < count; index++) window[this.#filled + index] = input[index]!
    this.#filled += count
    return this.#produce(output)
  }

  /** After the end of the input: what the filter still holds, as `process`. */
  flush(output: Float32Array): number {
    this.#window.fill(0, this.#filled, this.#filled + this.#kernel.half)
    this.#filled += this.#kernel.half
    return this.#produce(output)
  }

  #produce(output: Float32Array): number {
    const { up, down, half, taps } = this.#kernel
    const window = this.#window
    const width = 2 * half
    let produced = 0
    while (this.#at + half < this.#filled) {
      const from = this.#at - half + 1
      const phaseAt = this.#phase * width
      let sum = 0
      for (let tap = 0; tap < width; tap++) sum += window[from + tap]! * taps[phaseAt + tap]!
      output[produced++] = sum
      this.#phase += down
      this.#at += Math.floor(this.#phase / up)
      this.#phase %= up
    }
    const done = this.#at - half + 1
    if (done > 0) {
      window.copyWithin(0, done, this.#filled)
      this.#filled -= done
      this.#at -= done
    }
    return produced
  }
}

/** Kernels by ratio, made once. The owner decides how long they live. */
export class ResampleKernels {
  readonly #kernels = new Map<string, ResampleKernel>()

  get(fromHz: number, toHz: number): ResampleKernel {
    const ratio = `${fromHz}/${toHz}`
    let kernel = this.#kernels.get(ratio)
    if (!kernel) {
      kernel = new ResampleKernel(fromHz, toHz)
      this.#kernels.set(ratio, kernel)
    }
    return kernel
  }
}

const greatestCommonDivisor = (one: number, other: number): number =>
  other === 0 ? one : greatestCommonDivisor(other, one % other)

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))

/** Kaiser's window over -1 .. 1. */
const kaiser = (x: number): number =>
  Math.abs(x) > 1 ? 0 : besselI0(KAISER_BETA * Math.sqrt(1 - x * x)) / besselI0(KAISER_BETA)

/** Modified Bessel function of the first kind, order 0, by its power series. */
function besselI0(x: number): number {
  const quarter = (x * x) / 4
  let term = 1
  let sum = 1
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= quarter / (k * k)
    sum += term
  }
  return sum
}
