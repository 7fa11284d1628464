import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { headerValue } from '../../../../src/sip/message/header.ts'
import type { FaultCode } from '../../../../src/sip/message/message.ts'
import { tagOf } from '../../../../src/sip/message/name-addr.ts'
import { parseMessage } from '../../../../src/sip/message/parse.ts'
import { decodeText } from '../../../../src/sip/message/text.ts'
import { uriParam, writeUri } from '../../../../src/sip/message/uri.ts'
import {
  faultOf,
  octets,
  parsed,
  parsedRequest,
  parsedResponse,
  RFC_4475,
  RFC_5118,
  readVector,
  readVectorJson,
  type VectorCase,
} from './datagrams.ts'

const VALID = [
  ...['wsinv', 'intmeth', 'esc01', 'escnull', 'esc02', 'lwsdisp', 'longreq', 'dblreq', 'semiuri', 'transports'],
  ...['mpart01', 'unreason', 'noreason', 'cparam01', 'cparam02', 'inv2543'],
  ...['ipv6-good', 'port-ambiguous', 'port-unambiguous', 'via-received-param-with-delim'],
  ...['via-received-param-no-delim', 'ipv6-in-sdp', 'mult-ip-in-header', 'mult-ip-in-sdp', 'ipv4-mapped-ipv6'],
  'ipv6-correct-abnf-2-colons',
]

/** What the parser refuses. `silent`: nothing may or can be answered. */
const REFUSED: Readonly<Record<string, { code: FaultCode; header?: string; silent?: true }>> = {
  badinv01: { code: 'header-syntax', header: 'via', silent: true },
  clerr: { code: 'content-length', header: 'content-length' },
  ncl: { code: 'content-length', header: 'content-length' },
  scalar02: { code: 'header-syntax', header: 'cseq' },
  scalarlg: { code: 'header-syntax', header: 'cseq', silent: true },
  quotbal: { code: 'header-syntax', header: 'to' },
  ltgtruri: { code: 'start-line' },
  lwsruri: { code: 'start-line' },
  lwsstart: { code: 'start-line' },
  trws: { code: 'start-line' },
  escruri: { code: 'start-line' },
  regbadct: { code: 'header-syntax', header: 'contact' },
  badaspec: { code: 'header-syntax', header: 'to' },
  baddn: { code: 'header-syntax', header: 'from' },
  badvers: { code: 'version' },
  mismatch01: { code: 'cseq-mismatch', header: 'cseq' },
  mismatch02: { code: 'cseq-mismatch', header: 'cseq' },
  bigcode: { code: 'start-line', silent: true },
  insuf: { code: 'missing-header', header: 'from' },
  multi01: { code: 'duplicate-header', header: 'cseq' },
  mcl01: { code: 'duplicate-header', header: 'content-length' },
  test: { code: 'start-line', silent: true },
  'ipv6-bad': { code: 'start-line' },
  'ipv6-bug-abnf-3-colons': { code: 'start-line' },
}

/** Well-formed messages that a layer above has to refuse or to treat with care. */
const LEFT_TO_UPPER_LAYERS: Readonly<Record<string, string>> = {
  baddate: 'Date has no meaning here: whoever uses it reads it, and ignores what is not in GMT',
  badbranch: 'a branch that is the bare cookie matches no transaction: the transaction layer',
  unkscm: '416 is for who knows which schemes are served',
  novelsc: '416 is for who knows which schemes are served',
  unksm2: 'To and Contact of unknown schemes are the registrar’s to refuse',
  bext01: '420 is for who knows the extensions',
  invut: '415 is for who knows the content types',
  regaut01: 'an unknown authentication scheme is challenged again by the registrar',
  bcast: 'a response whose Via is not ours alone is discarded by the transport',
  zeromf: '483 is for who relays; the target itself answers',
  regescrt: 'a Contact with headers in its URI is the registrar’s to keep or refuse',
  sdp01: '406 is for who knows which bodies can be sent',
}

const CASES = [
  ...RFC_4475.map(item => ({ ...item, path: `rfc4475/${item.file}` })),
  ...RFC_5118.map(item => ({ ...item, path: `rfc5118/${item.file}` })),
]

const casesOf = (names: readonly string[]): readonly (VectorCase & { readonly path: string })[] =>
  CASES.filter(item => names.includes(item.case))

const vector = (name: string): Uint8Array => {
  const found = CASES.find(item => item.case === name)
  if (found === undefined) throw new Error(`No vector ${name}`)
  return readVector(found.path)
}

