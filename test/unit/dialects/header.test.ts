import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { headerFault } from '../../../src/dialects/header.ts'
import { isReservedHeader } from '../../../src/sip/index.ts'

const hostile = JSON.parse(readFileSync(new URL('../../vectors/hostile-inputs.json', import.meta.url), 'utf8')) as {
  readonly crlf: readonly string[]
  readonly headerNamesForbidden: readonly string[]
}

describe('D17: header fields of a flow', () => {
  test.each(['X-Order', 'User-to-User', 'P-Asserted-Identity', 'Subject', 's', 'toString', "a!%*_+`'~.-1"])(
    '%s may be set',
    name => {
      expect(headerFault(name, 'any "value"; of=it, äöü 日本')).toBeUndefined()
    },
  )

  test.each(hostile.headerNamesForbidden.map(name => [name]))('the name %j is refused', name => {
    expect(headerFault(name, 'x')).toMatch(/\.$/)
  })

  test.each(hostile.crlf.filter(text => /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)).map(text => [text]))(
    'the value %j is refused',
    value => {
      expect(headerFault('X-Order', value)).toBe('The value of X-Order has a character that cannot be sent.')
      expect(headerFault(value, 'x')).toMatch(/is not the name of a SIP header field/)
    },
  )

  test('names and values are bounded', () => {
    expect(headerFault('X'.repeat(64), 'x')).toBeUndefined()
    expect(headerFault('X'.repeat(65), 'x')).toBeDefined()
    expect(headerFault('X-A', 'x'.repeat(2_048))).toBeUndefined()
    expect(headerFault('X-A', 'x'.repeat(2_049))).toBeDefined()
  })

  test('whatever the stack refuses is refused here, before anybody is called', () => {
    const names = [
      'Allow Authorization Call-ID Contact Content-Length Content-Type CSeq From Max-Forwards Proxy-Authorization',
      'Proxy-Require Record-Route Require Route To Via c f i l m t v',
    ].flatMap(line => line.split(' '))
    expect(names.filter(name => !isReservedHeader(name))).toEqual([])
    expect(names.filter(name => headerFault(name, 'x') === undefined)).toEqual([])
  })
})
