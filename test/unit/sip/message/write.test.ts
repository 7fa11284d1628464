import { describe, expect, test } from 'vitest'
import { Failure } from '../../../../src/base/index.ts'
import type { HeaderPairs } from '../../../../src/sip/message/message.ts'
import { parseMessage } from '../../../../src/sip/message/parse.ts'
import { reasonPhrase } from '../../../../src/sip/message/reason.ts'
import { encodeText } from '../../../../src/sip/message/text.ts'
import { writeRequest, writeResponse } from '../../../../src/sip/message/write.ts'
import { octets } from './datagrams.ts'

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

const withHeaders = (headers: HeaderPairs): Uint8Array => writeRequest({ method: 'OPTIONS', uri: 'sip:h', headers })

function failure(act: () => unknown): Failure {
  try {
    act()
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('It did not fail')
}

describe('what is written', () => {
  test('a request without a body', () => {
    const bytes = writeRequest({
      method: 'BYE',
      uri: 'sip:bob@h',
      headers: [
        ['Via', 'SIP/2.0/UDP h'],
        ['X-Empty', ''],
      ],
    })
    expect(text(bytes)).toBe('BYE sip:bob@h SIP/2.0\r\nVia: SIP/2.0/UDP h\r\nX-Empty: \r\nContent-Length: 0\r\n\r\n')
  })

  test('a response with a body', () => {
    const body = { contentType: 'text/plain;charset=utf-8', bytes: octets('\0\xffx') }
    expect(text(writeResponse({ status: 200, reason: 'OK', headers: [['To', '<sip:h>']], body }))).toBe(
      'SIP/2.0 200 OK\r\nTo: <sip:h>\r\nContent-Type: text/plain;charset=utf-8\r\nContent-Length: 3\r\n\r\n\0\xffx',
    )
  })

  test('a body of nothing keeps its type', () => {
    const body = { contentType: 'a/b', bytes: octets('') }
    expect(text(writeRequest({ method: 'X', uri: 'sip:h', headers: [], body }))).toContain(
      'Content-Type: a/b\r\nContent-Length: 0\r\n\r\n',
    )
  })

  test('octets beyond ASCII', () => {
    const reason = encodeText('Besetzt – später')
    const bytes = writeResponse({ status: 486, reason, headers: [['X-Name', encodeText('日本')]] })
    expect(Buffer.from(bytes).toString('utf8')).toContain('486 Besetzt – später\r\nX-Name: 日本\r\n')
  })

  test('control characters that came escaped in a quoted string', () => {
    expect(text(withHeaders([['To', '"\\\0\\\x07" <sip:h>']]))).toContain('To: "\\\0\\\x07" <sip:h>\r\n')
  })
})

describe('nothing ends a line early', () => {
  test.each(['\r\nX: y', '\n', '\r', '\0', '\x0b', '\x7f', '\u010a', '\u010d', '"\\\r\n"', '\u2028', 'a\\\0'])(
    'a value with %j',
    bad => {
      const { code, message } = failure(() =>
        withHeaders([
          ['X-Fine', 'y'],
          ['X-Bad', `a${bad}b`],
        ]),
      )
      expect(code).toBe('bad-header')
      expect(message).toContain('X-Bad')
    },
  )

  test.each(['', 'X Y', 'X:', 'X\r\nY', 'X\0', 'Ĭ', 'é', ' X'])('the name %j', name => {
    expect(failure(() => withHeaders([[name, 'y']])).code).toBe('bad-header')
  })

  test('a content type', () => {
    const body = { contentType: 'a/b\r\nX: y', bytes: octets('') }
    expect(failure(() => writeRequest({ method: 'X', uri: 'sip:h', headers: [], body })).message).toContain(
      'Content-Type',
    )
  })

  test.each(['', 'IN VITE', 'X\r\n', 'X/2.0'])('the method %j', method => {
    expect(failure(() => writeRequest({ method, uri: 'sip:h', headers: [] })).code).toBe('bad-header')
  })

  test.each(['', 'sip:a b', 'sip:a\r\n', 'sip:a\tb', 'sip:\u010a', 'sip:\xe9'])('the URI %j', uri => {
    expect(failure(() => writeRequest({ method: 'X', uri, headers: [] })).code).toBe('bad-uri')
  })

  test.each(['O\r\nK', 'O\0K', '\u010a', '"\\\0"'])('the reason %j', reason => {
    expect(failure(() => writeResponse({ status: 200, reason, headers: [] })).code).toBe('bad-header')
  })

  test.each([99, 700, 200.5, Number.NaN])('the status %d', status => {
    expect(failure(() => writeResponse({ status, reason: 'X', headers: [] })).code).toBe('bad-header')
  })

  test.each(['Content-Length', 'l', 'CONTENT-TYPE', 'C'])('%s beside the one of the body', name => {
    expect(failure(() => withHeaders([[name, '0']])).code).toBe('bad-header')
  })
})

describe('reason phrases', () => {
  test('of RFC 3261 and later', () => {
    expect([100, 180, 200, 486, 487, 603, 199, 422, 489, 607].map(reasonPhrase)).toEqual([
      ...['Trying', 'Ringing', 'OK', 'Busy Here', 'Request Terminated', 'Decline'],
      ...['Early Dialog Terminated', 'Session Interval Too Small', 'Bad Event', 'Unwanted'],
    ])
  })

  test('an unknown one is that of its class', () => {
    expect([198, 299, 399, 499, 599, 699].map(reasonPhrase)).toEqual([
      'Trying',
      'OK',
      'Multiple Choices',
      'Bad Request',
      'Server Internal Error',
      'Busy Everywhere',
    ])
    expect(reasonPhrase(700)).toBe('')
  })

  test('each can be written and read', () => {
    const headers: HeaderPairs = [
      ['Via', 'SIP/2.0/UDP h'],
      ['From', '<sip:a@h>'],
      ['To', '<sip:b@h>'],
      ['Call-ID', '1'],
      ['CSeq', '1 X'],
    ]
    for (let status = 100; status < 700; status++) {
      const bytes = writeResponse({ status, reason: reasonPhrase(status), headers })
      expect(parseMessage(bytes)).toMatchObject({ ok: true, message: { status, reason: reasonPhrase(status) } })
    }
  })
})
