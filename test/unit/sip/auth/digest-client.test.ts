import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  answerChallenge,
  authorizationFor,
  type Challenge,
  type DigestInput,
  parseChallenge,
  readChallenges,
} from '../../../../src/sip/auth/digest-client.ts'
import type { HeaderField } from '../../../../src/sip/message/message.ts'

const challenge = (value: string): Challenge => {
  const parsed = parseChallenge(value, 'server')
  if (parsed === undefined) throw new Error(`No challenge: ${value}`)
  return parsed
}

const answer = (value: string, input: DigestInput): string => answerChallenge(challenge(value), input)[1]

const field = (key: string, value: string): HeaderField => ({ key, name: key, value })
const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

const INPUT: DigestInput = {
  username: 'bob',
  password: 'zanzibar',
  method: 'INVITE',
  uri: 'sip:bob@biloxi.example',
  nonceCount: 1,
  cnonce: '0a4f113b',
}

describe('worked examples', () => {
  test('RFC 2617 section 3.5', () => {
    const value =
      'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    const input = { ...INPUT, username: 'Mufasa', password: 'Circle Of Life', method: 'GET', uri: '/dir/index.html' }
    expect(answer(value, input)).toBe(
      'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", ' +
        'uri="/dir/index.html", response="6629fae49393a05397450978507c4ef1", cnonce="0a4f113b", ' +
        'opaque="5ccc069c403ebaf9f0171e9517f40e41", qop=auth, nc=00000001',
    )
  })

  test.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('RFC 7616 section 3.9.1 with %s', (algorithm, response) => {
    const value = `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`
    const header = answer(value, {
      username: 'Mufasa',
      password: 'Circle of Life',
      method: 'GET',
      uri: '/dir/index.html',
      nonceCount: 1,
      cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    })
    expect(header).toContain(`response="${response}", algorithm=${algorithm}, cnonce="f2/wE4q74E6z`)
  })
})

describe('an answer', () => {
  test('without qop has neither cnonce nor count', () => {
    const response = md5(`${md5('bob:h:zanzibar')}:n:${md5('INVITE:sip:bob@biloxi.example')}`)
    expect(answer('Digest realm="h", nonce="n"', INPUT)).toBe(
      `Digest username="bob", realm="h", nonce="n", uri="sip:bob@biloxi.example", response="${response}"`,
    )
  })

  test('counts uses of the nonce in eight hexadecimal digits', () => {
    const secret = md5('bob:h:zanzibar')
    const response = md5(`${secret}:n:0000001b:0a4f113b:auth:${md5('INVITE:sip:bob@biloxi.example')}`)
    const header = answer('Digest realm="h", nonce="n", qop="auth"', { ...INPUT, nonceCount: 27 })
    expect(header).toContain(`response="${response}"`)
    expect(header).toContain('qop=auth, nc=0000001b')
  })

  test.each([
    ['qop', ', qop=auth', ':00000001:0a4f113b:auth:', ', cnonce="0a4f113b", qop=auth, nc=00000001'],
    ['no qop', '', ':', ', cnonce="0a4f113b"'],
  ])('for MD5-sess with %s hashes nonce and cnonce into the secret', (_, qop, middle, tail) => {
    const secret = md5(`${md5('bob:h:zanzibar')}:n:0a4f113b`)
    const response = md5(`${secret}:n${middle}${md5('INVITE:sip:bob@biloxi.example')}`)
    expect(answer(`Digest realm="h", nonce="n", algorithm=md5-SESS${qop}`, INPUT)).toContain(
      `response="${response}", algorithm=md5-SESS${tail}`,
    )
  })

  test('hashes what quoted strings mean, and writes them with escapes', () => {
    const response = md5(`${md5('b"ob:a "realm":p\\w')}:n\\1:${md5('INVITE:sip:bob@biloxi.example')}`)
    const input = { ...INPUT, username: 'b"ob', password: 'p\\w' }
    expect(answer('Digest realm="a \\"realm\\"", nonce="n\\\\1", opaque=""', input)).toBe(
      'Digest username="b\\"ob", realm="a \\"realm\\"", nonce="n\\\\1", uri="sip:bob@biloxi.example", ' +
        `response="${response}", opaque=""`,
    )
  })

  test('takes names and passwords as UTF-8', () => {
    const response = md5(`${md5('jörg:h:pässwörd')}:n:${md5('INVITE:sip:bob@biloxi.example')}`)
    const header = answer('Digest realm="h", nonce="n"', { ...INPUT, username: 'jörg', password: 'pässwörd' })
    expect(Buffer.from(header, 'latin1').toString()).toContain(`username="jörg"`)
    expect(header).toContain(`response="${response}"`)
  })
})