describe('the vectors themselves', () => {
  test('every one is in exactly one list', () => {
    const listed = [...VALID, ...Object.keys(REFUSED), ...Object.keys(LEFT_TO_UPPER_LAYERS)]
    expect(listed.toSorted()).toEqual(CASES.map(item => item.case).toSorted())
  })

  test.each(CASES)('$case has the octets of its source', ({ path, sha256 }) => {
    expect(createHash('sha256').update(readVector(path)).digest('hex')).toBe(sha256)
  })
})

test.each(casesOf(VALID))('$case is read', ({ path }) => {
  expect(parseMessage(readVector(path))).toMatchObject({ ok: true })
})

test.each(casesOf(Object.keys(LEFT_TO_UPPER_LAYERS)))('$case is read, and left to a layer above', ({ path }) => {
  expect(parseMessage(readVector(path))).toMatchObject({ ok: true })
})

describe('refused', () => {
  test.each(casesOf(Object.keys(REFUSED)))('$case', ({ case: name, path, accept, dropAllowed }) => {
    const expected = REFUSED[name]
    const fault = faultOf(readVector(path))
    expect({ code: fault.code, header: fault.header }).toEqual({ code: expected?.code, header: expected?.header })
    if (expected?.silent) {
      expect(fault.reply).toBeUndefined()
      expect(dropAllowed).toBe(true)
    } else expect(accept).toContain(fault.reply?.status)
  })
})

