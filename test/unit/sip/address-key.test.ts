import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressKey, isLoopback, sourceKey } from '../../../src/sip/address-key.ts'

describe('a source', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:DB8:0:0:ffff::', '2001:db8:0:0::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1::', '2001:db8:1:0::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    ['2001:db8::ffff:192.0.2.1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['no address', 'no address'],
    ['1::2::3', '1::2::3'],
  ])('%s counts as %s', (address, key) => {
    expect(sourceKey(address)).toBe(key)
  })

  test('is its IPv6 network, whatever the host', () => {
    const property = fc.property(fc.ipV6(), fc.ipV6(), (network, host) => {
      const expanded = addressKey(network).split(':').slice(0, 4)
      fc.pre(expanded.length === 4 && expanded.some(group => group !== '0'))
      fc.pre(addressKey(host).includes(':'))
      const address = [...expanded, ...addressKey(host).split(':').slice(4)].join(':')
      expect(sourceKey(address)).toBe(`${expanded.join(':')}::/64`)
    })
    fc.assert(property, { seed: 4291 })
  })
})

describe('an address', () => {
  test('has one key, however it is written', () => {
    const keys = ['2001:db8::1', '2001:DB8:0:0:0:0:0:1', '2001:db8::0.0.0.1'].map(addressKey)
    expect(keys).toEqual(new Array(3).fill('2001:db8:0:0:0:0:0:1'))
    expect(addressKey('2001:db8::2')).not.toBe(keys[0])
  })

  test.each([
    ['127.0.0.1', true],
    ['127.8.9.10', true],
    ['::ffff:127.0.0.1', true],
    ['::1', true],
    ['::2', false],
    ['128.0.0.1', false],
    ['127.example.com', false],
  ])('%s is loopback: %s', (address, expected) => {
    expect(isLoopback(address)).toBe(expected)
  })
})
