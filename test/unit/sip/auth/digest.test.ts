import { describe, expect, test } from 'vitest'
import { digestResponse, hashIdentity } from '../../../../src/sip/auth/digest.ts'
import { parseCredentials } from '../../../../src/sip/auth/digest-credentials.ts'

/** What the digest of these credentials should have been. */
function expected(header: string, password: string, method: string): string {
  const credentials = parseCredentials(header)
  if (credentials?.algorithm === undefined) throw new Error(`No credentials: ${header}`)
  const { algorithm, nonce, realm, uri, use, username } = credentials
  return digestResponse({
    algorithm,
    identity: hashIdentity(algorithm, username, realm, password),
    nonce,
    method,
    uri,
    cnonce: use?.cnonce ?? '',
    count: use?.countText ?? '',
    ...(use && { qop: use.qop }),
  })
}

const RFC_7616 = (algorithm: string, response: string): string =>
  'Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", ' +
  `algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, ` +
  'cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, ' +
  `response="${response}", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`

describe('credentials of the RFCs check out', () => {
  test.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('RFC 7616 section 3.9.1 with %s', (algorithm, response) => {
    expect(expected(RFC_7616(algorithm, response), 'Circle of Life', 'GET')).toBe(response)
  })

  test('RFC 2617 section 3.5', () => {
    const header =
      'Digest username="Mufasa",\t realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", ' +
      'uri="/dir/index.html", qop=auth, nc=00000001, cnonce="0a4f113b", ' +
      'response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    expect(expected(header, 'Circle Of Life', 'GET')).toBe('6629fae49393a05397450978507c4ef1')
  })
})
