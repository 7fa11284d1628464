import { describe, expect, test } from 'vitest'
import { runRaces } from './batch.ts'
import { dialRace, RACES } from './profiles/dial-race.ts'

describe('the dial race', () => {
  test('600 seeds hold every invariant, and every named race really happens', () => {
    const seeds = 600
    const { races, violations } = runRaces({ firstSeed: 1, seeds })
    expect(violations).toEqual([])
    for (const race of RACES) expect((races[race] ?? 0) / seeds, race).toBeGreaterThanOrEqual(0.01)
  })

  test('the same seed gives the same run, another seed another', () => {
    const hashes = [1, 1, 2].map(seed => dialRace(seed, { trace: true }).hash)
    expect(hashes[0]).toBe(hashes[1])
    expect(hashes[0]).not.toBe(hashes[2])
  })
})
