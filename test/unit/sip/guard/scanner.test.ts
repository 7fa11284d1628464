import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isScanner, SCANNERS } from '../../../../src/sip/guard/scanner.ts'

const message = (agent: string, body = ''): Uint8Array =>
  Buffer.from(`OPTIONS sip:100@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n${agent}\r\nContent-Length: 0\r\n\r\n${body}`)

describe('a scanner', () => {
  test.each(SCANNERS.map(name => [name]))('is known by %s', name => {
    expect(isScanner(message(`User-Agent: ${name}`))).toBe(true)
  })

  test.each([
    'User-Agent: friendly-scanner',
    'user-agent:FRIENDLY-SCANNER/1.0',
    'USER-AGENT \t: my sipvicious tool',
    'From: <sip:a@b>\r\nUser-Agent: friendly-scanner',
    'From: <sip:a@b>\nUser-Agent: friendly-scanner',
  ])('is found in %j', agent => {
    expect(isScanner(message(agent))).toBe(true)
  })

  test.each([
    'User-Agent: PolycomVVX-VVX_500-UA/5.9.0',
    'User-Agent:',
    'Subject: friendly-scanner',
    'User-Agents: friendly-scanner',
    'X-User-Agent: friendly-scanner',
    'User-Agent: Yealink\r\nSubject: friendly-scanner',
  ])('is not found in %j', agent => {
    expect(isScanner(message(agent))).toBe(false)
  })

  test('is not found in a body', () => {
    expect(isScanner(message('Max-Forwards: 70', '\r\nUser-Agent: friendly-scanner\r\n'))).toBe(false)
  })

  test('is what one says it is', () => {
    expect(isScanner(message('User-Agent: Yealink'), ['yealink'])).toBe(true)
    expect(isScanner(message('User-Agent: friendly-scanner'), [])).toBe(false)
  })

  test('is looked for in any bytes', () => {
    const part = fc.constantFrom('\n', '\r\n', 'User-Agent', ':', ' ', 'friendly-scanner', '\0', 'x')
    const property = fc.property(fc.array(part, { maxLength: 20 }), parts => {
      expect(typeof isScanner(Buffer.from(parts.join('')))).toBe('boolean')
    })
    fc.assert(property, { seed: 3261, numRuns: 1_000 })
    expect(isScanner(new Uint8Array(65_535).fill(10))).toBe(false)
  })
})
