import { describe, expect, test } from 'vitest'
import { datagram, faultOf, HEADER, octets, parsed, REQUEST_LINE, request } from './datagrams.ts'

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

  test.each(['\r', '\n'])('the place of a lone %j is its own', lineEnd => {
    const bytes = request([`X-A: a${lineEnd}b`])
    expect(faultOf(bytes)).toMatchObject({ header: 'x-a', offset: Buffer.from(bytes).indexOf(`a${lineEnd}b`) + 1 })
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
