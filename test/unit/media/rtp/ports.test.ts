import { describe, expect, test } from 'vitest'
import { PortPairs } from '../../../../src/media/rtp/ports.ts'
import { seededRandom } from '../seeded-random.ts'
import { VirtualClock } from '../virtual-clock.ts'

const pairs = (from: number, to: number): { ports: PortPairs; clock: VirtualClock } => {
  const clock = new VirtualClock()
  return { ports: new PortPairs({ from, to }, clock, seededRandom(5)), clock }
}

describe('port pairs', () => {
  test('are even, inside the range with their odd neighbour, and each taken once', () => {
    const { ports } = pairs(10_001, 10_100)
    const taken = Array.from({ length: 49 }, () => ports.take() as number)
    expect(new Set(taken).size).toBe(49)
    for (const port of taken) {
      expect(port % 2).toBe(0)
      expect(port).toBeGreaterThanOrEqual(10_002)
      expect(port + 1).toBeLessThanOrEqual(10_100)
    }
    expect(ports.take()).toBeUndefined()
  })

  test('come in no order that can be guessed from the last', () => {
    const { ports } = pairs(10_000, 32_767)
    const taken = Array.from({ length: 50 }, () => ports.take() as number)
    const rising = taken.filter((port, index) => index > 0 && port > (taken[index - 1] as number)).length
    expect(rising).toBeGreaterThan(12)
    expect(rising).toBeLessThan(37)
  })

  test('rest for two seconds before they are used again', () => {
    const { ports, clock } = pairs(10_000, 10_001)
    expect(ports.take()).toBe(10_000)
    ports.release(10_000)
    expect([ports.used, ports.resting]).toEqual([0, 1])
    clock.advance(1999)
    expect(ports.take()).toBeUndefined()
    clock.advance(1)
    expect(ports.resting).toBe(0)
    expect(ports.take()).toBe(10_000)
  })

  test('need no timer to rest', () => {
    const { ports, clock } = pairs(10_000, 10_001)
    ports.release(ports.take() as number)
    expect(clock.armed).toBe(0)
  })

  test('of a range without a pair are refused at once', () => {
    expect(() => pairs(10_001, 10_002)).toThrow('No even port')
  })

  test('ten thousand calls one after the other never meet a port younger than two seconds', () => {
    const { ports, clock } = pairs(10_000, 10_099)
    const releasedMs = new Map<number, number>()
    for (let call = 0; call < 10_000; call++) {
      const port = ports.take()
      if (port !== undefined) {
        expect(clock.now() - (releasedMs.get(port) ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(2000)
        ports.release(port)
        releasedMs.set(port, clock.now())
      }
      clock.advance(41)
    }
  })
})
