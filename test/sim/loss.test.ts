import { describe, expect, test } from 'vitest'
import { twoLegCalls } from './profiles/two-leg.ts'

describe('two-leg calls over a network that loses datagrams', () => {
  test.each([
    { loss: 0.1, least: 1 },
    { loss: 0.2, least: 0.9997 },
    { loss: 0.3, least: 0.99 },
  ])('at $loss loss per direction calls complete, and each that does not ran out of a timer', ({ loss, least }) => {
    const { calls, completed, timeouts, defects } = twoLegCalls(11, 500, loss)
    expect(defects).toEqual([])
    expect(completed, JSON.stringify(timeouts)).toBeGreaterThanOrEqual(Math.floor(calls * least))
  })
})
