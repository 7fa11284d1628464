import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCSeq, writeCSeq } from '../../../../src/sip/message/cseq.ts'
import { escapeUser, unescapeUser } from '../../../../src/sip/message/escape.ts'
import type { CSeq, NameAddr, Params, SipUri, Uri, Via } from '../../../../src/sip/message/message.ts'
import { parseNameAddr, writeNameAddr } from '../../../../src/sip/message/name-addr.ts'
import { parseMessage } from '../../../../src/sip/message/parse.ts'
import { decodeText, encodeText } from '../../../../src/sip/message/text.ts'
import { parseUri, writeUri } from '../../../../src/sip/message/uri.ts'
import { uriEquals } from '../../../../src/sip/message/uri-equality.ts'
import { parseVia, writeVia } from '../../../../src/sip/message/via.ts'
import { writeRequest, writeResponse } from '../../../../src/sip/message/write.ts'
import { parsed, RFC_4475, RFC_5118, readVector } from './datagrams.ts'

/** One seed for all: a failure is the same everywhere. */
const SEED = 3261

function check<T>(arbitrary: fc.Arbitrary<T>, holds: (value: T) => void, numRuns = 500): void {
  const property = fc.property(arbitrary, value => {
    holds(value)
  })
  fc.assert(property, { seed: SEED, numRuns })
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const ALPHANUM = `${LETTERS}0123456789`

const characters = (set: string, minLength = 1, maxLength = 12): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...set), minLength, maxLength })

/** Characters of a set and escapes. */
const escaped = (set: string, minLength = 1): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...set) }, fc.constantFrom('%00', '%40', '%2F', '%c3%a9')),
      {
        minLength,
        maxLength: 12,
      },
    )
    .map(parts => parts.join(''))

const token = characters(`${ALPHANUM}-.!%*_+\`'~`)
const lowerToken = token.map(text => text.toLowerCase())
/** Any octets but line breaks. */
const octetText = fc
  .array(fc.integer({ min: 0, max: 255 }), { maxLength: 12 })
  .map(codes => String.fromCharCode(...codes.filter(code => code !== 10 && code !== 13)))

const hex = fc.integer({ min: 0, max: 0xffff }).map(group => group.toString(16))
const ipv6 = fc.oneof(
  fc.array(hex, { minLength: 8, maxLength: 8 }).map(groups => groups.join(':')),
  fc
    .tuple(fc.array(hex, { maxLength: 3 }), fc.array(hex, { maxLength: 4 }))
    .map(sides => sides.map(side => side.join(':')).join('::')),
  fc.ipV4().map(address => `::ffff:${address}`),
)
const host = fc.oneof(characters('abcdefghijklmnopqrstuvwxyz0123456789-._'), fc.ipV4(), ipv6)
const port = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined })

const present = <K extends string, V>(key: K, value: V | undefined): { [k in K]?: V } =>
  (value === undefined ? {} : { [key]: value }) as { [k in K]?: V }

const uriParams: fc.Arbitrary<Params> = fc.array(
  fc.tuple(
    characters("abcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()[]/:&+$"),
    fc.option(escaped(`${ALPHANUM}-_.!~*'()[]/:&+$=`), { nil: undefined }),
  ),
  { maxLength: 4 },
)

const sipUri: fc.Arbitrary<SipUri> = fc
  .record({
    scheme: fc.constantFrom('sip' as const, 'sips' as const),
    user: fc.option(escaped(`${ALPHANUM}-_.!~*'()&=+$,;?/#`), { nil: undefined }),
    password: fc.option(escaped(`${ALPHANUM}-_.!~*'()&=+$,`, 0), { nil: undefined }),
    host,
    port,
    params: uriParams,
    headers: fc.option(escaped(`${ALPHANUM}-_.!~*'()[]/?:+$&=`), { nil: undefined }),
  })
  .map(({ scheme, user, password, host, port, params, headers }) => ({
    scheme,
    host,
    params,
    ...present('user', user),
    ...present('password', user === undefined ? undefined : password),
    ...present('port', port),
    ...present('headers', headers),
  }))

const otherUri: fc.Arbitrary<Uri> = fc.record({
  scheme: fc.constantFrom('tel', 'urn', 'http', 'a+b-c.1'),
  opaque: escaped(`${ALPHANUM}-_.!~*'();/?:@&=+$,#[]`),
})

