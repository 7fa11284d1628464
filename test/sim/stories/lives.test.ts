import { describe, expect, test } from 'vitest'
import { live } from './life.ts'

const SEEDS = 400

describe('lives of calls', () => {
  test('K01 K02 K07 whatever happens and whenever, nothing is left and every message has its answer', () => {
    const events: Record<string, number> = {}
    const violations: string[] = []
    for (let seed = 1; seed <= SEEDS; seed++) {
      const life = live(seed)
      for (const [name, count] of Object.entries(life.events)) events[name] = (events[name] ?? 0) + count
      violations.push(...life.violations.map(violation => `seed ${seed}: ${violation}`))
    }
    expect(violations).toEqual([])
    for (const name of [
      'offer',
      'late offer',
      'move',
      'digits',
      'INFO',
      'BYE',
      'CANCEL',
      'placed',
      'repeated',
      'power failure',
      'ended by operator',
    ])
      expect(events[name] ?? 0, name).toBeGreaterThan(10)
  })
})
