import { describe, expect, test } from 'vitest'
import { createOffer, type LocalMedia, localMediaDiffers } from '../../../src/sdp/index.ts'
import { linesOf, opus, ourEnd, pcma, pcmu } from './bodies.ts'

describe('an offer', () => {
  test('lists every format under the payload type that we want it under', () => {
    expect(linesOf(createOffer(ourEnd({ formats: [opus, pcma] })))).toEqual([
      'v=0',
      'o=- 4711 1 IN IP4 192.0.2.10',
      's=-',
      'c=IN IP4 192.0.2.10',
      't=0 0',
      'm=audio 10000 RTP/AVP 106 8',
      'a=rtpmap:106 opus/48000/2',
      'a=rtpmap:8 PCMA/8000',
      'a=fmtp:106 useinbandfec=1',
      'a=ptime:20',
      'a=sendrecv',
    ])
  })

  test('from an IPv6 address says so', () => {
    expect(linesOf(createOffer(ourEnd({ address: '2001:db8::1' })))).toContain('c=IN IP6 2001:db8::1')
  })

  test.each<[string, Partial<LocalMedia>]>([
    ['a host name', { address: 'pbx.example.com' }],
    ['a codec that has no payload type', { formats: [withoutPayloadType()] }],
    ['no codec', { formats: [] }],
    ['the port 0', { port: 0 }],
    ['the port 65536', { port: 65536 }],
  ])('is refused to a caller that gives %s', (_, changes) => {
    expect(() => createOffer(ourEnd(changes))).toThrow(expect.objectContaining({ code: 'bad-local-media' }))
  })
})

describe('the version of a description goes up', () => {
  test.each<[string, Partial<LocalMedia>]>([
    ['the direction', { direction: 'sendonly' }],
    ['the address', { address: '192.0.2.11' }],
    ['the port', { port: 10_002 }],
    ['the packet time', { ptimeMs: 30 }],
    ['the codecs', { formats: [pcmu] }],
    ['a payload type', { formats: [{ ...pcma, payloadType: 99 }] }],
    ['a refused stream', { closedStreams: [{ index: 1, type: 'video', protocol: 'RTP/AVP', formats: ['96'] }] }],
  ])('with %s', (_, changes) => {
    expect(localMediaDiffers(ourEnd(), ourEnd(changes))).toBe(true)
  })

  test('not when it says the same again', () => {
    expect(localMediaDiffers(ourEnd(), ourEnd({ sessionVersion: 7, rtcpMux: false, closedStreams: [] }))).toBe(false)
  })
})

function withoutPayloadType(): LocalMedia['formats'][number] {
  const { payloadType: _, ...record } = opus
  return record
}
