import { expect, test } from 'vitest'
import { CALL_ID, CSEQ, datagram, FROM, faultOf, HEADER, parsed, REQUEST_LINE, request, TO, VIA } from './datagrams.ts'

test.each([
  ['From: <sip:a@h>;tag', 'from'],
  ['From: <sip:a@h>;tag=""', 'from'],
  ['From: <sip:a@h>, <sip:b@h>', 'from'],
  ['From: oops', 'from'],
  ['To: <sip:a@h>;tag', 'to'],
  ['Call-ID:', 'call-id'],
  ['Call-ID: a b', 'call-id'],
  ['Call-ID: \xc3\xa9', 'call-id'],
  ['CSeq: 1', 'cseq'],
  ['CSeq: OPTIONS 1', 'cseq'],
  ['Via:', 'via'],
  ['Via: SIP/2.0/UDP', 'via'],
  ['Via: SIP/2.0/UDP h,', 'via'],
])('%s is a fault', (line, header) => {
  const name = line.slice(0, line.indexOf(':') + 1)
  const lines = [line, ...HEADER.filter(other => !other.startsWith(name))]
  expect(faultOf(datagram([REQUEST_LINE, ...lines]))).toMatchObject({ code: 'header-syntax', header })
})

test.each([
  ['Max-Forwards: 256', 'max-forwards'],
  ['Max-Forwards: -1', 'max-forwards'],
  ['Max-Forwards:', 'max-forwards'],
  ['Max-Forwards: 7 0', 'max-forwards'],
  ['Contact:', 'contact'],
  ['Contact: *', 'contact'],
  ['Route: <sip:a', 'route'],
  ['Route: <sip:a>, ', 'route'],
  ['Record-Route: a', 'record-route'],
  ['Content-Type: application', 'content-type'],
  ['Content-Type: /sdp', 'content-type'],
  ['Content-Type: application/', 'content-type'],
  ['Content-Type: application/sdp, text/plain', 'content-type'],
])('%s is a fault', (line, header) => {
  expect(faultOf(request([line]))).toMatchObject({ code: 'header-syntax', header })
})

test.each(['0', '255', '0068'])('Max-Forwards: %s', hops => {
  expect(parsed(request([`Max-Forwards: ${hops}`])).maxForwards).toBe(Number(hops))
})

test('a tag that is not there, and a Call-ID beyond the grammar', () => {
  const bytes = datagram([REQUEST_LINE, VIA, 'From: sip:a@h', TO, 'Call-ID: a=b;c,d@e@f#', CSEQ])
  expect(parsed(bytes)).toMatchObject({ from: { params: [] }, callId: 'a=b;c,d@e@f#' })
})

test.each([
  ['From', FROM],
  ['To', 't: <sip:other@h>'],
  ['Call-ID', 'i: 2'],
  ['CSeq', CSEQ],
])('a second %s is a fault', (name, line) => {
  expect(faultOf(request([line]))).toMatchObject({
    code: 'duplicate-header',
    header: name.toLowerCase(),
    reply: { status: 400, reason: `Duplicate ${name}` },
  })
})

test.each(['Content-Length: 0', 'Max-Forwards: 70', 'Content-Type: text/plain'])(
  '%s twice is a fault, even alike',
  line => {
    expect(faultOf(request([line, line])).code).toBe('duplicate-header')
  },
)

test.each([
  ['Via', VIA],
  ['From', FROM],
  ['To', TO],
  ['Call-ID', CALL_ID],
  ['CSeq', CSEQ],
])('%s is needed', (name, line) => {
  const bytes = datagram([REQUEST_LINE, ...HEADER.filter(other => other !== line)])
  expect(faultOf(bytes)).toMatchObject({
    code: 'missing-header',
    header: name.toLowerCase(),
    message: `Missing ${name}`,
  })
})

test('the star stands alone, and only in REGISTER', () => {
  const register = (lines: readonly string[]): Uint8Array =>
    datagram(['REGISTER sip:h SIP/2.0', VIA, FROM, TO, CALL_ID, 'CSeq: 1 REGISTER', ...lines])
  expect(parsed(register(['Contact: *'])).contacts).toBe('*')
  expect(parsed(register(['Contact: *x <sip:a@h>'])).contacts).toMatchObject([{ displayName: '*x' }])
  for (const lines of [
    ['Contact: *, <sip:a@h>'],
    ['Contact: *;expires=0'],
    ['Contact: *', 'Contact: *'],
    ['Contact: *', 'Contact: <sip:a@h>'],
    ['Contact: <sip:a@h>', 'Contact: *'],
  ]) {
    expect(faultOf(register(lines))).toMatchObject({ code: 'header-syntax', header: 'contact' })
  }
})

test('in a response CSeq may name any method', () => {
  expect(parsed(datagram(['SIP/2.0 200 OK', ...HEADER])).cseq.method).toBe('OPTIONS')
})
