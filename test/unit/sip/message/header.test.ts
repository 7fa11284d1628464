import { describe, expect, test } from 'vitest'
import { headerKey, headerList, headerValue, headerValues } from '../../../../src/sip/message/header.ts'
import { parsed, request } from './datagrams.ts'

test.each([
  ...[
    ['a', 'accept-contact'],
    ['b', 'referred-by'],
    ['c', 'content-type'],
    ['d', 'request-disposition'],
  ],
  ...[
    ['e', 'content-encoding'],
    ['f', 'from'],
    ['i', 'call-id'],
    ['j', 'reject-contact'],
    ['k', 'supported'],
  ],
  ...[
    ['l', 'content-length'],
    ['m', 'contact'],
    ['o', 'event'],
    ['r', 'refer-to'],
    ['s', 'subject'],
    ['t', 'to'],
  ],
  ...[
    ['u', 'allow-events'],
    ['v', 'via'],
    ['x', 'session-expires'],
    ['y', 'identity'],
  ],
] as [string, string][])('%s is %s', (compact, key) => {
  expect(headerKey(compact)).toBe(key)
  expect(headerKey(compact.toUpperCase())).toBe(key)
})

test.each([
  ['CALL-ID', 'call-id'],
  ['X-Own', 'x-own'],
  ['z', 'z'],
  ['constructor', 'constructor'],
  ['__proto__', '__proto__'],
])('%s is %s', (name, key) => {
  expect(headerKey(name)).toBe(key)
})

describe('look-ups', () => {
  const message = parsed(request(['k: timer', 'X-A: 1', 'Supported: 100rel , ,path', 'x-a: 2', 'Supported:']))

  test('the first value, all values', () => {
    expect(headerValue(message, 'x-a')).toBe('1')
    expect(headerValues(message, 'x-a')).toEqual(['1', '2'])
    expect(headerValue(message, 'x-b')).toBeUndefined()
    expect(headerValues(message, 'x-b')).toEqual([])
  })

  test('the elements of a list over several lines, without empty ones', () => {
    expect(headerList(message, 'supported')).toEqual(['timer', '100rel', 'path'])
    expect(headerList(message, 'require')).toEqual([])
  })

  test('a comma in quotes or brackets separates nothing', () => {
    const diverted = parsed(
      request(['Diversion: "a, \\", b" <sip:a,b@h>;x="c,d", <sip:e@h>', 'Warning: 399 h "open, for ever']),
    )
    expect(headerList(diverted, 'diversion')).toEqual(['"a, \\", b" <sip:a,b@h>;x="c,d"', '<sip:e@h>'])
    expect(headerList(diverted, 'warning')).toEqual(['399 h "open, for ever'])
  })
})
