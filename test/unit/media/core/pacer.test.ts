import { describe, expect, test } from 'vitest'
import { Paced, Pacer } from '../../../../src/media/core/pacer.ts'
import { DatagramIo } from '../../../../src/media/io/datagram-io.ts'
import { VirtualClock } from '../virtual-clock.ts'
import { VirtualNet } from '../virtual-net.ts'

/** One who wants to be woken every `intervalMs`, `times` times. */
class Sleeper extends Paced {
  readonly wokenMs: number[] = []
  readonly intervalMs: number
  timesLeft: number

  constructor(intervalMs: number, times = Number.POSITIVE_INFINITY) {
    super()
    this.intervalMs = intervalMs
    this.timesLeft = times
  }
}

function bedroom(): { clock: VirtualClock; pacer: Pacer<Sleeper>; late: [number, number][]; wakes: () => number } {
  const clock = new VirtualClock()
  const io = new DatagramIo(new VirtualNet(clock), clock)
  const late: [number, number][] = []
  let wakes = 0
  const pacer = new Pacer<Sleeper>(io, clock, {
    wake(sleeper) {
      sleeper.wokenMs.push(clock.now())
      return --sleeper.timesLeft > 0 ? sleeper.intervalMs : 0
    },
    rest() {
      wakes++
    },
    late(owed, skipped) {
      late.push([owed, skipped])
    },
  })
  return { clock, pacer, late, wakes: () => wakes }
}

const gaps = (times: readonly number[]): number[] =>
  times.slice(1).map((time, index) => time - (times[index] as number))

describe('the pacer', () => {
  for (const intervalMs of [10, 20, 30, 40, 50, 60])
    test(`wakes every ${intervalMs} ms, to the millisecond, for an hour`, () => {
      const { clock, pacer, late } = bedroom()
      const sleeper = new Sleeper(intervalMs)
      pacer.add(sleeper)
      clock.advance(3_600_000)
      expect(sleeper.wokenMs.length).toBe(3_600_000 / intervalMs)
      expect(new Set(gaps(sleeper.wokenMs))).toEqual(new Set([intervalMs]))
      expect(late).toEqual([])
    })

  test('starts whoever comes within 20 ms, spread over the ten phases', () => {
    const { clock, pacer, wakes } = bedroom()
    const sleepers = Array.from({ length: 100 }, () => new Sleeper(20))
    for (const sleeper of sleepers) pacer.add(sleeper)
    clock.advance(20)
    const starts = sleepers.map(sleeper => sleeper.wokenMs[0] as number)
    expect(Math.max(...starts) - clock.now()).toBeLessThanOrEqual(0)
    const perPhase = new Map<number, number>()
    for (const start of starts) perPhase.set(start, (perPhase.get(start) ?? 0) + 1)
    expect([...perPhase.values()]).toEqual(new Array(10).fill(10))
    expect(wakes()).toBe(10)
  })

  test('sleeps between the deadlines that somebody waits for', () => {
    const { clock, pacer, wakes } = bedroom()
    pacer.add(new Sleeper(20))
    clock.advance(1000)
    expect(wakes()).toBe(50)
  })

  test('has one timer while anybody waits and none when nobody does', () => {
    const { clock, pacer } = bedroom()
    const [short, long] = [new Sleeper(20, 3), new Sleeper(60)]
    expect(clock.armed).toBe(0)
    pacer.add(short)
    pacer.add(long)
    pacer.add(long)
    clock.advance(500)
    expect(short.wokenMs).toHaveLength(3)
    expect(clock.armed).toBe(1)
    pacer.remove(long)
    pacer.remove(long)
    expect(clock.armed).toBe(0)
    clock.advance(500)
    expect(long.wokenMs.length).toBeLessThanOrEqual(9)
  })

  test('loses nobody who leaves or comes in the middle of a crowd', () => {
    const { clock, pacer } = bedroom()
    const sleepers = Array.from({ length: 60 }, (_, index) => new Sleeper(10 + 10 * (index % 6)))
    for (const sleeper of sleepers) pacer.add(sleeper)
    clock.advance(333)
    const leaving = sleepers.filter((_, index) => index % 3 === 0)
    const counts = leaving.map(sleeper => {
      pacer.remove(sleeper)
      return sleeper.wokenMs.length
    })
    clock.advance(333)
    expect(leaving.map(sleeper => sleeper.wokenMs.length)).toEqual(counts)
    for (const sleeper of leaving) pacer.add(sleeper)
    clock.advance(6000)
    for (const sleeper of sleepers) {
      const regular = gaps(sleeper.wokenMs).filter(gap => gap === sleeper.intervalMs)
      expect(regular.length).toBeGreaterThanOrEqual(6000 / sleeper.intervalMs)
    }
  })

  test('makes up for a stall of 100 ms: everybody gets every turn', () => {
    const { clock, pacer, late } = bedroom()
    const sleeper = new Sleeper(20)
    pacer.add(sleeper)
    clock.advance(100)
    clock.stall(100)
    clock.advance(100)
    expect(sleeper.wokenMs).toHaveLength(15)
    expect(late.reduce((sum, [owed]) => sum + owed, 0)).toBeGreaterThan(40)
    expect(late.every(([, skipped]) => skipped === 0)).toBe(true)
    // And is back on the old grid.
    const phase = (sleeper.wokenMs[0] as number) % 20
    expect((sleeper.wokenMs.at(-1) as number) % 20).toBe(phase)
  })

  test('lets the rest of a long stall pass: 200 ms are made up for, no more', () => {
    const { clock, pacer, late } = bedroom()
    const sleeper = new Sleeper(20)
    pacer.add(sleeper)
    clock.advance(100)
    const before = sleeper.wokenMs.length
    clock.stall(10_000)
    clock.advance(1)
    expect(sleeper.wokenMs.length - before).toBeLessThanOrEqual(11)
    expect(late.at(-1)?.[1]).toBeGreaterThan(4800)
    clock.advance(1000)
    expect(new Set(gaps(sleeper.wokenMs.slice(-40)))).toEqual(new Set([20]))
  })

  test('takes in who comes during a stall', () => {
    const { clock, pacer } = bedroom()
    const [first, second] = [new Sleeper(60), new Sleeper(20)]
    pacer.add(first)
    clock.advance(100)
    clock.stall(150)
    pacer.add(second)
    clock.advance(1000)
    expect(gaps(second.wokenMs).filter(gap => gap === 20).length).toBeGreaterThanOrEqual(45)
    expect(second.wokenMs.length).toBeLessThanOrEqual(60)
  })
})
