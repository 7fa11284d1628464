import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LockOut } from '../../../../src/sip/auth/lock-out.ts'
import { handClock } from '../surroundings.ts'

const LIMITS = { freeFailures: 2, firstMs: 1_000, longestMs: 5_000, forgetMs: 60_000, pairs: 10 }
const ATTACKER = '198.51.100.66'
const VICTIM = '192.0.2.1'

function failTimes(lockOut: LockOut, times: number, user = 'alice', address = ATTACKER): number[] {
  return Array.from({ length: times }, () => lockOut.failed(user, address))
}

test('a few wrong passwords are free, then each lock is twice as long, up to the longest', () => {
  expect(failTimes(new LockOut(handClock(), LIMITS), 6)).toEqual([0, 0, 1_000, 2_000, 4_000, 5_000])
})

test('no number of wrong passwords makes more than the longest lock', () => {
  expect(failTimes(new LockOut(handClock(), LIMITS), 3_000).at(-1)).toBe(5_000)
})

test('a lock ends', () => {
  const clock = handClock()
  const lockOut = new LockOut(clock, LIMITS)
  failTimes(lockOut, 3)
  clock.passMs(400)
  expect(lockOut.lockedForMs('alice', ATTACKER)).toBe(600)
  clock.passMs(600)
  expect(lockOut.lockedForMs('alice', ATTACKER)).toBe(0)
})

test('the user is not locked out elsewhere, nor others from there', () => {
  const lockOut = new LockOut(handClock(), LIMITS)
  failTimes(lockOut, 9)
  expect(lockOut.lockedForMs('alice', ATTACKER)).toBeGreaterThan(0)
  expect(lockOut.lockedForMs('alice', VICTIM)).toBe(0)
  expect(lockOut.lockedForMs('bob', ATTACKER)).toBe(0)
})

test('an IPv6 network counts as one source', () => {
  const lockOut = new LockOut(handClock(), LIMITS)
  for (const host of [1, 2, 3]) lockOut.failed('alice', `2001:db8::${host}`)
  expect(lockOut.lockedForMs('alice', '2001:db8::ffff')).toBe(1_000)
  expect(lockOut.lockedForMs('alice', '2001:db8:0:1::1')).toBe(0)
})

test('a good login clears the pair', () => {
  const lockOut = new LockOut(handClock(), LIMITS)
  failTimes(lockOut, 2)
  lockOut.succeeded('alice', ATTACKER)
  expect(failTimes(lockOut, 3)).toEqual([0, 0, 1_000])
})

test('old failures are forgiven, and not before', () => {
  const clock = handClock()
  const lockOut = new LockOut(clock, LIMITS)
  failTimes(lockOut, 3)
  clock.passMs(61_000)
  expect(failTimes(lockOut, 1)).toEqual([2_000])
  clock.passMs(62_001)
  expect(failTimes(lockOut, 1)).toEqual([0])
})

test('any number of names and addresses takes bounded memory', () => {
  const pair = fc.tuple(fc.string(), fc.ipV4())
  const property = fc.property(fc.array(pair, { maxLength: 60 }), pairs => {
    const lockOut = new LockOut(handClock(), LIMITS)
    for (const [user, address] of pairs) lockOut.failed(user, address)
    expect(lockOut.size).toBeLessThanOrEqual(LIMITS.pairs)
  })
  fc.assert(property, { seed: 3261, numRuns: 200 })
})
