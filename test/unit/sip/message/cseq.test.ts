import { expect, test } from 'vitest'
import { parseCSeq, writeCSeq } from '../../../../src/sip/message/cseq.ts'

test.each([
  ['1 INVITE', { number: 1, method: 'INVITE' }],
  ['0 x', { number: 0, method: 'x' }],
  ['0009 \t ACK', { number: 9, method: 'ACK' }],
  ['2147483647 BYE', { number: 2_147_483_647, method: 'BYE' }],
])('%s is read', (text, cseq) => {
  expect(parseCSeq(text)).toEqual(cseq)
  expect(parseCSeq(writeCSeq(cseq))).toEqual(cseq)
})

test.each(['', '1', '1 ', 'INVITE', '1INVITE', '-1 INVITE', '+1 INVITE', '1.0 INVITE', '1e3 INVITE'])(
  '%j is none',
  text => {
    expect(parseCSeq(text)).toBeUndefined()
  },
)

test.each(['2147483648 INVITE', '4294967297 INVITE', '36893488147419103232 INVITE', `${'9'.repeat(8000)} INVITE`])(
  'a number of 2^31 or more is refused, not wrapped',
  text => {
    expect(parseCSeq(text)).toBeUndefined()
  },
)

test.each(['1 INVITE BYE', '1 IN,VITE', '1 INVITE '])('%j has too much', text => {
  expect(parseCSeq(text)).toBeUndefined()
})
