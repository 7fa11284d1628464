import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NonceCounts } from '../../../../src/sip/auth/nonce-counts.ts'

const LIMITS = { nonces: 3, lifetimeMs: 60_000 }

/** The outcome for each count of one nonce, one after the other. */
function used(counts: readonly number[]): boolean[] {
  const table = new NonceCounts(LIMITS)
  return counts.map(count => table.use('n', 0, count, 0))
}

describe('a nonce count', () => {
  test('is used once', () => {
    expect(used([1, 1, 2, 2, 1])).toEqual([true, false, true, false, false])
  })

  test('may come late, within the window', () => {
    expect(used([1, 4, 2, 3, 2])).toEqual([true, true, true, true, false])
    expect(used([40, 9, 8])).toEqual([true, true, false])
  })

  test.each([31, 32, 33, 64, 0xffff_fffd])('may jump by %d', jump => {
    expect(used([1, 1 + jump, 1, 1 + jump])).toEqual([true, true, false, false])
    expect(used([1, 1 + jump, jump])).toEqual([true, true, true])
    expect(used([1, 2, 2 + jump, 1 + jump])).not.toContain(false)
  })
})

describe('a full table', () => {
  test('forgets a nonce together with the right to use it', () => {
    const table = new NonceCounts(LIMITS)
    for (const [index, nonce] of ['a', 'b', 'c', 'd'].entries()) expect(table.use(nonce, index, 1, 10)).toBe(true)
    expect(table.size).toBe(3)
    expect(table.use('a', 0, 2, 10)).toBe(false)
    expect(table.use('b', 1, 2, 10)).toBe(true)
  })

  test('drops expired ones at no cost for the rest', () => {
    const table = new NonceCounts(LIMITS)
    for (const nonce of ['a', 'b', 'c']) table.use(nonce, 0, 1, 0)
    expect(table.use('late', 1, 1, 60_001)).toBe(true)
    expect(table.size).toBe(1)
    expect(table.use('other', 1, 1, 60_001)).toBe(true)
  })
})

test('whatever comes in whatever order, no use is accepted twice and memory is bounded', () => {
  const step = fc.record({
    nonce: fc.nat({ max: 8 }),
    count: fc.integer({ min: 1, max: 80 }),
    passMs: fc.constantFrom(0, 0, 1, 5_000, 30_000),
  })
  const property = fc.property(fc.array(step, { maxLength: 200 }), steps => {
    const table = new NonceCounts(LIMITS)
    const accepted = new Set<string>()
    let nowMs = 0
    for (const { nonce, count, passMs } of steps) {
      nowMs += passMs
      const issuedMs = nonce * 10_000
      if (nowMs < issuedMs || nowMs - issuedMs > LIMITS.lifetimeMs) continue
      const use = `${nonce} ${count}`
      if (table.use(String(nonce), issuedMs, count, nowMs)) {
        expect(accepted).not.toContain(use)
        accepted.add(use)
      }
      expect(table.size).toBeLessThanOrEqual(LIMITS.nonces)
    }
  })
  fc.assert(property, { seed: 7616, numRuns: 1_000 })
})
