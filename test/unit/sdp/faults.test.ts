import { describe, expect, test } from 'vitest'
import { answerTo, offerWith, ourEnd, sdp } from './bodies.ts'

const session = ['v=0', 'o=- 1 1 IN IP4 198.51.100.7', 's=-', 'c=IN IP4 198.51.100.7', 't=0 0']
const repeat = (count: number, line: string): string[] => Array.from({ length: count }, () => line)

describe('offers that cannot be read are answered with 400', () => {
  test.each([
    ['nothing at all', new Uint8Array(0), 'syntax', 1],
    ['text of another kind', sdp('{"hello": "world"}'), 'syntax', 1],
    ['bytes that are no text', new Uint8Array([0xff, 0xfe, 0x00, 0x80]), 'syntax', 1],
    ['a later version of SDP', sdp('v=1', 'm=audio 4000 RTP/AVP 0'), 'syntax', 1],
    ['a line without a type', offerWith('m=audio 4000 RTP/AVP 0', 'hello'), 'syntax', 7],
    ['a NUL inside a line', offerWith('m=audio 4000 RTP/AVP 0', 'a=x\0y'), 'syntax', 7],
    ['the port -1', offerWith('m=audio -1 RTP/AVP 0'), 'syntax', 6],
    ['the port 65536', offerWith('m=audio 65536 RTP/AVP 0'), 'syntax', 6],
    ['a port without a neighbour for RTCP', offerWith('m=audio 65535 RTP/AVP 0'), 'syntax', 6],
    ['an m= line without formats', offerWith('m=audio 4000 RTP/AVP'), 'syntax', 6],
    ['an m= line without a transport', offerWith('m=audio 4000'), 'syntax', 6],
    ['the payload type 999999999999', offerWith('m=audio 4000 RTP/AVP 0 999999999999'), 'syntax', 6],
    ['the payload type 128', offerWith('m=audio 4000 RTP/AVP 128'), 'syntax', 6],
    ['a payload type that is a word', offerWith('m=audio 4000 RTP/AVP PCMU'), 'syntax', 6],
    ['no c= line', sdp('v=0', 't=0 0', 'm=audio 4000 RTP/AVP 0'), 'syntax', 3],
    ['a c= line without an address', offerWith('m=audio 4000 RTP/AVP 0', 'c=IN IP4'), 'syntax', 7],
    ['an address that is none', offerWith('m=audio 4000 RTP/AVP 0', 'c=IN IP4 999.1.1.1'), 'syntax', 7],
    ['an address of three parts', offerWith('m=audio 4000 RTP/AVP 0', 'c=IN IP4 10.1.1'), 'syntax', 7],
    ['an octal address', offerWith('m=audio 4000 RTP/AVP 0', 'c=IN IP4 010.1.1.1'), 'syntax', 7],
    ['an address with a prefix length', offerWith('m=audio 4000 RTP/AVP 0', 'c=IN IP4 10.1.1.1/24'), 'syntax', 7],
    ['an IPv6 address that says IP4', offerWith('m=audio 4000 RTP/AVP 0', 'c=IN IP4 2001:db8::1'), 'syntax', 7],
    ['an IPv4 address that says IP6', offerWith('m=audio 4000 RTP/AVP 0', 'c=IN IP6 10.1.1.1'), 'syntax', 7],
    ['an address in brackets', offerWith('m=audio 4000 RTP/AVP 0', 'c=IN IP6 [2001:db8::1]'), 'syntax', 7],
    ['an address with a zone', offerWith('m=audio 4000 RTP/AVP 0', 'c=IN IP6 fe80::1%eth0'), 'syntax', 7],
    ['16 KiB and more', offerWith('m=audio 4000 RTP/AVP 0', `a=${'x'.repeat(16 * 1024)}`), 'too-large', undefined],
    ['600 lines', offerWith('m=audio 4000 RTP/AVP 0', ...repeat(600, 'a=x')), 'too-large', undefined],
    ['17 streams', offerWith(...repeat(17, 'm=audio 4000 RTP/AVP 0')), 'too-large', 22],
    ['65 formats', offerWith(`m=audio 4000 RTP/AVP${' 0'.repeat(65)}`), 'too-large', 6],
  ])('%s', (_, offer, code, line) => {
    const result = answerTo(offer, ourEnd())
    expect(result).toMatchObject({ ok: false, code, status: 400 })
    expect(result).toHaveProperty('message', expect.stringMatching(/^[A-Z].*\.$/))
    expect('line' in result ? result.line : undefined).toBe(line)
  })
})

