import { expect, test } from 'vitest'
import { type Conduct, judge, unsuspected } from '../../../../src/sip/guard/offences.ts'

const LIMITS = {
  offences: 3,
  unanswered: 5,
  windowMs: 10_000,
  firstBanMs: 1_000,
  longestBanMs: 4_000,
  forgetMs: 100_000,
}

/** Bans in ms, 0 for none, for what a source did and when. */
function bans(story: readonly (readonly [conduct: Conduct, atMs: number])[]): number[] {
  let offender = unsuspected(0)
  return story.map(([conduct, atMs]) => {
    offender = judge(offender, conduct, LIMITS, atMs)
    return Math.max(0, offender.bannedUntilMs - atMs)
  })
}

const times = (count: number, conduct: Conduct): [Conduct, number][] =>
  Array.from({ length: count }, () => [conduct, 0])

test.each(['wrong-credentials', 'refused', 'malformed'] as const)('the third "%s" costs a ban', conduct => {
  expect(bans(times(3, conduct))).toEqual([0, 0, 1_000])
})

test('offences of all kinds are counted together', () => {
  expect(
    bans([
      ['refused', 0],
      ['malformed', 0],
      ['wrong-credentials', 0],
    ]).at(-1),
  ).toBe(1_000)
})

test('a scanner is banned at once', () => {
  expect(bans(times(1, 'scanner'))).toEqual([1_000])
})

test('challenges have a limit of their own', () => {
  expect(bans([...times(2, 'refused'), ...times(5, 'challenged')])).toEqual([0, 0, 0, 0, 0, 0, 1_000])
})

test('a login answers the challenges, and excuses no offence', () => {
  expect(bans([...times(4, 'challenged'), ['accepted', 0], ...times(4, 'challenged')]).at(-1)).toBe(0)
  expect(bans([...times(2, 'wrong-credentials'), ['accepted', 0], ['wrong-credentials', 0]]).at(-1)).toBe(1_000)
})

test('offences count within their window', () => {
  const last = (atMs: number): number | undefined =>
    bans([
      ['refused', 0],
      ['refused', 1],
      ['refused', atMs],
    ]).at(-1)
  expect(last(9_999)).toBe(1_000)
  expect(last(10_000)).toBe(0)
})

test('each ban is twice as long, up to the longest, until all is forgotten', () => {
  const atMs = [0, 2_000, 5_000, 10_000, 115_000]
  expect(bans(atMs.map(ms => ['scanner', ms]))).toEqual([1_000, 2_000, 4_000, 4_000, 1_000])
})
