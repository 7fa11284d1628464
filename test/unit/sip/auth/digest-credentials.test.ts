import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCredentials } from '../../../../src/sip/auth/digest-credentials.ts'

const PLAIN = 'Digest username="bob", realm="h", nonce="n", uri="sip:h", response="r"'
const WITH_QOP = `${PLAIN}, qop=auth, nc=0000001b, cnonce="c"`

describe('credentials', () => {
  test('are read with all they may have', () => {
    expect(parseCredentials(`${WITH_QOP}, algorithm="sha-256", opaque="o", unknown=1`)).toEqual({
      username: 'bob',
      realm: 'h',
      nonce: 'n',
      uri: 'sip:h',
      response: 'r',
      algorithm: 'SHA-256',
      use: { qop: 'auth', cnonce: 'c', count: 27, countText: '0000001b' },
    })
  })

  test('without qop and algorithm are MD5 without a count', () => {
    const credentials = parseCredentials(PLAIN)
    expect(credentials).toMatchObject({ algorithm: 'MD5' })
    expect(credentials).not.toHaveProperty('use')
  })

  test('with an algorithm that we do not have are still read', () => {
    expect(parseCredentials(`${PLAIN}, algorithm=SHA-512-256`)).toMatchObject({ algorithm: undefined })
  })

  test('have a name in RFC 8187 form', () => {
    // RFC 7616 section 3.9.2 writes a name so.
    const named = PLAIN.replace('username="bob"', "username*=UTF-8''J%C3%A4s%C3%B8n%20Doe")
    expect(Buffer.from(parseCredentials(named)?.username ?? '', 'latin1').toString()).toBe('Jäsøn Doe')
  })

  test.each([
    ['of another scheme', PLAIN.replace('Digest', 'Basic')],
    ['without a name', PLAIN.replace('username="bob", ', '')],
    ['without a realm', PLAIN.replace('realm="h", ', '')],
    ['without a nonce', PLAIN.replace('nonce="n", ', '')],
    ['without a URI', PLAIN.replace('uri="sip:h", ', '')],
    ['without a response', PLAIN.replace(', response="r"', '')],
    ['with two names', `${PLAIN}, username="eve"`],
    ['with a name in both forms', `${PLAIN}, username*=UTF-8''eve`],
    ['with a name in another charset', PLAIN.replace('username="bob"', "username*=ISO-8859-1''bob")],
    ['with a name in half of a form', PLAIN.replace('username="bob"', 'username*=bob')],
    ['with a name of 256 octets', PLAIN.replace('bob', 'b'.repeat(256))],
    ['with two responses', `${PLAIN}, RESPONSE="s"`],
    ['with qop auth-int', WITH_QOP.replace('qop=auth', 'qop=auth-int')],
    ['with qop and no count', WITH_QOP.replace('nc=0000001b, ', '')],
    ['with qop and no cnonce', WITH_QOP.replace(', cnonce="c"', '')],
    ['with the count 0', WITH_QOP.replace('0000001b', '00000000')],
    ['with a count of seven digits', WITH_QOP.replace('0000001b', '000001b')],
    ['with a count that is no number', WITH_QOP.replace('0000001b', '0000001g')],
    ['with a comma too much', `${PLAIN},`],
    ['of nothing', ''],
  ])('%s are none', (_, value) => {
    expect(parseCredentials(value)).toBeUndefined()
  })

  test('with a name of 255 octets are some', () => {
    expect(parseCredentials(PLAIN.replace('bob', 'b'.repeat(255)))).toBeDefined()
  })

  test('of any text are read or not, and never throw', () => {
    const part = fc.constantFrom(...WITH_QOP.split(/(?<=[ ",=])|(?=[",=])/), '\\', '\0', '\xff', "username*=UTF-8''%")
    const text = fc.oneof(
      fc.array(part, { maxLength: 40 }).map(parts => `Digest ${parts.join('')}`),
      fc.string({ unit: 'binary' }),
    )
    const property = fc.property(text, value => {
      const credentials = parseCredentials(value)
      if (credentials) expect(credentials.username.length).toBeLessThan(256)
    })
    fc.assert(property, { seed: 7616, numRuns: 5_000 })
  })
})
