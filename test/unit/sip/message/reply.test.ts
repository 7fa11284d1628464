import { describe, expect, test } from 'vitest'
import { writeResponse } from '../../../../src/sip/message/write.ts'
import {
  CALL_ID,
  CSEQ,
  datagram,
  FROM,
  faultOf,
  HEADER,
  octets,
  parsedResponse,
  REQUEST_LINE,
  request,
  TO,
  VIA,
} from './datagrams.ts'

test('a malformed request is answered with what every response copies', () => {
  const bytes = datagram([
    REQUEST_LINE,
    'X: y',
    'v: SIP/2.0/UDP a.example:5070;branch=z9hG4bK1 , SIP/2.0/TCP b.example',
    FROM,
    'VIA: SIP/2.0/UDP c.example',
    't:  "Carol\r\n Smith" <sip:carol@chicago.example>',
    CALL_ID,
    'CSeq: oops',
  ])
  const { reply } = faultOf(bytes)
  expect(reply).toEqual({
    status: 400,
    reason: 'Malformed CSeq',
    via: { transport: 'UDP', host: 'a.example', port: 5070, params: [['branch', 'z9hG4bK1']] },
    headers: [
      ['Via', 'SIP/2.0/UDP a.example:5070;branch=z9hG4bK1 , SIP/2.0/TCP b.example'],
      ['From', 'Alice <sip:alice@atlanta.example>;tag=1928301774'],
      ['Via', 'SIP/2.0/UDP c.example'],
      ['To', '"Carol Smith" <sip:carol@chicago.example>'],
      ['Call-ID', 'a84b4c76e66710'],
      ['CSeq', 'oops'],
    ],
  })
})

test('the answer can be written, and read by the other side', () => {
  const { reply } = faultOf(request(['Max-Forwards: 256']))
  if (reply === undefined) throw new Error('No reply')
  expect(parsedResponse(writeResponse(reply))).toMatchObject({ status: 400, reason: 'Malformed Max-Forwards' })
})

test('what stands behind the fault is copied too, and lines that cannot be read are left out', () => {
  const bytes = datagram([REQUEST_LINE, 'oops', VIA, 'From: a\0b', ': x', TO, CALL_ID, CSEQ])
  expect(faultOf(bytes).reply?.headers.map(([name]) => name)).toEqual(['Via', 'To', 'Call-ID', 'CSeq'])
})

test('of a header that came twice the first is copied', () => {
  expect(faultOf(request(['To: <sip:other@h>'])).reply?.headers.filter(([name]) => name === 'To')).toEqual([
    ['To', '<sip:carol@chicago.example>'],
  ])
})

test('a request without the empty line is answered', () => {
  expect(faultOf(octets([REQUEST_LINE, ...HEADER].join('\r\n').concat('\r\n'))).reply?.headers).toHaveLength(5)
})

test('the first lines of a head that is too large are enough', () => {
  expect(faultOf(request(Array(5000).fill('X: yyyyyyyy'))).reply).toMatchObject({
    status: 513,
    via: { host: 'pc33.atlanta.example' },
  })
})

test('a line that is too long is passed over as a whole', () => {
  const bytes = datagram([REQUEST_LINE, `X: ${'x'.repeat(9000)}\r\n y`, ...HEADER])
  expect(faultOf(bytes).reply?.headers).toHaveLength(5)
})

describe('nothing is answered', () => {
  test.each([
    ['to a response', 'SIP/2.0 200 OK'],
    ['to a response of another version', 'SIP/3.0 200 OK'],
    ['to an ACK', 'ACK sip:h SIP/2.0'],
    ['to an ACK that is malformed', 'ACK  sip:h'],
  ])('%s', (_, line) => {
    const fault = faultOf(datagram([line, ...HEADER, 'oops']))
    expect(fault.reply).toBeUndefined()
    expect(Object.keys(fault)).not.toContain('reply')
  })

  test.each([
    ['there is no Via', []],
    ['the top Via is malformed', ['Via: SIP/2.0/UDP h;;', VIA]],
    ['the top Via has a control character', ['Via: SIP/2.0/UDP h;a=\x01', VIA]],
    ['the top Via has a control character in its name', ['Via\x01: SIP/2.0/UDP h', VIA]],
    ['the top Via has an impossible port', ['Via: SIP/2.0/UDP h:0', VIA]],
    ['the top Via is too long', [`Via: SIP/2.0/UDP ${'h'.repeat(9000)}`, VIA]],
  ])('when %s', (_, lines) => {
    expect(faultOf(datagram([REQUEST_LINE, ...lines, FROM, TO, CALL_ID, CSEQ])).reply).toBeUndefined()
  })
})
