import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { sipUriFault } from '../../../src/dialects/sip-uri.ts'

const hostile = JSON.parse(readFileSync(new URL('../../vectors/hostile-inputs.json', import.meta.url), 'utf8')) as {
  readonly crlf: readonly string[]
}

describe('D25: SIP URIs that a flow may call', () => {
  test.each([
    'sip:bob@example.com',
    'SIP:bob@example.com',
    'sips:bob@example.com:5061;transport=tls',
    'sip:example.com',
    'sip:+4930901820@192.0.2.1;user=phone',
    'sip:bob@[2001:db8::1]:5060;lr',
    'sip:*21%23@pbx_1.example.com',
    'sip:49XXXXXXXXXXX@sip.myTrunk.com',
    'sip:alice;day=tuesday@example.com',
    "sip:j!~*'()&=+$,/@h",
    'sip:x@h:65535',
  ])('%s is fine', uri => {
    expect(sipUriFault(uri)).toBeUndefined()
  })

  test.each([
    '',
    'bob@example.com',
    'tel:+1900;phone-context=evil',
    'http://example.com/',
    'sip:',
    'sip:@h',
    'sip:bob@',
    'sip:bob@h:0',
    'sip:x@h:99999',
    'sip:x@h:-1',
    'sip:x@h:',
    'sip:x@-h.example-',
    'sip:x@[::1',
    'sip:x@h;maddr=127.0.0.1',
    'sip:x@h;MADDR=127.0.0.1',
    'sip:x@h;ttl=255',
    'sip:x@h;method=BYE',
    'sip:x@h;=1',
    'sip:x@h?Route=%3Csip:evil%3E',
    'sip:x@h?body=v%3D0',
    'sip:u:S3cr3t-URI@h',
    'sip:%00@h',
    'sip:x%0d%0aVia:@h',
    'sip:x%0dy@h',
    'sip:x%1Fy@h',
    'sip:x%7fy@h',
    'sip:x%zz@h',
    'sip:a b@h',
    'sip:"a"@h',
    'sip:a@h>;tag=1',
    'sip:a@h, <sip:b@127.0.0.1>',
    `sip:${'a'.repeat(70_000)}@h`,
    `sip:bob@${'a'.repeat(400)}`,
    `sip:bob@h${';'.repeat(500)}=`,
  ])('%s is refused', uri => {
    expect(sipUriFault(uri)).toMatch(/\.$/)
  })

  test.each(hostile.crlf.map(text => [text]))('%j breaks out nowhere', text => {
    expect(sipUriFault(`sip:${text}@h`)).toBeDefined()
    expect(sipUriFault(`sip:x@${text}`)).toBeDefined()
    expect(sipUriFault(`sip:x@h;p=${text}`)).toBeDefined()
  })
})