describe('what the unusual ones say', () => {
  test('wsinv: white space and folds wherever they may be', () => {
    const message = parsedRequest(vector('wsinv'))
    expect(writeUri(message.uri)).toBe('sip:vivekg@chair-dnrc.example.com;unknownparam')
    expect(tagOf(message.to)).toBe('1918181833n')
    expect(message.from.displayName).toBe('J Rosenberg \\"')
    expect(tagOf(message.from)).toBe('98asjd8')
    expect(message.maxForwards).toBe(68)
    expect(message.cseq).toEqual({ number: 9, method: 'INVITE' })
    expect(message.via).toEqual([
      { transport: 'UDP', host: '192.0.2.2', params: [['branch', '390skdjuw']] },
      { transport: 'TCP', host: 'spindle.example.com', params: [['branch', 'z9hG4bK9ikj8']] },
      { transport: 'UDP', host: '192.168.255.111', params: [['branch', 'z9hG4bK30239']] },
    ])
    expect(headerValue(message, 'subject')).toBe('')
    expect(headerValue(message, 'newfangledheader')).toBe('newfangled value continued newfangled value')
    expect(message.routes.map(route => writeUri(route.uri))).toEqual([
      'sip:services.example.com;lr;unknownwith=value;unknown-no-value',
    ])
    expect(message.contacts).toMatchObject([
      {
        displayName: 'Quoted string ""',
        params: [
          ['newparam', 'newvalue'],
          ['secondparam', undefined],
          ['q', '0.33'],
        ],
      },
    ])
    expect(message.body.length).toBe(150)
  })

  test('intmeth: every character that a method, a URI and a display name can have', () => {
    const message = parsedRequest(vector('intmeth'))
    expect(message.method).toBe("!interesting-Method0123456789_*+`.%indeed'~")
    expect(message.uri).toEqual({
      scheme: 'sip',
      user: "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*",
      password: "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)",
      host: 'example.com',
      params: [],
    })
    expect(message.to.displayName).toBe('BEL:\x07 NUL:\x00 DEL:\x7f')
    expect(message.from.displayName).toBe("token1~` token2'+_ token3*%!.-")
    expect(tagOf(message.from)).toBe("_token~1'+`*%!-.")
    expect(decodeText(message.from.params[0]?.[1] ?? '')).toBe('работающий')
    expect(decodeText(headerValue(message, "extensionheader-!.%*+_`'~") ?? '')).toBe('\ufeff大停電')
  })

  test('esc01: an escaped sips URI is a user part, and an escaped lr is lr', () => {
    const message = parsedRequest(vector('esc01'))
    expect(message.uri).toMatchObject({ scheme: 'sip', user: 'sips%3Auser%40example.com', host: 'example.net' })
    const contact = message.contacts === '*' ? undefined : message.contacts[0]
    if (contact === undefined) throw new Error('No Contact')
    expect(uriParam(contact.uri, 'lr')).toBe('')
    expect(uriParam(contact.uri, 'name')).toBe('value%41')
  })

  test('escnull: an escaped NUL ends nothing', () => {
    expect(parsed(vector('escnull')).contacts).toMatchObject([
      { uri: { user: '%00', host: 'host5.example.com' } },
      { uri: { user: '%00%00', host: 'host5.example.com' } },
    ])
  })

  test('esc02: escapes in a method and a header name are no escapes', () => {
    const message = parsedRequest(vector('esc02'))
    expect(message.method).toBe('RE%47IST%45R')
    expect(message.to.displayName).toBe('%Z%45')
    expect(message.contacts).toHaveLength(2)
    expect(headerValue(message, 'c%6fntact')).toBe('<sip:alias2@host2.example.com>')
  })

  test('longreq: nothing is cut short', () => {
    const message = parsedRequest(vector('longreq'))
    expect(message.via).toHaveLength(34)
    expect(message.via.at(-1)?.params[1]?.[1]).toMatch(/^very(long)+branchvalue$/)
    expect(headerValue(message, `unknown-${'long'.repeat(20)}-name`)).toMatch(/^unknown-(long)+-value; /)
  })

  test('dblreq: what follows the first message is not part of it', () => {
    const message = parsedRequest(vector('dblreq'))
    expect(message.method).toBe('REGISTER')
    expect(message.body).toHaveLength(0)
  })

  test('semiuri: a semicolon in the user part', () => {
    expect(parsedRequest(vector('semiuri')).uri).toEqual({
      scheme: 'sip',
      user: 'user;par=u%40example.net',
      host: 'example.com',
      params: [],
    })
  })

  test('transports: also unknown ones', () => {
    expect(parsed(vector('transports')).via.map(via => via.transport)).toEqual(['UDP', 'SCTP', 'TLS', 'UNKNOWN', 'TCP'])
  })

  test('mpart01: a binary body is kept octet by octet', () => {
    const bytes = vector('mpart01')
    const message = parsed(bytes)
    expect(message.contentType).toBe('multipart/mixed')
    expect(message.body).toEqual(bytes.subarray(bytes.length - 553))
  })

  test('unreason and noreason: reasons in another language, and none', () => {
    expect(decodeText(parsedResponse(vector('unreason')).reason)).toBe(
      '= 2**3 * 5**2 но сто девяносто девять - простое',
    )
    expect(parsedResponse(vector('noreason'))).toMatchObject({ status: 100, reason: '' })
  })

  test('cparam01 and cparam02: a parameter belongs to the header or to the URI', () => {
    expect(parsed(vector('cparam01')).contacts).toMatchObject([
      { uri: { params: [] }, params: [['unknownparam', undefined]] },
    ])
    expect(parsed(vector('cparam02')).contacts).toMatchObject([
      { uri: { params: [['unknownparam', undefined]] }, params: [] },
    ])
  })

  test('insuf: the answer has what there was', () => {
    expect(faultOf(vector('insuf')).reply?.headers.map(([name]) => name)).toEqual(['CSeq', 'Via'])
  })

  test('port-ambiguous and port-unambiguous: a port stands behind the brackets', () => {
    expect(parsedRequest(vector('port-ambiguous')).uri).toEqual({
      scheme: 'sip',
      host: '2001:db8::10:5070',
      params: [],
    })
    expect(parsedRequest(vector('port-unambiguous')).uri).toMatchObject({ host: '2001:db8::10', port: 5070 })
  })

  test('received with and without brackets', () => {
    expect(parsed(vector('via-received-param-with-delim')).via[0]?.params[0]).toEqual(['received', '[2001:db8::9:255]'])
    expect(parsed(vector('via-received-param-no-delim')).via[0]?.params[0]).toEqual(['received', '2001:db8::9:255'])
  })

  test('ipv4-mapped-ipv6', () => {
    const message = parsed(vector('ipv4-mapped-ipv6'))
    expect(message.via[0]).toMatchObject({ host: '::ffff:192.0.2.10', port: 19823 })
    expect(message.contacts).toMatchObject([{ displayName: 'T. desk phone', uri: { host: '::ffff:192.0.2.2' } }])
  })
})

describe('inputs that broke another parser', () => {
  const { cases } = readVectorJson('sip-fuzz-crashers-sipgo.json') as {
    readonly cases: readonly { readonly id: string; readonly goLiteral: string }[]
  }

  test.each(cases)('$id is a fault', ({ goLiteral }) => {
    const text = JSON.parse(goLiteral.slice('string('.length, -1)) as string
    expect(faultOf(octets(text)).code).toBe('start-line')
  })
})
