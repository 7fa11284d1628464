import { describe, expect, test } from 'vitest'
import type { Uri } from '../../../../src/sip/message/message.ts'
import { isSipUri, parseUri, uriParam, writeUri } from '../../../../src/sip/message/uri.ts'

const read = (text: string): Uri => {
  const uri = parseUri(text)
  if (uri === undefined) throw new Error(`No URI: ${text}`)
  return uri
}

const READ: readonly (readonly [text: string, uri: Uri])[] = [
  ['sip:example.com', { scheme: 'sip', host: 'example.com', params: [] }],
  ['SIPS:Example.COM', { scheme: 'sips', host: 'example.com', params: [] }],
  ['sip:alice@192.0.2.1:5060', { scheme: 'sip', user: 'alice', host: '192.0.2.1', port: 5060, params: [] }],
  ['sip:alice:secret@h', { scheme: 'sip', user: 'alice', password: 'secret', host: 'h', params: [] }],
  ['sip:alice:@h', { scheme: 'sip', user: 'alice', password: '', host: 'h', params: [] }],
  ['sip:a:5060', { scheme: 'sip', host: 'a', port: 5060, params: [] }],
  ['sip:my_host.local', { scheme: 'sip', host: 'my_host.local', params: [] }],
  ['sip:#31#@h', { scheme: 'sip', user: '#31#', host: 'h', params: [] }],
  ['sip:%40%3a@h', { scheme: 'sip', user: '%40%3a', host: 'h', params: [] }],
  ['sip:a@[2001:DB8::1]:5062', { scheme: 'sip', user: 'a', host: '2001:db8::1', port: 5062, params: [] }],
  ['sip:[::]', { scheme: 'sip', host: '::', params: [] }],
  ['sip:[1:2:3:4:5:6:7:8]', { scheme: 'sip', host: '1:2:3:4:5:6:7:8', params: [] }],
  ['sip:[1:2:3:4:5:6:192.0.2.1]', { scheme: 'sip', host: '1:2:3:4:5:6:192.0.2.1', params: [] }],
  ['sip:h;LR', { scheme: 'sip', host: 'h', params: [['lr', undefined]] }],
  [
    'sip:h;Transport=TCP;x=[a]=/',
    {
      scheme: 'sip',
      host: 'h',
      params: [
        ['transport', 'TCP'],
        ['x', '[a]=/'],
      ],
    },
  ],
  [
    'sip:h;%6C%72;a%3bb=1',
    {
      scheme: 'sip',
      host: 'h',
      params: [
        ['lr', undefined],
        ['a%3bb', '1'],
      ],
    },
  ],
  ['sip:h?Subject=x%20y&to=a', { scheme: 'sip', host: 'h', params: [], headers: 'Subject=x%20y&to=a' }],
  [
    'sip:+1-555;phone-context=x@h;user=phone',
    { scheme: 'sip', user: '+1-555;phone-context=x', host: 'h', params: [['user', 'phone']] },
  ],
  ['tel:+1-201-555-0123;ext=7', { scheme: 'tel', opaque: '+1-201-555-0123;ext=7' }],
  ['URN:uuid:f81d4fae', { scheme: 'urn', opaque: 'uuid:f81d4fae' }],
]

test.each(READ)('%s is read', (text, uri) => {
  expect(parseUri(text)).toEqual(uri)
})

test.each([
  ['nothing', ''],
  ['no scheme', 'alice@example.com'],
  ['no scheme before the colon', ':alice'],
  ['a scheme that begins with a digit', '1sip:alice'],
  ['nothing behind the colon', 'sip:'],
  ['nothing behind the colon of another scheme', 'tel:'],
  ['an empty user', 'sip:@h'],
  ['a user without host', 'sip:alice@'],
  ['two users', 'sip:a@b@c'],
  ['white space before', ' sip:h'],
  ['white space inside', 'sip:a b@h'],
  ['white space behind', 'sip:h '],
  ['angle brackets', '<sip:h>'],
  ['an escape cut short', 'sip:a%4@h'],
  ['an escape cut short at the end', 'sip:h;a=%4'],
  ['an escape that is none', 'sip:a%zz@h'],
  ['a port of letters', 'sip:h:sip'],
  ['an empty port', 'sip:h:'],
  ['port 0', 'sip:h:0'],
  ['port 65536', 'sip:h:65536'],
  ['an empty parameter', 'sip:h;;lr'],
  ['a parameter without name', 'sip:h;=x'],
  ['a parameter with an empty value', 'sip:h;x='],
  ['too many parameters', `sip:h${';a'.repeat(65)}`],
  ['a colon behind another port', 'sip:h:1:2'],
  ['no header behind the question mark', 'sip:h?'],
  ['IPv6 without brackets', 'sip:2001:db8::10'],
  ['IPv6 without the closing bracket', 'sip:[2001:db8::10'],
  ['an empty reference', 'sip:[]'],
  ['IPv6 with three colons', 'sip:[2001:db8:::1]'],
  ['IPv6 with two gaps', 'sip:[1::2::3]'],
  ['IPv6 with seven groups', 'sip:[1:2:3:4:5:6:7]'],
  ['IPv6 with nine groups', 'sip:[1:2:3:4:5:6:7:8:9]'],
  ['IPv6 with a gap for nothing', 'sip:[1:2:3:4::5:6:7:8]'],
  ['IPv6 with a long group', 'sip:[::12345]'],
  ['IPv6 with IPv4 in front', 'sip:[192.0.2.1::1]'],
  ['IPv6 with a lone IPv4', 'sip:[192.0.2.1::]'],
  ['IPv6 with a bad IPv4', 'sip:[::192.0.2.256]'],
  ['IPv4 in brackets', 'sip:[192.0.2.1]'],
  ['a zone', 'sip:[fe80::1%25eth0]'],
  ['a NUL', 'sip:a\0@h'],
  ['octets beyond ASCII', 'sip:j\xf6rg@h'],
  ['text beyond octets that would end up as one', 'sip:a\u0140h'],
])('%s makes no URI', (_, text) => {
  expect(parseUri(text)).toBeUndefined()
})

describe('written again', () => {
  test.each(READ)('%s says the same', (_, uri) => {
    expect(parseUri(writeUri(uri))).toEqual(uri)
  })

  test('as text', () => {
    expect(writeUri(read('SIP:a:b@[2001:DB8::1]:5060;Transport=tcp;lr?x=y'))).toBe(
      'sip:a:b@[2001:db8::1]:5060;transport=tcp;lr?x=y',
    )
    expect(writeUri(read('tel:+1'))).toBe('tel:+1')
  })
})

describe('a parameter of a URI', () => {
  const uri = read('sip:h;lr;user=phone;x=%C3%A9%3b;x=2')

  test('has a value without escapes, the first of its name', () => {
    expect(uriParam(uri, 'user')).toBe('phone')
    expect(uriParam(uri, 'x')).toBe('é;')
  })

  test('that is a flag is the empty string', () => {
    expect(uriParam(uri, 'lr')).toBe('')
  })

  test('that is not there is undefined, and no other scheme has any', () => {
    expect(uriParam(uri, 'maddr')).toBeUndefined()
    expect(uriParam(read('tel:+1;ext=2'), 'ext')).toBeUndefined()
  })
})

test('only sip and sips URIs have a host', () => {
  expect(['sip:h', 'sips:h', 'tel:+1'].map(text => isSipUri(read(text)))).toEqual([true, true, false])
})
