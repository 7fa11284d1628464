import { describe, expect, test } from 'vitest'
import { aLaw, muLaw } from '../../../../src/media/codec/g711.ts'
import { ToneSource } from '../../../../src/media/dsp/tone.ts'
import { tonePlans } from '../../../../src/media/dsp/tone-plans.ts'
import type { ToneSpec } from '../../../../src/media/index.ts'
import { levelDbm0 } from '../goertzel.ts'

const RATE_HZ = 8000

function render(tone: ToneSpec, durationMs: number, sampleRateHz = RATE_HZ, pieceSamples = 160): Int16Array {
  const pcm = new Int16Array(Math.ceil((durationMs * sampleRateHz) / 1000))
  const source = new ToneSource(tone, durationMs, sampleRateHz)
  for (let at = 0; at < pcm.length; at += pieceSamples) source.read(pcm, at, Math.min(pieceSamples, pcm.length - at))
  return pcm
}

const continuous = (frequenciesHz: number[], levelOfEach = -13): ToneSpec => ({
  frequenciesHz,
  levelDbm0: levelOfEach,
  cadenceMs: [],
})

/** The steady part: whole periods, away from the ramps. */
const steady = (pcm: Int16Array, rateHz = RATE_HZ): Int16Array => pcm.subarray(rateHz / 10, rateHz / 10 + rateHz)

describe('level', () => {
  for (const level of [-3, -13, -30])
    test(`a tone of ${level} dBm0 measures ${level} dBm0`, () => {
      expect(levelDbm0(steady(render(continuous([425], level), 1200)), 425, RATE_HZ)).toBeCloseTo(level, 1)
    })

  for (const [name, law] of [
    ['µ-law', muLaw],
    ['A-law', aLaw],
  ] as const)
    test(`after ${name} it still does, within 0.3 dB`, () => {
      const pcm = steady(render(continuous([1004]), 1200))
      const coded = pcm.map(sample => law.decode[law.encode[(sample & 0xffff) >> law.shift] as number] as number)
      expect(Math.abs(levelDbm0(coded, 1004, RATE_HZ) + 13)).toBeLessThan(0.3)
    })

  test('the loudest sine that µ-law can carry is +3.17 dBm0', () => {
    const pcm = steady(render(continuous([500], 3.17), 1200))
    expect(pcm.reduce((most, sample) => Math.max(most, sample), 0)).toBe(8159 * 4)
  })

  test('each frequency of a tone has the level asked for', () => {
    const pcm = steady(render(continuous([440, 480], -16), 1200))
    expect(levelDbm0(pcm, 440, RATE_HZ)).toBeCloseTo(-16, 1)
    expect(levelDbm0(pcm, 480, RATE_HZ)).toBeCloseTo(-16, 1)
    expect(levelDbm0(pcm, 460, RATE_HZ)).toBeLessThan(-60)
  })

  test('too loud is clipped, not wrapped', () => {
    const pcm = render(continuous([300, 310, 320], 3), 1000)
    for (let index = 1; index < pcm.length; index++)
      expect(Math.abs((pcm[index] as number) - (pcm[index - 1] as number))).toBeLessThan(30_000)
  })

  test('does not drift in an hour', () => {
    const source = new ToneSource(continuous([425]), 3_600_000, RATE_HZ)
    const pcm = new Int16Array(8000)
    for (let second = 0; second < 3599; second++) source.read(pcm, 0, 8000)
    expect(levelDbm0(pcm, 425, RATE_HZ)).toBeCloseTo(-13, 1)
  })

  test('is the same at other sample rates; what they cannot carry is left out', () => {
    const pcm = steady(render(continuous([1000, 5000]), 1200, 16_000), 16_000)
    expect(levelDbm0(pcm, 1000, 16_000)).toBeCloseTo(-13, 1)
    expect(levelDbm0(pcm, 5000, 16_000)).toBeCloseTo(-13, 1)
    expect(levelDbm0(steady(render(continuous([5000]), 1200)), 3000, RATE_HZ)).toBeLessThan(-80)
  })
})

describe('cadence', () => {
  const beat: ToneSpec = { frequenciesHz: [400], levelDbm0: -13, cadenceMs: [400, 200, 400, 2000] }

  test('sounds and is silent when it says', () => {
    const pcm = render(beat, 6000)
    const loud = (atMs: number): boolean =>
      pcm.subarray(atMs * 8, (atMs + 20) * 8).some(sample => Math.abs(sample) > 1000)
    const heard = [200, 390, 410, 590, 610, 990, 1010, 2990, 3010].map(atMs => loud(atMs - 10))
    expect(heard).toEqual([true, true, false, false, true, true, false, false, true])
    expect(pcm.subarray(400 * 8, 600 * 8).every(sample => sample === 0)).toBe(true)
    expect(pcm.subarray(1000 * 8, 3000 * 8).every(sample => sample === 0)).toBe(true)
  })

  test('rises and falls over 5 ms, at the end of the whole tone too', () => {
    const peakNear = (pcm: Int16Array, from: number, to: number): number =>
      pcm.subarray(from, to).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
    const pcm = render(continuous([1000]), 100)
    const full = peakNear(pcm, 200, 600)
    for (const [from, to] of [
      [0, 8],
      [792, 800],
    ] as const)
      expect(peakNear(pcm, from, to)).toBeLessThan(full * 0.25)
    expect(peakNear(pcm, 16, 24)).toBeGreaterThan(full * 0.35)
    expect(peakNear(pcm, 40, 48)).toBe(full)
  })

  test('goes on in phase after a pause', () => {
    const pcm = render(beat, 3400)
    const unbroken = render(continuous([400]), 3400)
    const [from, to] = [(600 + 10) * 8, (1000 - 10) * 8]
    for (let index = from; index < to; index++)
      expect(Math.abs((pcm[index] as number) - (unbroken[index] as number))).toBeLessThanOrEqual(1)
  })

  test('is the same in pieces of any size', () => {
    expect(render(beat, 3400, RATE_HZ, 1)).toEqual(render(beat, 3400, RATE_HZ, 27_200))
  })

  test('of nothing but zeros is a continuous tone', () => {
    expect(render({ ...beat, cadenceMs: [0, 0] }, 100)).toEqual(render({ ...beat, cadenceMs: [] }, 100))
  })
})

describe('the tone plans', () => {
  for (const [country, plan] of Object.entries(tonePlans))
    for (const [name, tone] of Object.entries(plan))
      test(`${country} ${name}: -13 dBm0 in all, on and off in turn`, () => {
        const power = tone.frequenciesHz.length * 10 ** (tone.levelDbm0 / 10)
        expect(10 * Math.log10(power)).toBeCloseTo(-13)
        expect(tone.cadenceMs.length % 2).toBe(0)
        expect(tone.cadenceMs.every((ms: number) => ms > 0)).toBe(true)
      })

  test('a caller in the United States hears 440 and 480 Hz, two seconds of six', () => {
    const pcm = render(tonePlans.us.ringback, 6000)
    expect(levelDbm0(steady(pcm), 440, RATE_HZ)).toBeCloseTo(-16, 1)
    expect(levelDbm0(steady(pcm), 480, RATE_HZ)).toBeCloseTo(-16, 1)
    expect(pcm.subarray(16_000).every(sample => sample === 0)).toBe(true)
  })
})
