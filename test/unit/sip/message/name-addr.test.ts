import { describe, expect, test } from 'vitest'
import type { NameAddr } from '../../../../src/sip/message/message.ts'
import { parseNameAddr, tagOf, writeNameAddr } from '../../../../src/sip/message/name-addr.ts'

const bob = { scheme: 'sip', user: 'bob', host: 'h', params: [] } as const

const READ: readonly (readonly [text: string, nameAddr: NameAddr])[] = [
  ['<sip:bob@h>', { uri: bob, params: [] }],
  ['sip:bob@h', { uri: bob, params: [] }],
  ['  sip:bob@h  ', { uri: bob, params: [] }],
  ['sip:bob@h;tag=1', { uri: bob, params: [['tag', '1']] }],
  ['<sip:bob@h;x>;y', { uri: { ...bob, params: [['x', undefined]] }, params: [['y', undefined]] }],
  ['<sip:bob@h?Subject=x>', { uri: { ...bob, headers: 'Subject=x' }, params: [] }],
  ['Bob <sip:bob@h>', { displayName: 'Bob', uri: bob, params: [] }],
  ['Bob<sip:bob@h>', { displayName: 'Bob', uri: bob, params: [] }],
  ['Mr  Bob\t<sip:bob@h>', { displayName: 'Mr  Bob', uri: bob, params: [] }],
  ['+1 (555) 0123 @home <sip:bob@h>', { displayName: '+1 (555) 0123 @home', uri: bob, params: [] }],
  ['J\xc3\xa0 <sip:bob@h>', { displayName: 'J\xc3\xa0', uri: bob, params: [] }],
  ['"Bob" <sip:bob@h>', { displayName: 'Bob', uri: bob, params: [] }],
  ['"" <sip:bob@h>', { displayName: '', uri: bob, params: [] }],
  ['"a, \\"b\\" \\\\ <c>;"<sip:bob@h>', { displayName: 'a, "b" \\ <c>;', uri: bob, params: [] }],
  [
    '<sip:bob@h> ; TAG = 1 ; x = "a;\\"b" ; y',
    {
      uri: bob,
      params: [
        ['tag', '1'],
        ['x', 'a;"b'],
        ['y', undefined],
      ],
    },
  ],
  ['<sip:bob@h>;x=""', { uri: bob, params: [['x', '']] }],
  ['<sip:bob@h>;tag=aGVsbG8=/[1]:', { uri: bob, params: [['tag', 'aGVsbG8=/[1]:']] }],
  ['<sip:bob@h>;+sip.instance="<urn:uuid:1>"', { uri: bob, params: [['+sip.instance', '<urn:uuid:1>']] }],
  ['<tel:+1;ext=2>;tag=1', { uri: { scheme: 'tel', opaque: '+1;ext=2' }, params: [['tag', '1']] }],
  ['tel:+1;tag=1', { uri: { scheme: 'tel', opaque: '+1' }, params: [['tag', '1']] }],
]

test.each(READ)('%s is read', (text, nameAddr) => {
  expect(parseNameAddr(text)).toEqual(nameAddr)
})

test.each([
  ['nothing', ''],
  ['only a name', '"Bob"'],
  ['a name and a URI without brackets', '"Bob" sip:bob@h'],
  ['an unfinished quoted string', '"Bob <sip:bob@h>'],
  ['a quoted string that ends in a backslash', '"Bob\\'],
  ['a line break in a quoted string', '"Bob\r\n" <sip:bob@h>'],
  ['an escaped line break', '"Bob\\\n" <sip:bob@h>'],
  ['a NUL in a quoted string', '"Bob\0" <sip:bob@h>'],
  ['an unquoted comma', 'Bell, Alexander <sip:bob@h>'],
  ['no closing bracket', '<sip:bob@h'],
  ['white space within the brackets', '< sip:bob@h >'],
  ['two brackets', '<<sip:bob@h>>'],
  ['empty brackets', '<>'],
  ['headers without brackets', 'sip:bob@h?Subject=x'],
  ['a semicolon in the user part without brackets', 'sip:bob;x=1@h'],
  ['a trailing semicolon', '<sip:bob@h>;'],
  ['empty parameters', '<sip:bob@h>;;;'],
  ['an empty value', '<sip:bob@h>;tag='],
  ['an unfinished quoted value', '<sip:bob@h>;x="a'],
  ['too many parameters', `<sip:bob@h>${';a'.repeat(65)}`],
  ['two addresses', '<sip:bob@h>, <sip:bob@h>'],
  ['something behind the brackets', '<sip:bob@h> x'],
])('%s makes no address', (_, text) => {
  expect(parseNameAddr(text)).toBeUndefined()
})

describe('written again', () => {
  test.each(READ)('%s says the same', (_, nameAddr) => {
    expect(parseNameAddr(writeNameAddr(nameAddr))).toEqual(nameAddr)
  })

  test('as text', () => {
    const text = writeNameAddr({
      displayName: 'Bob "the" \\ \x07',
      uri: bob,
      params: [
        ['x', 'a b'],
        ['tag', '1'],
        ['y', undefined],
      ],
    })
    expect(text).toBe('"Bob \\"the\\" \\\\ \\\x07" <sip:bob@h>;x="a b";tag=1;y')
  })
})

test('the tag', () => {
  expect(
    tagOf({
      uri: bob,
      params: [
        ['x', '0'],
        ['tag', '1'],
        ['tag', '2'],
      ],
    }),
  ).toBe('1')
  expect(tagOf({ uri: bob, params: [] })).toBeUndefined()
})
