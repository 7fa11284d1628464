import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RecentMap } from '../../../src/sip/recent-map.ts'

function full(): RecentMap<string, number> {
  const map = new RecentMap<string, number>(2)
  map.set('a', 1)
  map.set('b', 2)
  return map
}

test('what was used least recently goes first', () => {
  const map = full()
  map.get('a')
  map.set('c', 3)
  expect([map.peek('a'), map.peek('b'), map.peek('c')]).toEqual([1, undefined, 3])
})

test('a look does not count as use, writing does', () => {
  const map = full()
  map.peek('a')
  map.set('c', 3)
  expect(map.peek('a')).toBeUndefined()
  map.set('b', 4)
  map.set('d', 5)
  expect([map.peek('b'), map.peek('c')]).toEqual([4, undefined])
})

test('what was deleted makes room', () => {
  const map = full()
  map.delete('b')
  map.set('c', 3)
  expect([map.peek('a'), map.peek('b'), map.size]).toEqual([1, undefined, 2])
})

test('never holds more than its limit, and always the last one written', () => {
  const property = fc.property(fc.integer({ min: 1, max: 8 }), fc.array(fc.nat({ max: 20 })), (limit, keys) => {
    const map = new RecentMap<number, number>(limit)
    for (const key of keys) {
      map.set(key, key)
      expect(map.size).toBeLessThanOrEqual(limit)
      expect(map.peek(key)).toBe(key)
    }
  })
  fc.assert(property, { seed: 3261 })
})
