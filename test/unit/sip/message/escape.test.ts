import { describe, expect, test } from 'vitest'
import { escapeUser, normalizeEscapes, unescapeUser } from '../../../../src/sip/message/escape.ts'

test.each([
  ['alice', 'alice'],
  ['+1-555;ext=2', '+1-555;ext=2'],
  ['a b', 'a%20b'],
  ['#31#', '%2331%23'],
  ['user@example.com', 'user%40example.com'],
  ['100%', '100%25'],
  ['jörg', 'j%C3%B6rg'],
  ['😀', '%F0%9F%98%80'],
  ['\0\r\n', '%00%0D%0A'],
  ['a<b>"c"', 'a%3Cb%3E%22c%22'],
])('%j as a user part is %s, and back', (text, user) => {
  expect(escapeUser(text)).toBe(user)
  expect(unescapeUser(user)).toBe(text)
})

test('escapes in lower case, and those that are none', () => {
  expect(unescapeUser('%c3%b6')).toBe('ö')
  expect(unescapeUser('100%')).toBe('100%')
  expect(unescapeUser('%4')).toBe('%4')
  expect(unescapeUser('%%34%31%zz%41')).toBe('%41%zzA')
  expect(unescapeUser('%FF')).toBe('\ufffd')
})

describe('for comparison', () => {
  test.each([
    ['plain', 'plain'],
    ['%61%4C%30%5f', 'aL0_'],
    ['%2b%2B', '%2B%2B'],
    ['%20', '%20'],
    ['%2540', '%2540'],
    ['%', '%'],
  ])('%s is %s', (text, normal) => {
    expect(normalizeEscapes(text)).toBe(normal)
  })
})
