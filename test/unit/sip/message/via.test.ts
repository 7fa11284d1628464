import { describe, expect, test } from 'vitest'
import type { Via } from '../../../../src/sip/message/message.ts'
import { param } from '../../../../src/sip/message/params.ts'
import { parseVia, writeVia } from '../../../../src/sip/message/via.ts'

const READ: readonly (readonly [text: string, via: Via])[] = [
  ['SIP/2.0/UDP 192.0.2.1', { transport: 'UDP', host: '192.0.2.1', params: [] }],
  ['sip/2.0/udp Host.Example:5061', { transport: 'UDP', host: 'host.example', port: 5061, params: [] }],
  ['SIP / 2.0 / TLS  h : 5061 ; branch = x', { transport: 'TLS', host: 'h', port: 5061, params: [['branch', 'x']] }],
  [
    'SIP/2.0/WSS df7.invalid;rport;BRANCH=z9hG4bK1',
    {
      transport: 'WSS',
      host: 'df7.invalid',
      params: [
        ['rport', undefined],
        ['branch', 'z9hG4bK1'],
      ],
    },
  ],
  [
    'SIP/2.0/UDP [2001:DB8::1]:5060;received=2001:db8::2',
    { transport: 'UDP', host: '2001:db8::1', port: 5060, params: [['received', '2001:db8::2']] },
  ],
  ['SIP/7.0/UDP h', { transport: 'UDP', host: 'h', params: [] }],
]

test.each(READ)('%s is read', (text, via) => {
  expect(parseVia(text)).toEqual(via)
})

test.each([
  ['nothing', ''],
  ['no version', 'SIP/UDP h'],
  ['no transport', 'SIP/2.0/ h'],
  ['no host', 'SIP/2.0/UDP '],
  ['no space before the host', 'SIP/2.0/UDP[::1]'],
  ['port 0, where nothing could be sent', 'SIP/2.0/UDP h:0'],
  ['port 70000', 'SIP/2.0/UDP h:70000'],
  ['extra separators', 'SIP/2.0/UDP h;;,;,,'],
  ['two entries', 'SIP/2.0/UDP h, SIP/2.0/UDP i'],
  ['IPv6 without brackets', 'SIP/2.0/UDP 2001:db8::1'],
])('%s makes no Via', (_, text) => {
  expect(parseVia(text)).toBeUndefined()
})

describe('written again', () => {
  test.each(READ)('%s says the same', (_, via) => {
    expect(parseVia(writeVia(via))).toEqual(via)
  })

  test('as text', () => {
    const via: Via = {
      transport: 'TCP',
      host: '2001:db8::1',
      port: 5060,
      params: [
        ['branch', 'z9hG4bK1'],
        ['rport', undefined],
      ],
    }
    expect(writeVia(via)).toBe('SIP/2.0/TCP [2001:db8::1]:5060;branch=z9hG4bK1;rport')
  })
})

test('a flag is empty, what is absent undefined', () => {
  const params = parseVia('SIP/2.0/UDP h;rport;branch=x')?.params ?? []
  expect(['rport', 'branch', 'received'].map(name => param(params, name))).toEqual(['', 'x', undefined])
})
