import { describe, expect, test } from 'vitest'
import { datagram, faultOf, HEADER, octets, parsed, request } from './datagrams.ts'

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

describe('keep-alives', () => {
  test.each(['', '\r\n', '\r\n\r\n', '\0', '\0\0\0\0', '\r\n\0', '\0'.repeat(40_000)])('%#', text => {
    expect(faultOf(octets(text))).toEqual({ ok: false, code: 'keep-alive', message: 'Keep-alive', offset: 0 })
  })

  test('a NUL before a message is none', () => {
    expect(faultOf(Buffer.concat([octets('\0'), request()])).code).toBe('start-line')
  })
})