describe('offers that cannot be agreed on are answered with 488', () => {
  test.each([
    ['no stream', offerWith(), 'no-audio', undefined],
    ['only video', offerWith('m=video 4000 RTP/AVP 96'), 'no-audio', undefined],
    ['audio with port 0', offerWith('m=audio 0 RTP/AVP 0'), 'no-audio', undefined],
    ['SRTP', offerWith('m=audio 4000 RTP/SAVP 0'), 'unsupported-transport', 6],
    ['feedback profiles', offerWith('m=audio 4000 RTP/AVPF 0'), 'unsupported-transport', 6],
    ['RTP over TCP', offerWith('m=audio 4000 TCP/RTP/AVP 0'), 'unsupported-transport', 6],
    ['codecs unknown here', offerWith('m=audio 4000 RTP/AVP 18 4'), 'no-common-codec', 6],
    [
      'nothing but events',
      offerWith('m=audio 4000 RTP/AVP 101', 'a=rtpmap:101 telephone-event/8000'),
      'no-common-codec',
      6,
    ],
    ['a host name', offerWith('m=audio 4000 RTP/AVP 0', 'c=IN IP4 media.example.com'), 'unsupported-address', 7],
    ['a group', offerWith('m=audio 4000 RTP/AVP 0', 'c=IN IP4 224.2.1.1/127/3'), 'unsupported-address', 7],
    ['an IPv6 group', offerWith('m=audio 4000 RTP/AVP 0', 'c=IN IP6 FF15::101'), 'unsupported-address', 7],
    ['everyone on the link', offerWith('m=audio 4000 RTP/AVP 0', 'c=IN IP4 255.255.255.255'), 'unsupported-address', 7],
    ['an ATM address', offerWith('m=audio 4000 RTP/AVP 0', 'c=ATM NSAP 47.0091'), 'unsupported-address', 7],
    ['the other family', offerWith('m=audio 4000 RTP/AVP 0', 'c=IN IP6 2001:db8::1'), 'unsupported-address', 7],
  ])('%s', (_, offer, code, line) => {
    const result = answerTo(offer, ourEnd())
    expect(result).toMatchObject({ ok: false, code, status: 488 })
    expect('line' in result ? result.line : undefined).toBe(line)
  })

  test('of several streams the first is the one that is talked about', () => {
    const offer = offerWith('m=audio 4000 RTP/SAVP 0', 'm=audio 4002 RTP/AVP 18')
    expect(answerTo(offer, ourEnd())).toMatchObject({ code: 'unsupported-transport', line: 6 })
  })
})

describe('what is odd but harmless is answered', () => {
  test.each([
    ['no o=, s= or t= line', sdp('v=0', 'c=IN IP4 198.51.100.7', 'm=audio 4000 RTP/AVP 0')],
    [
      'a host name in o=',
      sdp('v=0', 'o=bob 1 1 IN IP4 host.example.com', ...session.slice(2), 'm=audio 4000 RTP/AVP 0'),
    ],
    ['empty lines', sdp(...session, '', 'm=audio 4000 RTP/AVP 0', '', '')],
    ['bare carriage returns', new TextEncoder().encode([...session, 'm=audio 4000 RTP/AVP 0'].join('\r'))],
    ['spaces at the end of lines', offerWith('m=audio 4000 RTP/AVP  0  ', 'c=IN IP4 198.51.100.7 ')],
    ['a number of ports', offerWith('m=audio 4000/1 RTP/AVP 0')],
    ['a payload type listed twice', offerWith('m=audio 4000 RTP/AVP 0 0 0')],
    ['an rtpmap of a payload type not listed', offerWith('m=audio 4000 RTP/AVP 0', 'a=rtpmap:999999999999 X/1')],
    ['attributes cut short', offerWith('m=audio 4000 RTP/AVP 0', 'a=rtpmap:', 'a=fmtp:', 'a=ptime:', 'a=rtcp:', 'a=')],
    ['a name that is a number', offerWith('m=audio 4000 RTP/AVP 0 96', 'a=rtpmap:96 1234/8000', 'a=fmtp:0 7')],
    [
      'an unused c= line with a bad address',
      offerWith('m=audio 4000 RTP/AVP 0', 'm=video 1 RTP/AVP 96', 'c=IN IP4 x..'),
    ],
  ])('%s', (_, offer) => {
    expect(answerTo(offer, ourEnd())).toMatchObject({ ok: true, negotiated: { send: { name: 'PCMU' } } })
  })
})
