import { describe, expect, test } from 'vitest'
import { decodeSound, type SoundResult } from '../../../../src/media/index.ts'
import { peakOf } from '../goertzel.ts'
import { makeMp3 } from './mp3-maker.ts'
import { makeWav, wavOf } from './wav-maker.ts'

const decode = (bytes: Uint8Array): Promise<SoundResult> => new Promise(resolve => decodeSound(bytes, resolve))

async function decoded(bytes: Uint8Array): Promise<{ samples: Int16Array; durationMs: number }> {
  const result = await decode(bytes)
  if (!result.ok) throw new Error(result.message)
  expect(result.sampleRateHz).toBe(8000)
  return { samples: new Int16Array(result.samples), durationMs: result.durationMs }
}

async function faultOf(bytes: Uint8Array): Promise<string> {
  const result = await decode(bytes)
  return result.ok ? 'no fault' : `${result.code}: ${result.message}`
}

const hum = { sampleRateHz: 16_000, channels: 1, frames: 50, line: 36 } as const

const concat = (...parts: (Uint8Array | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap(part => [...part]))

const id3 = (length: number): number[] => [
  ...Buffer.from('ID3'),
  4,
  0,
  0,
  0,
  0,
  length >> 7,
  length & 127,
  ...new Array(length).fill(0xff),
]

/** Loudest within half an MDCT line of the frequency. */
const loudnessNear = (samples: ArrayLike<number>, frequencyHz: number): number =>
  Math.max(...Array.from({ length: 41 }, (_, step) => peakOf(samples, frequencyHz - 20 + step, 8000)))

describe('a WAV file', () => {
  test('of 8 kHz and 16 bits comes out as it went in, before the call returns', () => {
    const values = Array.from({ length: 10_000 }, (_, n) => ((n * 7919) % 65_536) - 32_768)
    let result: SoundResult | undefined
    decodeSound(wavOf(values), decodedSound => {
      result = decodedSound
    })
    if (!result?.ok) throw new Error('It was not decoded.')
    expect([...new Int16Array(result.samples)]).toEqual(values)
    expect(result.durationMs).toBe(1250)
  })

  test('of another rate is converted; its length stays', async () => {
    const rateHz = 44_100
    const data = Int16Array.from({ length: rateHz }, (_, n) => 10_000 * Math.sin((2 * Math.PI * 440 * n) / rateHz))
    const wav = makeWav({ tag: 1, bits: 16, sampleRateHz: rateHz }, new Uint8Array(data.buffer))
    const { samples, durationMs } = await decoded(wav)
    expect(durationMs).toBe(1000)
    expect(peakOf(samples.subarray(800, 7200), 440, 8000)).toBeCloseTo(10_000, -1)
  })

  test('that is called something else is still a WAV file, and what is called WAV may be an MP3', async () => {
    expect((await decode(wavOf([1, 2, 3]))).ok).toBe(true)
    expect((await decode(makeMp3(hum))).ok).toBe(true)
  })

  test('without samples is no sound', async () => {
    expect(await faultOf(wavOf([]))).toBe('not-audio: The file holds no samples.')
  })

  test('of an odd sample rate is refused before a filter is made for it', async () => {
    const wav = makeWav({ tag: 1, bits: 16, sampleRateHz: 44_101 }, new Uint8Array(4))
    expect(await faultOf(wav)).toMatch(/^unsupported: A sample rate of 44101 Hz; known are 8000, 11025/)
  })

  test('of more than ten minutes, or five megabytes, is refused', async () => {
    const long = makeWav({ tag: 7, bits: 8 }, new Uint8Array(600 * 8000 + 8000))
    expect(await faultOf(long)).toBe('too-large: 601 s of sound; 600 s is the limit.')
    expect((await decode(makeWav({ tag: 7, bits: 8 }, new Uint8Array(600 * 8000)))).ok).toBe(true)
    expect(await faultOf(new Uint8Array(5_000_001))).toBe('too-large: 5000001 bytes of sound; 5000000 is the limit.')
  })
})

describe('an MP3 file', () => {
  test('of 16 kHz, mono, sounds at its pitch for its time', async () => {
    const { samples, durationMs } = await decoded(makeMp3(hum))
    expect(durationMs).toBe(1800)
    // 36.5 lines of 576 to 8 kHz.
    expect(loudnessNear(samples.subarray(2000, 10_000), 507)).toBeGreaterThan(500)
    expect(loudnessNear(samples.subarray(2000, 10_000), 900)).toBeLessThan(20)
  })

  test('of 44.1 kHz, stereo, does so too', async () => {
    const { samples, durationMs } = await decoded(makeMp3({ sampleRateHz: 44_100, channels: 2, frames: 80, line: 20 }))
    expect(durationMs).toBeCloseTo((80 * 1152) / 44.1, 0)
    expect(loudnessNear(samples.subarray(2000, 10_000), 785)).toBeGreaterThan(1000)
  })

  test('of both channels alike is as loud as one', async () => {
    const peak = async (channels: 1 | 2): Promise<number> => {
      const { samples } = await decoded(makeMp3({ ...hum, channels }))
      return samples.reduce((most, sample) => Math.max(most, sample), 0)
    }
    expect(await peak(2)).toBe(await peak(1))
  })

  test('may have tags before, between and after, and rubbish at a splice', async () => {
    const tag = [...Buffer.from('TAG'), ...new Array(125).fill(0x20)]
    const spliced = concat(id3(300), makeMp3(hum), id3(200), [1, 2, 3, 0xff, 0xff], makeMp3(hum), tag)
    const { durationMs } = await decoded(spliced)
    expect(durationMs).toBeGreaterThan(3500)
    expect(durationMs).toBeLessThanOrEqual(3600)
  })

  test('may end in a tag that holds what looks like the start of a frame', async () => {
    const whole = makeMp3(hum)
    const tag = [...Buffer.from('TAG'), ...new Array(60).fill(0x20), ...whole.subarray(0, 65)]
    expect((await decoded(concat(whole, tag))).durationMs).toBe(1800)
  })

  test('that was cut off is refused, with the byte', async () => {
    const whole = makeMp3(hum)
    const frameBytes = whole.length / hum.frames
    expect(await faultOf(whole.subarray(0, whole.length - 10))).toBe(
      `not-audio: Cut off: the frame at byte ${whole.length - frameBytes} has ${frameBytes} bytes; ${frameBytes - 10} follow.`,
    )
  })

  for (const [what, bytes] of Object.entries({
    nothing: new Uint8Array(0),
    text: Buffer.from('<!doctype html><title>404</title>'.repeat(100)),
    zeros: new Uint8Array(10_000),
    'all ones': new Uint8Array(10_000).fill(0xff),
    'a single header': Uint8Array.of(0xff, 0xfb, 0x50, 0xc0),
    'a tag without an end': Uint8Array.of(0x49, 0x44, 0x33, 4, 0, 0, 127, 127, 127, 127, 0xff, 0xfb),
    noise: Uint8Array.from({ length: 50_000 }, (_, n) => (Math.imul(n + 1, 2_654_435_761) >>> 13) & 0xff),
  }))
    test(`${what} is no sound`, async () => {
      expect(await faultOf(bytes)).toBe('not-audio: No MPEG Layer III frame where one should start.')
    })

  test('of more than ten minutes is refused before it is decoded', async () => {
    const long = makeMp3({ ...hum, frames: 34 })
    const many = new Uint8Array(long.length * 500)
    for (let copy = 0; copy < 500; copy++) many.set(long, copy * long.length)
    expect(await faultOf(many)).toBe('too-large: 612 s of sound; 600 s is the limit.')
  })

  test('whose frames are damaged inside ends in a fault or a sound, never in a throw', async () => {
    const whole = makeMp3(hum)
    for (let at = 4; at < 200; at += 13) {
      const damaged = whole.slice()
      damaged.fill(0xa5, at, at + 7)
      const result = await decode(damaged)
      expect(typeof result.ok).toBe('boolean')
    }
  })
})
