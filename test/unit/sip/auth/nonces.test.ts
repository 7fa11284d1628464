import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Nonces } from '../../../../src/sip/auth/nonces.ts'
import { handClock, seededRandom } from '../surroundings.ts'

const noncesOf = (key: string, clock = handClock()): Nonces => new Nonces(clock, seededRandom(key))

describe('a nonce', () => {
  test('tells when it was issued', () => {
    const clock = handClock(1_234.75)
    const nonces = noncesOf('a', clock)
    const nonce = nonces.issue('h', '192.0.2.1')
    clock.passMs(5_000)
    expect(nonces.issuedMs(nonce, 'h', '192.0.2.1')).toBe(1_234)
  })

  test('is new every time', () => {
    const nonces = noncesOf('a')
    const issued = Array.from({ length: 100 }, () => nonces.issue('h', '192.0.2.1'))
    expect(new Set(issued).size).toBe(100)
  })

  test('can stand in a quoted string', () => {
    expect(noncesOf('a').issue('h', '192.0.2.1')).toMatch(/^[0-9A-Za-z_-]{44}$/)
  })

  test.each([
    ['another address', 'h', '192.0.2.2'],
    ['another realm', 'i', '192.0.2.1'],
    ['a realm and an address put together otherwise', 'x\nh', '192.0.2.1'],
  ])('is worth nothing for %s', (_, realm, address) => {
    const nonces = noncesOf('a')
    expect(nonces.issuedMs(nonces.issue('h', '192.0.2.1'), realm, address)).toBeUndefined()
  })

  test('of another key is never accepted', () => {
    const text = fc.string({ minLength: 1 })
    const property = fc.property(text, text, fc.ipV4(), (ours, theirs, address) => {
      fc.pre(ours !== theirs)
      const nonce = noncesOf(theirs).issue('h', address)
      expect(noncesOf(ours).issuedMs(nonce, 'h', address)).toBeUndefined()
    })
    fc.assert(property, { seed: 3261, numRuns: 300 })
  })

  test('with any character changed is not genuine, and no text makes it throw', () => {
    const nonces = noncesOf('a')
    const nonce = nonces.issue('h', '192.0.2.1')
    const changed = fc
      .tuple(fc.nat({ max: nonce.length - 1 }), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }))
      .map(([at, character]) => nonce.slice(0, at) + character + nonce.slice(at + 1))
    const property = fc.property(fc.oneof(changed, fc.string({ unit: 'binary', maxLength: 50 })), text => {
      expect(nonces.issuedMs(text, 'h', '192.0.2.1') !== undefined).toBe(text === nonce)
    })
    fc.assert(property, { seed: 3261, numRuns: 2_000 })
  })
})
