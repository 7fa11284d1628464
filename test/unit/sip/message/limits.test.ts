import { describe, expect, test } from 'vitest'
import { MESSAGE_LIMITS } from '../../../../src/sip/message/limits.ts'
import { parseMessage } from '../../../../src/sip/message/parse.ts'
import { faultOf, octets, parsed, REQUEST_LINE, request, VIA } from './datagrams.ts'

const { headerLines, headOctets, lineOctets, listEntries, messageOctets, params } = MESSAGE_LIMITS

/** A line of that many octets, its line end among them. */
const lineOf = (length: number): string => `X: ${'x'.repeat(length - 5)}`

const tooLarge = { code: 'too-large', reply: { status: 513, reason: 'Message Too Large' } }

describe('at the limit a message is read, one more is 513', () => {
  test('octets of the message', () => {
    const room = messageOctets - request().length
    expect(parsed(request([], 'x'.repeat(room))).body).toHaveLength(room)
    expect(faultOf(request([], 'x'.repeat(room + 1)))).toMatchObject(tooLarge)
  })

  const fillers = Array.from({ length: 3 }, () => lineOf(lineOctets))
  const headRoom = headOctets - request(fillers).length

  test('octets of the head', () => {
    expect(parsed(request([...fillers, lineOf(headRoom)], 'body')).body).toHaveLength(4)
    expect(faultOf(request([...fillers, lineOf(headRoom + 1)], 'body'))).toMatchObject(tooLarge)
  })

  test.each([1, 2, 3, 4, 5])('octets of the head, when the limit cuts off the last %i', beyond => {
    expect(faultOf(request([...fillers, lineOf(headRoom + beyond)], 'body'))).toMatchObject(tooLarge)
  })

  test('header lines', () => {
    const room = headerLines - 5
    expect(parsed(request(Array(room).fill('X: y'))).headers).toHaveLength(headerLines)
    expect(faultOf(request(Array(room + 1).fill('X: y')))).toMatchObject(tooLarge)
  })

  test('octets of a line', () => {
    expect(parsed(request([lineOf(lineOctets)])).headers.at(-1)?.value).toHaveLength(lineOctets - 5)
    expect(faultOf(request([lineOf(lineOctets + 1)]))).toMatchObject(tooLarge)
  })

  test('octets of a folded line', () => {
    const folded = (count: number): string => `X: a${'\r\n b'.repeat(count)}`
    expect(parsed(request([folded(2000)])).headers).toHaveLength(6)
    expect(faultOf(request([folded(2100)]))).toMatchObject(tooLarge)
  })

  test('octets of the start line', () => {
    expect(faultOf(octets(`OPTIONS sip:${'x'.repeat(lineOctets)} SIP/2.0\r\n${VIA}\r\n\r\n`))).toMatchObject(tooLarge)
  })

  test.each([
    ['Route', '<sip:h;lr>'],
    ['Record-Route', '<sip:h;lr>'],
    ['Contact', '<sip:a@h>'],
    ['Via', 'SIP/2.0/UDP h'],
  ])('entries of %s, over several lines', (name, entry) => {
    const room = listEntries - (name === 'Via' ? 1 : 0)
    const halves = [`${name}: ${Array(32).fill(entry)}`, `${name}: ${Array(room - 32).fill(entry)}`]
    expect(parseMessage(request(halves))).toMatchObject({ ok: true })
    expect(faultOf(request([...halves, `${name}: ${entry}`]))).toMatchObject({
      code: 'too-large',
      message: `Too Many ${name} Entries`,
    })
  })

  test('parameters of an entry, where one more makes it malformed', () => {
    const contact = (count: number): string => `Contact: <sip:a@h${';a'.repeat(count)}>${';b'.repeat(count)}`
    expect(parseMessage(request([contact(params)]))).toMatchObject({ ok: true })
    expect(faultOf(request([contact(params + 1)])).code).toBe('header-syntax')
  })
})

test('nobody can move the limits', () => {
  expect(Object.isFrozen(MESSAGE_LIMITS)).toBe(true)
})

describe('the largest datagrams of one kind end in a result', () => {
  const fill = (piece: string): string => piece.repeat(Math.floor(65_000 / piece.length))

  test.each([
    ['line ends', fill('\r\n')],
    ['a method', fill('A')],
    ['a URI', `OPTIONS sip:${fill('a;')}`],
    ['a URI of colons', `OPTIONS sip:${fill(':')}`],
    ['header lines', `${REQUEST_LINE}\r\n${fill('X: y\r\n')}`],
    ['folds', `${REQUEST_LINE}\r\nX: y${fill('\r\n ')}`],
    ['spaces', `${REQUEST_LINE}\r\nX:${fill(' ')}`],
    ['controls', `${REQUEST_LINE}\r\nX:${fill('\x01')}`],
    ['Vias', `${REQUEST_LINE}\r\n${fill('v:SIP/2.0/UDP h\r\n')}`],
    ['quotes', `${REQUEST_LINE}\r\nm:${fill('"')}`],
    ['backslashes', `${REQUEST_LINE}\r\nm:"${fill('\\')}`],
    ['brackets', `${REQUEST_LINE}\r\nm:${fill('<')}`],
    ['square brackets', `${REQUEST_LINE}\r\nm:<sip:${fill('[')}`],
    ['commas', `${REQUEST_LINE}\r\nm:${fill(',')}`],
    ['contacts', `${REQUEST_LINE}\r\nm:${fill('<sip:a>,')}`],
    ['parameters', `${REQUEST_LINE}\r\nm:<sip:a>${fill(';a=b')}`],
    ['escapes', `${REQUEST_LINE}\r\nm:<sip:${fill('%41')}`],
    ['digits', `${REQUEST_LINE}\r\nCSeq: ${fill('9')}`],
  ])('%s', (_, text) => {
    expect(parseMessage(octets(text)).ok).toBe(false)
  })
})
