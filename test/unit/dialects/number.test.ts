import { describe, expect, test } from 'vitest'
import { readNumber } from '../../../src/dialects/number.ts'

describe('D10, D24, R10: telephone numbers', () => {
  test.each([
    ['+4930901820', '+4930901820'],
    ['+49 30 901820', '+4930901820'],
    ['+1 (508) 555-1212', '+15085551212'],
    ['+491173331212', '+491173331212'],
    ['+447700900123', '+447700900123'],
    ['+6512345678', '+6512345678'],
  ])('%s is %s', (text, number) => {
    expect(readNumber(text)).toEqual({ ok: true, number, plusAdded: false })
  })

  test('a plus sign that is missing is added, and that is said', () => {
    expect(readNumber('4930901820')).toEqual({ ok: true, number: '+4930901820', plusAdded: true })
  })

  test.each([
    '',
    '+',
    '1000',
    '030901820',
    '004930901820',
    '+49XXXXXXXXXXX',
    'XX-XXX-XXXXXXX',
    '+999123456789',
    '+4930',
    `+49${'1'.repeat(20)}`,
    'tel:+4930901820',
    '+4930901820;ext=5',
    '+4930901820 ext 5',
    '+4930901820\r\nX-Evil: 1',
    '+4930901820\n',
    '\u0662\u0660\u0660\u0660\u0660\u0660\u0660\u0660',
  ])('%j is refused in a sentence on one line', text => {
    const result = readNumber(text)
    expect(result).toMatchObject({ ok: false })
    if (!result.ok) expect(result.message).toMatch(/^[^\r\n]+\.$/)
  })

  test('long garbage is refused without long work', () => {
    expect(readNumber('+'.repeat(50_000)).ok).toBe(false)
    expect(readNumber(`${'1-'.repeat(25_000)}x`).ok).toBe(false)
  })
})