const uri: fc.Arbitrary<Uri> = fc.oneof({ weight: 4, arbitrary: sipUri }, otherUri)

const headerParams: fc.Arbitrary<Params> = fc.array(fc.tuple(lowerToken, fc.option(octetText, { nil: undefined })), {
  maxLength: 4,
})

const nameAddr: fc.Arbitrary<NameAddr> = fc
  .record({ displayName: fc.option(octetText, { nil: undefined }), uri, params: headerParams })
  .map(({ displayName, uri, params }) => ({ uri, params, ...present('displayName', displayName) }))

const party = nameAddr.map(value => ({ ...value, params: value.params.filter(([name]) => name !== 'tag') }))

const via: fc.Arbitrary<Via> = fc
  .record({ transport: token.map(text => text.toUpperCase()), host, port, params: headerParams })
  .map(({ transport, host, port, params }) => ({ transport, host, params, ...present('port', port) }))

const cseq: fc.Arbitrary<CSeq> = fc.record({ number: fc.integer({ min: 0, max: 2 ** 31 - 1 }), method: token })

describe('what is written is read as it was', () => {
  test('URIs', () => check(uri, value => expect(parseUri(writeUri(value))).toEqual(value)))
  test('addresses', () => check(nameAddr, value => expect(parseNameAddr(writeNameAddr(value))).toEqual(value)))
  test('Vias', () => check(via, value => expect(parseVia(writeVia(value))).toEqual(value)))
  test('CSeqs', () => check(cseq, value => expect(parseCSeq(writeCSeq(value))).toEqual(value)))

  test('texts and users', () => {
    check(fc.string({ unit: 'grapheme' }), text => {
      expect(decodeText(encodeText(text))).toBe(text)
      expect(unescapeUser(escapeUser(text))).toBe(text)
    })
  })

  test('an escaped user is a user', () => {
    check(fc.string({ unit: 'binary', minLength: 1 }), text => {
      expect(parseUri(`sip:${escapeUser(text)}@h`)).toMatchObject({ user: escapeUser(text) })
    })
  })

  const parts = fc.record({
    via: fc.array(via, { minLength: 1, maxLength: 3 }),
    from: party,
    to: party,
    callId: characters(`${ALPHANUM}-.!%*_+~()<>:\\"/[]?{}@=;`, 1, 40),
    cseq,
    contacts: fc.array(nameAddr, { maxLength: 3 }),
    routes: fc.array(nameAddr, { maxLength: 3 }),
    recordRoutes: fc.array(nameAddr, { maxLength: 3 }),
    maxForwards: fc.integer({ min: 0, max: 255 }),
    body: fc.option(fc.uint8Array({ maxLength: 200 }), { nil: undefined }),
    uri: sipUri.map(({ headers: _, ...rest }) => rest),
    status: fc.integer({ min: 100, max: 699 }),
    reason: octetText.map(text => text.replace(/[^\t -~\x80-\xff]/g, '')),
    joined: fc.boolean(),
  })

  type Parts = typeof parts extends fc.Arbitrary<infer T> ? T : never

  function headersOf(value: Parts): readonly (readonly [string, string])[] {
    const lines = (name: string, values: readonly string[]): readonly (readonly [string, string])[] =>
      value.joined && values.length > 0 ? [[name, values.join(', ')]] : values.map(text => [name, text] as const)
    return [
      ...lines('Via', value.via.map(writeVia)),
      ['From', writeNameAddr(value.from)],
      ['t', writeNameAddr(value.to)],
      ...lines('m', value.contacts.map(writeNameAddr)),
      ['Call-ID', value.callId],
      ['CSeq', writeCSeq(value.cseq)],
      ...lines('Route', value.routes.map(writeNameAddr)),
      ...lines('record-route', value.recordRoutes.map(writeNameAddr)),
      ['Max-Forwards', String(value.maxForwards)],
    ]
  }

  test('messages', () => {
    check(parts, value => {
      const { uri, status, reason, joined: _, body, ...fields } = value
      const content = {
        headers: headersOf(value),
        ...(body && { body: { contentType: 'Application/SDP;x=y', bytes: body } }),
      }
      const common = {
        ...fields,
        body: Buffer.from(body ?? []),
        ...(body && { contentType: 'application/sdp' }),
        headers: expect.anything(),
      }
      const { method } = value.cseq
      const request = parsed(writeRequest({ method, uri: writeUri(uri), ...content }))
      expect({ ...request, body: Buffer.from(request.body) }).toEqual({ kind: 'request', method, uri, ...common })
      const response = parsed(writeResponse({ status, reason, ...content }))
      expect({ ...response, body: Buffer.from(response.body) }).toEqual({ kind: 'response', status, reason, ...common })
    })
  })
})

