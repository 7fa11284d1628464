import { describe, expect, test } from 'vitest'
import {
  CALL_ID,
  CSEQ,
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

const bodyText = (bytes: Uint8Array): string => Buffer.from(parsed(bytes).body).toString('latin1')

test('a request is read whole', () => {
  const message = parsed(
    datagram(
      [
        'INVITE sip:bob@biloxi.example;transport=tcp SIP/2.0',
        'v: SIP/2.0/UDP a.example;branch=z9hG4bK1, SIP/2.0/TCP b.example:5070;rport',
        'Max-Forwards: 70',
        'Record-Route: <sip:p1.example;lr>',
        'f: "Alice" <sip:alice@atlanta.example>;tag=1',
        't: Bob <sip:bob@biloxi.example>',
        'Record-Route: <sip:p2.example;lr>, <sip:p3.example>',
        'Route: <sip:p4.example;lr>',
        'i: 3848276298220188511@atlanta.example',
        'CSeq: 1 INVITE',
        'm: <sip:alice@a.example>, sip:alice@b.example;q=0.1',
        'c: Application/SDP ; charset=utf-8',
        'X-Own:  a , b  ',
        'l: 4',
      ],
      'v=0\r',
    ),
  )
  const plain = { scheme: 'sip', params: [] }
  expect(message).toEqual({
    kind: 'request',
    method: 'INVITE',
    uri: { scheme: 'sip', user: 'bob', host: 'biloxi.example', params: [['transport', 'tcp']] },
    via: [
      { transport: 'UDP', host: 'a.example', params: [['branch', 'z9hG4bK1']] },
      { transport: 'TCP', host: 'b.example', port: 5070, params: [['rport', undefined]] },
    ],
    from: { displayName: 'Alice', uri: { ...plain, user: 'alice', host: 'atlanta.example' }, params: [['tag', '1']] },
    to: { displayName: 'Bob', uri: { ...plain, user: 'bob', host: 'biloxi.example' }, params: [] },
    callId: '3848276298220188511@atlanta.example',
    cseq: { number: 1, method: 'INVITE' },
    contacts: [
      { uri: { ...plain, user: 'alice', host: 'a.example' }, params: [] },
      { uri: { ...plain, user: 'alice', host: 'b.example' }, params: [['q', '0.1']] },
    ],
    routes: [{ uri: { ...plain, host: 'p4.example', params: [['lr', undefined]] }, params: [] }],
    recordRoutes: [
      { uri: { ...plain, host: 'p1.example', params: [['lr', undefined]] }, params: [] },
      { uri: { ...plain, host: 'p2.example', params: [['lr', undefined]] }, params: [] },
      { uri: { ...plain, host: 'p3.example' }, params: [] },
    ],
    maxForwards: 70,
    contentType: 'application/sdp',
    body: octets('v=0\r'),
    headers: expect.any(Array),
  })
  expect(message.headers.slice(-4)).toEqual([
    { key: 'contact', name: 'm', value: '<sip:alice@a.example>, sip:alice@b.example;q=0.1' },
    { key: 'content-type', name: 'c', value: 'Application/SDP ; charset=utf-8' },
    { key: 'x-own', name: 'X-Own', value: 'a , b' },
    { key: 'content-length', name: 'l', value: '4' },
  ])
})

test('a response is read whole, and what is absent is absent', () => {
  const message = parsed(datagram(['SIP/2.0 200 All is well', ...HEADER]))
  expect(message).toMatchObject({ kind: 'response', status: 200, reason: 'All is well', contacts: [], routes: [] })
  expect(Object.keys(message)).not.toContain('maxForwards')
  expect(Object.keys(message)).not.toContain('contentType')
})

describe('the start line', () => {
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
})

describe('header lines', () => {
  const valueOfLine = (line: string): string | undefined => parsed(request([line])).headers.at(-1)?.value

  test.each([
    ['X: a', 'a'],
    ['X:a', 'a'],
    ['X \t: \t a \t', 'a'],
    ['X:', ''],
    ['X: \t', ''],
    ['X: a:b', 'a:b'],
    ['X: a\tb', 'a\tb'],
    ['X: \xc3\xa0', '\xc3\xa0'],
    ['X: "\\\0"', '"\\\0"'],
    ['X: a\r\n b', 'a b'],
    ['X: a  \r\n\t  b  \r\n c', 'a b c'],
    ['X:\r\n a', 'a'],
    ['X: a\r\n \r\n b', 'a b'],
    ['X: \xc3\xa0\r\n \xc3\xa0', '\xc3\xa0 \xc3\xa0'],
  ])('%j has the value %j', (line, value) => {
    expect(valueOfLine(line)).toBe(value)
  })

  test.each([
    ['no colon', 'X'],
    ['no name', ': a'],
    ['a space in the name', 'X Y: a'],
    ['a control character in the name', 'X\x01: a'],
    ['a control character before the colon', 'X \x01: a'],
    ['a NUL in the value', 'X: a\0b'],
    ['an escaped NUL outside quotes', 'X: a\\\0b'],
    ['a lone CR', 'X: a\rY: b'],
    ['a lone LF', 'X: a\nY: b'],
    ['a lone LF before the colon', 'X\n: b'],
    ['a lone LF and white space', 'X: a\n b'],
    ['CR CR LF', 'X: a\r'],
  ])('%s is a fault', (_, line) => {
    expect(faultOf(request([line]))).toMatchObject({ code: 'header-syntax', reply: { status: 400 } })
  })

  test('the first line may not be a folded one', () => {
    expect(faultOf(datagram([REQUEST_LINE, ' X: a', ...HEADER])).code).toBe('header-syntax')
  })

  test('a fault names the header and the place', () => {
    const bytes = request(['Contact: <sip:a@h>, oops', 'X: y'])
    expect(faultOf(bytes)).toMatchObject({
      code: 'header-syntax',
      header: 'contact',
      message: 'Malformed Contact',
      offset: Buffer.from(bytes).indexOf('oops'),
    })
  })

  test('in a folded value the place is the begin of the value', () => {
    const bytes = request(['Contact: <sip:a@h>,\r\n oops'])
    expect(faultOf(bytes).offset).toBe(Buffer.from(bytes).indexOf('<sip:a@h>'))
  })
})

describe('the empty line', () => {
  test.each([
    ['is missing', `${REQUEST_LINE}\r\n${HEADER.join('\r\n')}\r\n`],
    ['is missing, with its last line end', `${REQUEST_LINE}\r\n${HEADER.join('\r\n')}`],
    ['is half there', `${REQUEST_LINE}\r\n${HEADER.join('\r\n')}\r\n\r`],
    ['is missing in the middle of a name', `${REQUEST_LINE}\r\n${HEADER.join('\r\n')}\r\nX-`],
    ['is missing behind a fold', `${REQUEST_LINE}\r\n${HEADER.join('\r\n')}\r\n `],
    ['is missing behind the start line', REQUEST_LINE],
    ['is made of line feeds', `${REQUEST_LINE}\r\n${HEADER.join('\r\n')}\n\n`],
  ])('%s', (_, text) => {
    expect(faultOf(octets(text)).code).toBe('header-syntax')
  })
})

describe('the body', () => {
  test('is the rest without Content-Length', () => {
    expect(bodyText(request([], 'abc\r\n'))).toBe('abc\r\n')
  })

  test('ends where Content-Length says', () => {
    expect(bodyText(request(['Content-Length: 2'], 'abc'))).toBe('ab')
    expect(bodyText(request(['Content-Length: 0'], 'abc'))).toBe('')
    expect(bodyText(request(['Content-Length: 0003'], 'abc'))).toBe('abc')
  })

  test('is a view of the datagram', () => {
    const bytes = request([], 'abc')
    const { body } = parsed(bytes)
    expect(body.buffer).toBe(bytes.buffer)
    bytes[bytes.length - 1] = 0x64
    expect(Buffer.from(body).toString()).toBe('abd')
  })

  test('of a datagram that is a part of a larger buffer', () => {
    const whole = Buffer.concat([octets('garbage'), request(['Content-Length: 3'], 'abc'), octets('more')])
    const bytes = new Uint8Array(whole.buffer, whole.byteOffset + 7, whole.length - 11)
    expect(bodyText(bytes)).toBe('abc')
  })

  test.each(['4', '65536', '99999999999999999999999', '-1', '+3', '3.0', '0x3', '', '3 3', '3,3', 'three'])(
    'of Content-Length %j is a fault',
    length => {
      expect(faultOf(request([`Content-Length: ${length}`], 'abc'))).toMatchObject({
        code: 'content-length',
        header: 'content-length',
        reply: { status: 400, reason: 'Wrong Content-Length' },
      })
    },
  )
})

describe('typed headers', () => {
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
})

describe('keep-alives', () => {
  test.each(['', '\r\n', '\r\n\r\n', '\0', '\0\0\0\0', '\r\n\0', '\0'.repeat(40_000)])('%#', text => {
    expect(faultOf(octets(text))).toEqual({ ok: false, code: 'keep-alive', message: 'Keep-alive', offset: 0 })
  })

  test('a NUL before a message is none', () => {
    expect(faultOf(Buffer.concat([octets('\0'), request()])).code).toBe('start-line')
  })
})
