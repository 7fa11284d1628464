import { describe, expect, test } from 'vitest'
import { ResampleKernel, Resampler, sampleRatesHz } from '../../../../src/media/dsp/resample.ts'
import { peakOf, signalToNoiseDb } from '../goertzel.ts'

const PEAK = 10_000

const sine = (frequencyHz: number, rateHz: number, seconds = 1): Float32Array =>
  Float32Array.from({ length: rateHz * seconds }, (_, n) => PEAK * Math.sin((2 * Math.PI * frequencyHz * n) / rateHz))

function resample(input: Float32Array, fromHz: number, toHz: number, blockSamples = 1024): Float32Array {
  const resampler = new Resampler(new ResampleKernel(fromHz, toHz), blockSamples)
  const block = new Float32Array(resampler.outputLimit)
  const output: number[] = []
  const take = (count: number): void => {
    expect(count).toBeLessThanOrEqual(block.length)
    for (let index = 0; index < count; index++) output.push(block[index] as number)
  }
  for (let at = 0; at < input.length; at += blockSamples) {
    const piece = input.subarray(at, at + blockSamples)
    take(resampler.process(piece, piece.length, block))
  }
  take(resampler.flush(block))
  return Float32Array.from(output)
}

/** Without the filter's start and end. */
const middle = (samples: Float32Array, rateHz: number): Float32Array =>
  samples.subarray(rateHz / 10, samples.length - rateHz / 10)

const decibels = (ratio: number): number => 20 * Math.log10(ratio)

describe('down to 8 kHz', () => {
  for (const fromHz of sampleRatesHz.filter(rate => rate > 8000)) {
    test(`${fromHz} Hz: 1 kHz keeps its level, at least 80 dB above everything else`, () => {
      const out = middle(resample(sine(1000, fromHz), fromHz, 8000), 8000)
      expect(decibels(peakOf(out, 1000, 8000) / PEAK)).toBeCloseTo(0, 1)
      expect(signalToNoiseDb(out, 1000, 8000)).toBeGreaterThan(80)
    })

    test(`${fromHz} Hz: speech up to 3.4 kHz passes, what would fold back does not`, () => {
      const passes = middle(resample(sine(3400, fromHz), fromHz, 8000), 8000)
      expect(Math.abs(decibels(peakOf(passes, 3400, 8000) / PEAK))).toBeLessThan(0.2)
      for (const frequencyHz of [4600, 5200, 7000, 9000].filter(hz => hz < fromHz / 2)) {
        const out = middle(resample(sine(frequencyHz, fromHz), fromHz, 8000), 8000)
        const loudest = out.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
        expect(decibels(loudest / PEAK)).toBeLessThan(-90)
      }
    })
  }
})

describe('up from 8 kHz', () => {
  for (const toHz of sampleRatesHz.filter(rate => rate > 8000))
    test(`${toHz} Hz: 1 kHz keeps its level and brings no image`, () => {
      const out = middle(resample(sine(1000, 8000), 8000, toHz), toHz)
      expect(decibels(peakOf(out, 1000, toHz) / PEAK)).toBeCloseTo(0, 1)
      expect(signalToNoiseDb(out, 1000, toHz)).toBeGreaterThan(80)
    })
})

describe('as a stream', () => {
  test('the size of the pieces changes nothing', () => {
    const input = sine(700, 22_050)
    const whole = resample(input, 22_050, 8000, 22_050)
    for (const blockSamples of [1, 7, 160, 441]) expect(resample(input, 22_050, 8000, blockSamples)).toEqual(whole)
  })

  test('the first sample stands for the same moment, and so does the last', () => {
    for (const [fromHz, toHz] of [
      [44_100, 8000],
      [8000, 48_000],
    ] as const) {
      const impulse = new Float32Array(fromHz)
      impulse[fromHz / 2] = PEAK
      const out = resample(impulse, fromHz, toHz)
      expect(out.length).toBe(toHz)
      expect(out.indexOf(Math.max(...out))).toBe(toHz / 2)
    }
  })

  test('a constant stays constant in every phase', () => {
    const out = middle(resample(new Float32Array(44_100).fill(PEAK), 44_100, 8000), 8000)
    for (const sample of out) expect(sample).toBeCloseTo(PEAK, 1)
  })
})