test('every URI equals itself', () => check(uri, value => expect(uriEquals(value, value)).toBe(true)))

describe('whatever comes in, there is a result', () => {
  const vectors = [
    ...RFC_4475.map(({ file }) => readVector(`rfc4475/${file}`)),
    ...RFC_5118.map(({ file }) => readVector(`rfc5118/${file}`)),
  ]

  /** Octets that mean something to the grammar come more often. */
  const octet = fc.oneof(
    fc.integer({ min: 0, max: 255 }),
    fc.constantFrom(...Buffer.from('\r\n\0\t :;,<>"\\@%=?/[]*\x7f')),
  )

  const mutation = fc.record({
    vector: fc.constantFrom(...vectors),
    changes: fc.array(
      fc.record({
        at: fc.nat(4000),
        remove: fc.nat(3),
        insert: fc.array(octet, { maxLength: 3 }),
        copy: fc.nat(60),
        from: fc.nat(4000),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  })

  const mutate = ({ vector, changes }: typeof mutation extends fc.Arbitrary<infer T> ? T : never): Uint8Array =>
    changes.reduce<Uint8Array>((bytes, { at, remove, insert, copy, from }) => {
      const place = at % (bytes.length + 1)
      const start = from % (bytes.length + 1)
      const copied = insert.length === 0 ? bytes.subarray(start, start + copy) : Uint8Array.from(insert)
      return Buffer.concat([bytes.subarray(0, place), copied, bytes.subarray(place + remove)])
    }, vector)

  function holds(bytes: Uint8Array): void {
    const before = Buffer.from(bytes)
    const result = parseMessage(bytes)
    expect(before.equals(bytes)).toBe(true)
    if (result.ok) {
      const { message } = result
      expect(message.via.length).toBeGreaterThan(0)
      expect(message.callId).not.toBe('')
      expect(message.body.byteOffset + message.body.length).toBeLessThanOrEqual(bytes.byteOffset + bytes.length)
      for (const { value } of message.headers) expect(value).not.toMatch(/[\r\n]/)
    } else {
      expect(result.offset).toBeLessThanOrEqual(bytes.length)
      expect(result.message).toMatch(/^[\x20-\x7e]+$/)
      if (result.reply) expect(parseReply(result.reply)).toContain(`SIP/2.0 ${result.reply.status} `)
    }
  }

  const parseReply = (reply: Parameters<typeof writeResponse>[0]): string =>
    Buffer.from(writeResponse(reply)).toString('latin1')

  test('for changed vectors', () => check(mutation, value => holds(mutate(value)), 5000))
  test('for any octets', () =>
    check(fc.array(octet, { maxLength: 300 }), octets => holds(Uint8Array.from(octets)), 2000))

  test('for every vector cut off at every octet', () => {
    for (const vector of vectors) {
      for (let length = 0; length <= vector.length; length++) holds(vector.subarray(0, length))
    }
  })

  test('for any text as URI, address, Via and CSeq', () => {
    const text = fc.array(octet, { maxLength: 60 }).map(codes => String.fromCharCode(...codes))
    const nearly = fc
      .tuple(fc.constantFrom('sip:', '"a" <sip:b@', 'SIP/2.0/UDP ', '1 '), text)
      .map(([start, rest]) => start + rest)
    check(
      fc.oneof(text, nearly, fc.string({ unit: 'binary' })),
      value => {
        const uri = parseUri(value)
        if (uri) expect(parseUri(writeUri(uri))).toEqual(uri)
        const nameAddr = parseNameAddr(value)
        if (nameAddr) expect(parseNameAddr(writeNameAddr(nameAddr))).toEqual(nameAddr)
        const via = parseVia(value)
        if (via) expect(parseVia(writeVia(via))).toEqual(via)
        parseCSeq(value)
      },
      5000,
    )
  })
})