describe('a challenge', () => {
  test('is read with all it may have', () => {
    expect(
      parseChallenge(
        'DIGEST  Realm="a, \\"b\\"" ,nonce=abc== , opaque="",STALE=True, algorithm="sha-256", qop="auth-int , AUTH", domain="/"',
        'proxy',
      ),
    ).toEqual({
      from: 'proxy',
      realm: 'a, "b"',
      nonce: 'abc==',
      opaque: '',
      stale: true,
      algorithm: 'SHA-256',
      algorithmText: 'sha-256',
      qop: 'auth',
    })
  })

  test('is read with the least it must have', () => {
    expect(challenge('Digest realm="h",nonce="n"')).toEqual({
      from: 'server',
      realm: 'h',
      nonce: 'n',
      algorithm: 'MD5',
      stale: false,
    })
  })

  test.each([
    ['of another scheme', 'Basic realm="h", nonce="n"'],
    ['of a scheme that begins alike', 'DigestX realm="h", nonce="n"'],
    ['without realm', 'Digest nonce="n"'],
    ['without nonce', 'Digest realm="h"'],
    ['without anything', 'Digest'],
    ['that is empty', ''],
    ['with a parameter twice', 'Digest realm="h", nonce="n", nonce="m"'],
    ['with a parameter twice, in another case', 'Digest realm="h", nonce="n", NONCE="n"'],
    ['with an unknown algorithm', 'Digest realm="h", nonce="n", algorithm=AKAv1-MD5'],
    ['with the algorithm of an object', 'Digest realm="h", nonce="n", algorithm=constructor'],
    ['with a qop that we do not have', 'Digest realm="h", nonce="n", qop="auth-int"'],
    ['with an empty qop', 'Digest realm="h", nonce="n", qop=""'],
    ['with an unfinished quoted string', 'Digest realm="h", nonce="n'],
    ['with a parameter without value', 'Digest realm="h", nonce="n", stale'],
    ['with an empty value', 'Digest realm="h", nonce='],
    ['with a comma at the end', 'Digest realm="h", nonce="n",'],
    ['without a comma', 'Digest realm="h" nonce="n"'],
    ['with another challenge behind it', 'Digest realm="h", nonce="n", Digest realm="i", nonce="m"'],
  ])('%s is not seen', (_, value) => {
    expect(parseChallenge(value, 'server')).toBeUndefined()
  })

  test('of any text is read or not, and never throws', () => {
    const piece = fc.constantFrom(
      'Digest ',
      'realm=',
      'nonce=',
      'qop=',
      '"',
      '\\',
      ',',
      ' ',
      '=',
      'auth',
      'MD5',
      'algorithm=',
      '\0',
      '\xff',
    )
    const text = fc.oneof(
      fc.array(piece, { maxLength: 20 }).map(pieces => `Digest ${pieces.join('')}`),
      fc.string({ unit: 'binary' }),
    )
    const property = fc.property(text, value => {
      const parsed = parseChallenge(value, 'server')
      if (parsed) expect(answerChallenge(parsed, INPUT)[1]).toMatch(/response="[0-9a-f]{32,64}"/)
    })
    fc.assert(property, { seed: 7616, numRuns: 2000 })
  })
})

describe('several challenges', () => {
  const digest = (realm: string, nonce: string, algorithm: string): string =>
    `Digest realm="${realm}", nonce="${nonce}", algorithm=${algorithm}`

  const chosen = (headers: readonly HeaderField[]): readonly string[] =>
    readChallenges(headers).map(({ from, realm, nonce }) => `${from} ${realm} ${nonce}`)

  test.each([
    [['MD5', 'SHA-256'], 1],
    [['SHA-256', 'MD5'], 0],
    [['MD5-sess', 'SHA-256-sess', 'SHA-256'], 1],
    [['MD5', 'MD5-sess'], 0],
    [['SHA-512-256', 'MD5'], 1],
  ])('of %j the strongest that we know, the topmost of equals', (algorithms, index) => {
    expect(chosen(algorithms.map((name, at) => field('www-authenticate', digest('h', `n${at}`, name))))).toEqual([
      `server h n${index}`,
    ])
  })

  test('of several realms and askers one each', () => {
    expect(
      chosen([
        field('proxy-authenticate', digest('p1', 'a', 'MD5')),
        field('www-authenticate', digest('h', 'b', 'MD5')),
        field('proxy-authenticate', digest('p2', 'c', 'MD5')),
        field('www-authenticate', digest('h', 'd', 'SHA-256')),
        field('proxy-authenticate', digest('h', 'e', 'MD5')),
        field('proxy-authenticate', 'Digest oops'),
        field('authorization', digest('x', 'f', 'MD5')),
      ]),
    ).toEqual(['proxy p1 a', 'server h d', 'proxy p2 c', 'proxy h e'])
  })
})

describe('the header for a response', () => {
  /** Always the same, so that the cnonce is known. */
  const random = { u32: () => 0 }
  const credentials = { username: 'bob', password: 'zanzibar' }
  const answerTo = (status: number, headers: readonly HeaderField[], realm?: string): readonly string[] | undefined =>
    authorizationFor(
      { status, headers },
      'BYE',
      'sip:h',
      { ...credentials, ...(realm !== undefined && { realm }) },
      random,
    )

  const server = field('www-authenticate', 'Digest realm="h", nonce="n", qop="auth"')
  const proxy = field('proxy-authenticate', 'Digest realm="p\xc3\xa9", nonce="n"')

  test('401 is answered with Authorization', () => {
    const cnonce = '0'.repeat(22)
    const response = md5(`${md5('bob:h:zanzibar')}:n:00000001:${cnonce}:auth:${md5('BYE:sip:h')}`)
    expect(answerTo(401, [server])).toEqual([
      'Authorization',
      `Digest username="bob", realm="h", nonce="n", uri="sip:h", response="${response}", cnonce="${cnonce}", qop=auth, nc=00000001`,
    ])
  })

  test('407 is answered with Proxy-Authorization', () => {
    expect(answerTo(407, [proxy])?.[0]).toBe('Proxy-Authorization')
  })

  test('only the realm that the credentials are for', () => {
    expect(answerTo(401, [proxy, server], 'h')?.[0]).toBe('Authorization')
    expect(answerTo(407, [server, proxy], 'pé')?.[0]).toBe('Proxy-Authorization')
    expect(answerTo(401, [server], 'other')).toBeUndefined()
  })

  test('nothing for a response without a challenge that we know, or of another status', () => {
    expect(answerTo(401, [])).toBeUndefined()
    expect(answerTo(401, [field('www-authenticate', 'Basic realm="h"')])).toBeUndefined()
    expect(answerTo(403, [server])).toBeUndefined()
  })
})
