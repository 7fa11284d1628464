import { expect, test } from 'vitest'
import {
  CALL_ID,
  datagram,
  FROM,
  faultOf,
  HEADER,
  octets,
  parsed,
  parsedRequest,
  parsedResponse,
  REQUEST_LINE,
  request,
  TO,
  VIA,
} from './datagrams.ts'

test.each(['sip/2.0', 'Sip/2.0'])('%s is our version', version => {
  expect(parsed(datagram([`OPTIONS sip:h ${version}`, ...HEADER])).kind).toBe('request')
  expect(parsed(datagram([`${version} 200 OK`, ...HEADER])).kind).toBe('response')
})

test('line ends before it are passed over', () => {
  expect(parsed(Buffer.concat([octets('\r\n\n\r\r\n'), request([], 'x')])).body).toHaveLength(1)
})

test('a Request-URI of any scheme', () => {
  expect(parsedRequest(datagram(['OPTIONS tel:+1-201 SIP/2.0', ...HEADER])).uri).toEqual({
    scheme: 'tel',
    opaque: '+1-201',
  })
})

test('case counts in the method', () => {
  const lines = [VIA, FROM, TO, CALL_ID, 'CSeq: 1 options']
  expect(parsedRequest(datagram(['options sip:h SIP/2.0', ...lines])).method).toBe('options')
  expect(faultOf(datagram([REQUEST_LINE, ...lines])).code).toBe('cseq-mismatch')
})

test('a status without a space behind it', () => {
  expect(parsedResponse(datagram(['SIP/2.0 180', ...HEADER]))).toMatchObject({ status: 180, reason: '' })
})

test.each([
  'OPTIONS',
  'OPTIONS ',
  'OPTIONS sip:h',
  'OPTIONS sip:h ',
  'OPTIONS sip:h SIP/2',
  'OPTIONS sip:h SIP/2.',
  'OPTIONS sip:h SIP/.0',
  'OPTIONS sip:h SIP/2.0x',
  'OPTIONS sip:h SIP/2.0 ',
  'OPTIONS sip:h HTTP/1.1',
  'OPTIONS  sip:h SIP/2.0',
  'OPTIONS\tsip:h SIP/2.0',
  'OP\0TIONS sip:h SIP/2.0',
  'OPTIONS sip:h\0 SIP/2.0',
  'OPTIONS sip:h SIP/2.0\0',
  'OPTIONS sip:h?x=y SIP/2.0',
  'OPTIONS * SIP/2.0',
  ' OPTIONS sip:h SIP/2.0',
  'SIP/2.0',
  'SIP/2.0 ',
  'SIP/2.0 99 X',
  'SIP/2.0 099 X',
  'SIP/2.0 700 X',
  'SIP/2.0 1000 X',
  'SIP/2.0 0200 X',
  'SIP/2.0 20 X',
  'SIP/2.0 2x0 X',
  'SIP/2.0 200OK',
  'SIP/2.0  200 OK',
  'SIP/2.0 200 O\0K',
  'SIP/2.0 200 O\rK',
  'SIP/2.0 200 O\nK',
])('%j is none', line => {
  expect(faultOf(datagram([line, ...HEADER])).code).toBe('start-line')
})

test.each(['OPTIONS sip:h SIP/3.0', 'OPTIONS sip:h SIP/2.10', 'SIP/1.0 200 OK'])('%s is of another version', line => {
  expect(faultOf(datagram([line, ...HEADER])).code).toBe('version')
})
