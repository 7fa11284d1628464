import { describe, expect, test } from 'vitest'
import { badCharacter, decodeText, encodeText } from '../../../../src/sip/message/text.ts'

test.each([
  ['plain', 'plain'],
  ['é', '\xc3\xa9'],
  ['日本', '\xe6\x97\xa5\xe6\x9c\xac'],
  ['😀', '\xf0\x9f\x98\x80'],
  ['\ufeffx', '\xef\xbb\xbfx'],
])('%s as octets and back', (unicode, latin1) => {
  expect(encodeText(unicode)).toBe(latin1)
  expect(decodeText(latin1)).toBe(unicode)
})

test('what is no UTF-8 and no text is replaced', () => {
  expect(decodeText('a\xe9b')).toBe('a\ufffdb')
  expect(encodeText('\ud800')).toBe('\xef\xbf\xbd')
})

describe('what may not stand in a header value', () => {
  test.each(['', 'plain\ttext', '\xc3\xa9', '"a\\\0b\\\x7f"', '"a\\"b\\\x07"', '"\\\\"'])('%j may', value => {
    expect(badCharacter(value)).toBe(-1)
  })

  test.each([
    ['a\rb', 1],
    ['a\nb', 1],
    ['a\0', 1],
    ['\x7f', 0],
    ['\u010a', 0],
    ['"a\0"', 2],
    ['\\\0', 1],
    ['"\\\r"', 2],
    ['"\\\n"', 2],
    ['"\\\u010a"', 2],
    ['"a" \\\0', 5],
    ['"\\\\"\\\0', 5],
  ])('%j may not, for what is at %i', (value, at) => {
    expect(badCharacter(value)).toBe(at)
  })
})
