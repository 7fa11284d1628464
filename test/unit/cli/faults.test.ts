import { expect, it } from 'vitest'
import { type Log, silentLog } from '../../../src/base/index.ts'
import { Faults } from '../../../src/cli/faults.ts'
import { StillClock } from '../store/fixtures.ts'

interface Watch {
  readonly clock: StillClock
  readonly faults: Faults
  readonly logged: object[]
  readonly gaveUp: () => number
}

function watch(): Watch {
  const clock = new StillClock()
  const logged: object[] = []
  const log: Log = { ...silentLog, error: fields => logged.push(fields) }
  let gaveUp = 0
  const faults = new Faults(clock, log, () => gaveUp++)
  return { clock, faults, logged, gaveUp: () => gaveUp }
}

it('a fault of one call is logged with its stack, counted, and survived', () => {
  const { faults, logged, gaveUp } = watch()
  faults.report(new Error('one call'))
  faults.report('no error at all')
  expect(logged).toEqual([{ fault: expect.stringMatching(/^Error: one call\n +at /) }, { fault: 'no error at all' }])
  expect(faults.total).toBe(2)
  expect(gaveUp()).toBe(0)
})

it('faults that come again and again within a minute are the end', () => {
  const { clock, faults, gaveUp } = watch()
  for (let count = 0; count < 20; count++) {
    faults.report(new Error('again'))
    clock.advance(2_000)
  }
  expect(gaveUp()).toBe(0)
  faults.report(new Error('once more'))
  expect(gaveUp()).toBe(1)
})

it('as many faults spread over a day are not', () => {
  const { clock, faults, gaveUp } = watch()
  for (let count = 0; count < 1_000; count++) {
    faults.report(new Error('now and then'))
    clock.advance(4_000)
  }
  expect(gaveUp()).toBe(0)
  expect(faults.total).toBe(1_000)
})
