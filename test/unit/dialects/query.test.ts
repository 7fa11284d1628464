import { describe, expect, test } from 'vitest'
import { toQuery } from '../../../src/dialects/index.ts'

describe('A5: a payload as a query string', () => {
  test('is flat: what is deeper is JSON, what is not there is left out', () => {
    const { text, dropped } = toQuery(
      { a: 'x y&z', n: 0, yes: false, o: { p: [1] }, l: ['ä'], none: null, not: undefined },
      [],
    )
    expect(text).toBe('a=x+y%26z&n=0&yes=false&o=%7B%22p%22%3A%5B1%5D%7D&l=%5B%22%C3%A4%22%5D')
    expect(dropped).toEqual([])
  })

  test('drops what it can spare, in order, only while it is too long', () => {
    const long = 'x'.repeat(1_500)
    expect(toQuery({ a: 1, sip: long, tag: long }, ['sip', 'tag'])).toEqual({
      text: `a=1&tag=${long}`,
      dropped: ['sip'],
    })
    expect(toQuery({ a: long, sip: long, tag: long }, ['sip', 'tag']).dropped).toEqual(['sip', 'tag'])
    expect(toQuery({ a: 1, sip: 'short', tag: 'short' }, ['sip', 'tag']).dropped).toEqual([])
    expect(toQuery({ a: 'x'.repeat(3_000) }, ['sip']).dropped).toEqual([])
  })
})
