import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fullBucket, takeToken } from '../../../../src/sip/guard/token-bucket.ts'

const RATE = { perSecond: 10, burst: 3 }

function takenAt(timesMs: readonly number[]): boolean[] {
  const bucket = fullBucket(RATE, 0)
  return timesMs.map(ms => takeToken(bucket, RATE, ms))
}

test('a burst, and then one for every tenth of a second', () => {
  expect(takenAt([0, 0, 0, 0, 99, 100, 150, 199, 200])).toEqual([
    true,
    true,
    true,
    false,
    false,
    true,
    false,
    false,
    true,
  ])
})

test('a long rest gives no more than a burst', () => {
  expect(takenAt([0, 60_000, 60_000, 60_000, 60_000])).toEqual([true, true, true, true, false])
})

test('in no stretch of time more than the burst and the rate', () => {
  const property = fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 100 }), gapsMs => {
    const bucket = fullBucket(RATE, 0)
    let nowMs = 0
    let taken = 0
    for (const gapMs of gapsMs) {
      nowMs += gapMs
      if (takeToken(bucket, RATE, nowMs)) taken++
      expect(taken).toBeLessThanOrEqual(RATE.burst + (nowMs / 1_000) * RATE.perSecond + 1e-6)
    }
  })
  fc.assert(property, { seed: 3261 })
})
