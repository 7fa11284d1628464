import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { StreamFramer } from '../../../../src/sip/transport/framer.ts'

const latin1 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'))

const message = (body = '', more = ''): string =>
  `MESSAGE sip:bob@example.org SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK1\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`

/** What a framer makes of segments, in order. */
function frame(...segments: readonly string[]): string[] {
  const { framer, seen } = listening()
  for (const segment of segments) framer.push(latin1(segment))
  return seen
}

function listening(): { framer: StreamFramer; seen: string[] } {
  const seen: string[] = []
  const framer = new StreamFramer({
    onMessage: bytes => seen.push(Buffer.from(bytes).toString('latin1')),
    onPing: () => seen.push('ping'),
    onLost: (code, head) => seen.push(`lost: ${code}`, Buffer.from(head).toString('latin1')),
  })
  return { framer, seen }
}

describe('messages', () => {
  test('come out whole, whatever segments they came in', () => {
    const one = message('hello')
    for (let split = 0; split <= one.length; split++)
      expect(frame(one.slice(0, split), one.slice(split))).toEqual([one])
    expect(frame(...one)).toEqual([one])
  })

  test('come out one by one when they came together', () => {
    const all = [message('one'), message(''), message('three\r\n\r\n')]
    expect(frame(all.join(''))).toEqual(all)
  })

  test('have a body that looks like a head, and line ends before them', () => {
    const tricky = message(message('inner'))
    expect(frame(`\r\n${tricky}\r\n${tricky}`)).toEqual([tricky, tricky])
  })

  test('name their length in any way that the grammar allows', () => {
    for (const line of ['l: 2', 'L:2', 'CONTENT-LENGTH \t: 2', 'Content-Length:\r\n 2', 'content-length: 002']) {
      const one = `OPTIONS sip:a SIP/2.0\r\n${line}\r\nX: y\r\n\r\nab`
      expect(frame(one + message())).toEqual([one, message()])
    }
  })

  test('are in memory of their own', () => {
    const { framer, seen } = listening()
    const bytes = latin1(message('abc'))
    framer.push(bytes.subarray(0, 20))
    framer.push(bytes.subarray(20))
    bytes.fill(0)
    framer.push(latin1(message('xyz')))
    expect(seen).toEqual([message('abc'), message('xyz')])
  })

  test('of any number and size survive any segmentation', () => {
    const line = fc.string({
      unit: fc.constantFrom('\r\n', 'a', ' ', '\0', 'Content-Length: 1\r\n', 'é'),
      maxLength: 40,
    })
    const bodies = fc.array(line, { minLength: 1, maxLength: 5 })
    const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(bodies, cuts, (some, sizes) => {
        const sent = some.map(body => message(body))
        const stream = sent.join('')
        const segments: string[] = []
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const size = sizes[turn % sizes.length] as number
          segments.push(stream.slice(at, at + size))
          at += size
        }
        expect(frame(...segments)).toEqual(sent)
      }),
      { numRuns: 500, seed: 1 },
    )
  })
})

describe('keep-alives', () => {
  test('of two line ends are asked for an answer, one line end is that answer', () => {
    expect(frame('\r\n\r\n')).toEqual(['ping'])
    expect(frame('\r', '\n', '\r', '\n', '\r\n\r\n')).toEqual(['ping', 'ping'])
    expect(frame('\r\n')).toEqual([])
    expect(frame('\r\n', message(), '\r\n', message())).toEqual([message(), message()])
  })

  test('leave nothing waiting, and half a message does', () => {
    const { framer } = listening()
    framer.push(latin1('\r\n\r\n'))
    expect(framer.isWaiting).toBe(false)
    framer.push(latin1('OPT'))
    expect(framer.isWaiting).toBe(true)
    framer.push(latin1(message().slice(0, 0)))
    expect(framer.isWaiting).toBe(true)
  })
})

describe('the place of the next message is lost', () => {
  const head = (...lines: string[]): string =>
    `OPTIONS sip:a SIP/2.0\r\n${lines.map(line => `${line}\r\n`).join('')}\r\n`

  for (const [what, lines, code] of [
    ['no Content-Length', ['X: y'], 'missing-header'],
    ['two', ['Content-Length: 0', 'l: 0'], 'duplicate-header'],
    ['two that differ', ['Content-Length: 5', 'Content-Length: 0'], 'duplicate-header'],
    ['a negative one', ['Content-Length: -1'], 'content-length'],
    ['a word', ['Content-Length: abc'], 'content-length'],
    ['an empty one', ['Content-Length:'], 'content-length'],
    ['a hexadecimal one', ['Content-Length: 0x10'], 'content-length'],
    ['a list', ['Content-Length: 1, 1'], 'content-length'],
    ['one beyond all numbers', ['Content-Length: 99999999999999999999'], 'content-length'],
    ['one beyond the limit', ['Content-Length: 65536'], 'too-large'],
    ['white space for a name', [' Content-Length: 0'], 'header-syntax'],
    ['a control character in its name', ['Content-Length\x01: 0'], 'header-syntax'],
    ['a lone line feed before it', ['X: y\nContent-Length: 0'], 'header-syntax'],
    ['a line too long', [`X: ${'y'.repeat(9000)}`, 'Content-Length: 0'], 'too-large'],
  ] as const)
    test(`with ${what}`, () => {
      const broken = head(...lines)
      expect(frame(broken + message())).toEqual([`lost: ${code}`, broken])
      expect(frame(message(), ...broken, message())).toEqual([message(), `lost: ${code}`, broken])
    })

  test('when a head does not end', () => {
    const { framer, seen } = listening()
    framer.push(latin1('OPTIONS sip:a SIP/2.0\r\n'))
    for (let line = 0; line < 700; line++) framer.push(latin1(`X: ${'y'.repeat(50)}\r\n`))
    expect(seen[0]).toBe('lost: too-large')
    expect(framer.isWaiting).toBe(false)
  })

  test('when it was never one of SIP', () => {
    for (const start of ['\x16\x03\x01\x02\x00', '\0', '\n', '\rX', ' INVITE', '{"a":1}', '\x80'])
      expect(frame(start, message())).toEqual(['lost: start-line', start])
    expect(frame('GET / HTTP/1.1\r\nHost: a\r\n\r\n')[0]).toBe('lost: missing-header')
  })

  test('and nothing is heard of what follows', () => {
    const { framer, seen } = listening()
    framer.push(latin1('\x16'))
    for (let more = 0; more < 10; more++) framer.push(latin1(message()))
    expect(seen).toHaveLength(2)
  })
})

test('whatever comes, nothing is thrown, and the place is lost once', () => {
  const noise = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 30 })
  fc.assert(
    fc.property(noise, fc.boolean(), (segments, startsWell) => {
      const { framer, seen } = listening()
      if (startsWell) framer.push(latin1('OPTIONS sip:a SIP/2.0\r\nContent-Length: 3\r\nX: '))
      for (const segment of segments) framer.push(segment)
      expect(seen.filter(one => one.startsWith('lost')).length).toBeLessThanOrEqual(1)
    }),
    { numRuns: 500, seed: 1 },
  )
})
