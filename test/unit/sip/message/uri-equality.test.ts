import { expect, test } from 'vitest'
import type { Uri } from '../../../../src/sip/message/message.ts'
import { parseUri } from '../../../../src/sip/message/uri.ts'
import { uriEquals } from '../../../../src/sip/message/uri-equality.ts'

const read = (text: string): Uri => {
  const uri = parseUri(text)
  if (uri === undefined) throw new Error(`No URI: ${text}`)
  return uri
}

/** The first four are the examples of RFC 3261 section 19.1.4. */
test.each([
  ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
  ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
  [
    'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
    'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
  ],
  [
    'sip:alice@atlanta.com?subject=project%20x&priority=urgent',
    'sip:alice@atlanta.com?priority=urgent&subject=project%20x',
  ],
  ['sip:carol@chicago.com;newparam=5', 'sip:carol@chicago.com;security=on'],
  ['sip:a@h;x=A%2fb', 'sip:a@h;x=a%2Fb'],
  ['sip:a@[2001:DB8::1]', 'sip:a@[2001:db8::1]'],
  ['sip:#1@h', 'sip:%231@h'],
  ['sip:h?Subject=a', 'sip:h?subject=a'],
  ['tel:+1', 'TEL:+1'],
])('%s is %s', (a, b) => {
  expect(uriEquals(read(a), read(b))).toBe(true)
  expect(uriEquals(read(b), read(a))).toBe(true)
})

/** The first seven are examples of the same section. */
test.each([
  ['SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
  ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
  ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
  ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
  ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
  ['sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
  ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
  ['sip:a@h', 'sips:a@h'],
  ['sip:a@h', 'sip:h'],
  ['sip:a@h', 'sip:a:@h'],
  ['sip:a:p@h', 'sip:a:P@h'],
  ['sip:a%2Bb@h', 'sip:a+b@h'],
  ['sip:a%2540@h', 'sip:a%40@h'],
  ['sip:h;maddr=192.0.2.1', 'sip:h'],
  ['sip:h;user=phone', 'sip:h'],
  ['sip:h;ttl=1', 'sip:h;ttl=2'],
  ['sip:h;method=INVITE', 'sip:h'],
  ['sip:h;x', 'sip:h;x=1'],
  ['sip:h?a=1&b=2', 'sip:h?a=1'],
  ['sip:h?a=1', 'sip:h?a=2'],
  ['sip:a@h', 'tel:a'],
  ['tel:+1', 'tel:+2'],
])('%s is not %s', (a, b) => {
  expect(uriEquals(read(a), read(b))).toBe(false)
  expect(uriEquals(read(b), read(a))).toBe(false)
})
