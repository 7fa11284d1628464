import { expect, test } from 'vitest'
import { DIGIT, isAll, isIn, skipClass, skipEscaped, TOKEN, USER } from '../../../../src/sip/message/characters.ts'

test.each([
  ['a%41b', 5, 5],
  ['a%41b', 4, 4],
  ['a%41b', 3, 1],
  ['a%4', 3, 1],
  ['a%zz', 4, 1],
  ['%41%42%4', 8, 6],
])('in %s, up to %i, escapes are passed as far as %i', (text, end, at) => {
  expect(skipEscaped(USER, text, 0, end)).toBe(at)
})

test('nothing behind the end is looked at', () => {
  expect(skipClass(DIGIT, '12345', 1, 3)).toBe(3)
})

test('the end of a text and what is no octet are of no class', () => {
  expect([Number.NaN, 0x100, 0x141, 0xffff].some(code => isIn(TOKEN, code))).toBe(false)
})

test('the empty text is of no class', () => {
  expect([isAll(DIGIT, ''), isAll(DIGIT, '12'), isAll(DIGIT, '1x')]).toEqual([false, true, false])
})
