/**
 * From the bytes of a sound file to the samples that the player shares with every leg. What a file is, is read from
 * its first bytes, never from its name.
 */
import { ResampleKernels, Resampler, sampleRatesHz } from '../dsp/resample.ts'
import { type SoundFault, soundFault } from './fault.ts'
import { decodeMp3 } from './mp3.ts'
import { walkMpegFrames } from './mpeg-frames.ts'
import { looksLikeWav, readWav, type Wav } from './wav.ts'

export const SOUND_RATE_HZ = 8000
export const SOUND_LIMIT_BYTES = 5_000_000
export const SOUND_LIMIT_SECONDS = 600

/** A whole sound in memory. */
export interface DecodedSound {
  readonly ok: true
  /** Mono, 16 bits, at `sampleRateHz`. */
  readonly samples: SharedArrayBuffer
  readonly sampleRateHz: number
  readonly durationMs: number
}

export type SoundResult = DecodedSound | SoundFault

/**
 * Bytes of a sound file to samples; `done` runs once. A WAV file is decoded before the call returns, an MP3 later.
 */
export type DecodeSound = (bytes: Uint8Array, done: (result: SoundResult) => void) => void

const BLOCK_SAMPLES = 4096

export const decodeSound: DecodeSound = (bytes, done) => {
  if (bytes.length > SOUND_LIMIT_BYTES)
    done(soundFault('too-large', `${bytes.length} bytes of sound; ${SOUND_LIMIT_BYTES} is the limit.`))
  else if (looksLikeWav(bytes)) done(decodeWav(bytes))
  else decodeMpeg(bytes).then(done, (error: Error) => done(soundFault('not-audio', error.message)))
}

function decodeWav(bytes: Uint8Array): SoundResult {
  const wav = readWav(bytes)
  if (!wav.ok) return wav
  const refusal = refuse(wav.frames, wav.sampleRateHz)
  if (refusal) return refusal
  const builder = new SoundBuilder(wav.frames, wav.sampleRateHz)
  readBlocks(wav, block => builder.take(block))
  return builder.finish()
}

function readBlocks(wav: Wav, take: (mono: Float32Array) => void): void {
  const block = new Float32Array(BLOCK_SAMPLES)
  for (let from = 0; from < wav.frames; from += BLOCK_SAMPLES) {
    const count = Math.min(BLOCK_SAMPLES, wav.frames - from)
    wav.read(from, count, block)
    take(block.subarray(0, count))
  }
}

async function decodeMpeg(bytes: Uint8Array): Promise<SoundResult> {
  const stream = walkMpegFrames(bytes)
  if (!stream.ok) return stream
  const refusal = refuse(stream.samples, stream.sampleRateHz)
  if (refusal) return refusal
  const builder = new SoundBuilder(stream.samples, stream.sampleRateHz)
  const fault = await decodeMp3(bytes, mono => builder.take(mono))
  return fault ?? builder.finish()
}

function refuse(samples: number, sampleRateHz: number): SoundFault | undefined {
  if (!sampleRatesHz.some(rate => rate === sampleRateHz))
    return soundFault('unsupported', `A sample rate of ${sampleRateHz} Hz; known are ${sampleRatesHz.join(', ')}.`)
  const seconds = samples / sampleRateHz
  if (seconds > SOUND_LIMIT_SECONDS)
    return soundFault('too-large', `${Math.round(seconds)} s of sound; ${SOUND_LIMIT_SECONDS} s is the limit.`)
  return undefined
}

/** Collects blocks of one rate as 16-bit samples at SOUND_RATE_HZ. */
class SoundBuilder {
  readonly #samples: Int16Array
  readonly #resampler: Resampler | undefined
  readonly #output: Float32Array
  #count = 0

  /** `samples` at most will be taken; what comes beyond is cut. */
  constructor(samples: number, sampleRateHz: number) {
    this.#samples = new Int16Array(Math.ceil((samples * SOUND_RATE_HZ) / sampleRateHz))
    if (sampleRateHz !== SOUND_RATE_HZ)
      this.#resampler = new Resampler(new ResampleKernels().get(sampleRateHz, SOUND_RATE_HZ), BLOCK_SAMPLES)
    this.#output = new Float32Array(this.#resampler?.outputLimit ?? 0)
  }

  take(mono: Float32Array): void {
    if (!this.#resampler) {
      this.#append(mono, mono.length)
      return
    }
    for (let at = 0; at < mono.length; at += BLOCK_SAMPLES) {
      const block = mono.subarray(at, at + BLOCK_SAMPLES)
      this.#append(this.#output, this.#resampler.process(block, block.length, this.#output))
    }
  }

  finish(): SoundResult {
    if (this.#resampler) this.#append(this.#output, this.#resampler.flush(this.#output))
    if (this.#count === 0) return soundFault('not-audio', 'The file holds no samples.')
    const samples = new SharedArrayBuffer(2 * this.#count)
    new Int16Array(samples).set(this.#samples.subarray(0, this.#count))
    const durationMs = (this.#count * 1000) / SOUND_RATE_HZ
    return { ok: true, samples, sampleRateHz: SOUND_RATE_HZ, durationMs }
  }

  #append(mono: Float32Array, count: number): void {
    const fitting = Math.min(count, this.#samples.length - this.#count)
    for (let index = 0; index < fitting; index++) {
      const sample = Math.round(mono[index]! * 32_768)
      this.#samples[this.#count + index] = Math.max(-32_768, Math.min(32_767, sample))
    }
    this.#count += fitting
  }
}
