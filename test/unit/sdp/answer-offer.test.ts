import { describe, expect, test } from 'vitest'
import type { LocalMedia, Negotiated } from '../../../src/sdp/index.ts'
import {
  answerTo,
  asterisk,
  baresip,
  browser,
  carrier,
  cisco,
  comfortNoise,
  events,
  freeswitch,
  g722,
  linesOf,
  linphone,
  offerWith,
  opus,
  opusEvents,
  ourEnd,
  pcma,
  pcmu,
  sdp,
  sipp,
  terse,
  zoiper,
} from './bodies.ts'

function answered(offer: Uint8Array, local: LocalMedia = ourEnd()): Extract<ReturnType<typeof answerTo>, { ok: true }> {
  const result = answerTo(offer, local)
  if (!result.ok) throw new Error(`${result.code}: ${result.message}`)
  return result
}

const negotiatedOf = (offer: Uint8Array, local?: LocalMedia): Negotiated => answered(offer, local).negotiated

const mediaLinesOf = (offer: Uint8Array, local?: LocalMedia): string[] =>
  linesOf(answered(offer, local).body).filter(line => line.startsWith('m='))

describe('the offers of real peers', () => {
  test.each([
    ['Asterisk', asterisk, 'm=audio 10000 RTP/AVP 8 101', '198.51.100.20', 15822, 15823],
    ['FreeSWITCH', freeswitch, 'm=audio 10000 RTP/AVP 0 101', '198.51.100.30', 28372, 28373],
    ['Linphone', linphone, 'm=audio 10000 RTP/AVP 0 100', '198.51.100.40', 7078, 7079],
    ['baresip', baresip, 'm=audio 10000 RTP/AVP 0 101', '198.51.100.50', 14636, 14636],
    ['Zoiper', zoiper, 'm=audio 10000 RTP/AVP 0 101', '198.51.100.60', 8000, 8001],
    ['a Cisco gateway', cisco, 'm=audio 10000 RTP/AVP 0 101', '198.51.100.71', 17104, 17105],
    ['SIPp', sipp, 'm=audio 10000 RTP/AVP 0', '198.51.100.80', 6000, 6001],
    ['a carrier', carrier, 'm=audio 10000 RTP/AVP 8 96', '203.0.113.6', 31416, 31417],
  ])('%s is answered with the first of its codecs that we know', (_, offer, mediaLine, address, port, rtcpPort) => {
    expect(mediaLinesOf(offer)[0]).toBe(mediaLine)
    expect(negotiatedOf(offer).remote).toMatchObject({ address, port, rtcpPort })
  })

  test('a whole answer reads like this', () => {
    expect(linesOf(answered(baresip).body)).toEqual([
      'v=0',
      'o=- 4711 1 IN IP4 192.0.2.10',
      's=-',
      'c=IN IP4 192.0.2.10',
      't=0 0',
      'm=audio 10000 RTP/AVP 0 101',
      'a=rtpmap:0 PCMU/8000',
      'a=rtpmap:101 telephone-event/8000',
      'a=fmtp:101 0-16',
      'a=ptime:20',
      'a=sendrecv',
      'a=rtcp-mux',
    ])
  })

  test('a browser that wants encrypted media is told so', () => {
    expect(answerTo(browser, ourEnd())).toMatchObject({ code: 'unsupported-transport', status: 488, line: 8 })
  })

  test('a peer on IPv6 without a single rtpmap is answered on IPv6', () => {
    const { body, negotiated } = answered(terse, ourEnd({ address: '2001:db8::1' }))
    expect(linesOf(body)).toContain('c=IN IP6 2001:db8::1')
    expect(linesOf(body)[1]).toBe('o=- 4711 1 IN IP6 2001:db8::1')
    expect(negotiated).toMatchObject({ remote: { address: '2001:db8::7', port: 5004 }, send: pcma })
    expect(negotiated.events).toBeUndefined()
  })
})

describe('codecs', () => {
  test('the order of the offerer decides, not ours', () => {
    const offer = offerWith('m=audio 4000 RTP/AVP 0 8')
    expect(negotiatedOf(offer, ourEnd({ formats: [pcma, pcmu] })).send.name).toBe('PCMU')
  })

  test('a dynamic payload type stays as offered, and each side keeps its own fmtp', () => {
    const { body, negotiated } = answered(freeswitch, ourEnd({ formats: [opus, opusEvents, events] }))
    expect(negotiated.send).toMatchObject({ name: 'opus', payloadType: 102, channels: 2 })
    expect(negotiated.send.fmtp).toMatch(/^useinbandfec=1; maxaveragebitrate=30000/)
    expect(negotiated.receive).toEqual([{ ...opus, payloadType: 102 }])
    expect(linesOf(body)).toEqual(expect.arrayContaining(['a=rtpmap:102 opus/48000/2', 'a=fmtp:102 useinbandfec=1']))
  })

  test('events run on the clock of the voice', () => {
    const local = ourEnd({ formats: [opus, pcmu, events, opusEvents] })
    expect(negotiatedOf(zoiper, local).events).toEqual({
      sendPayloadType: 98,
      receivePayloadType: 98,
      clockRateHz: 48000,
    })
    expect(negotiatedOf(zoiper).events).toEqual({ sendPayloadType: 101, receivePayloadType: 101, clockRateHz: 8000 })
  })

  test('events on another clock than the voice are not agreed', () => {
    const offer = offerWith(
      'm=audio 4000 RTP/AVP 96 97',
      'a=rtpmap:96 opus/48000/2',
      'a=rtpmap:97 telephone-event/8000',
    )
    const { body, negotiated } = answered(offer, ourEnd({ formats: [opus, events] }))
    expect(negotiated.events).toBeUndefined()
    expect(linesOf(body)).toContain('m=audio 10000 RTP/AVP 96')
  })

  test('comfort noise goes along but is never the codec', () => {
    const offer = offerWith('m=audio 4000 RTP/AVP 13 0')
    const negotiated = negotiatedOf(offer, ourEnd({ formats: [comfortNoise, pcmu] }))
    expect(negotiated.send.name).toBe('PCMU')
    expect(negotiated.receive.map(format => format.name)).toEqual(['PCMU', 'CN'])
    expect(answerTo(offerWith('m=audio 4000 RTP/AVP 13'), ourEnd({ formats: [comfortNoise, pcmu] }))).toMatchObject({
      code: 'no-common-codec',
    })
  })

  test('G.722 keeps its clock of 8000 and its audio of 16000', () => {
    expect(negotiatedOf(freeswitch, ourEnd({ formats: [g722, pcmu] })).send).toEqual(g722)
  })

  test('names compare without regard to case', () => {
    const offer = offerWith('m=audio 4000 RTP/AVP 100', 'a=rtpmap:100 pcmu/8000')
    expect(negotiatedOf(offer).send).toEqual({ ...pcmu, payloadType: 100 })
  })

  test('an rtpmap stands above the static meaning of a payload type', () => {
    const offer = offerWith('m=audio 4000 RTP/AVP 0', 'a=rtpmap:0 PCMA/8000')
    expect(negotiatedOf(offer).send).toEqual({ ...pcma, payloadType: 0 })
  })

  test.each([
    ['another rate', 'a=rtpmap:0 PCMU/16000'],
    ['two channels', 'a=rtpmap:0 PCMU/8000/2'],
    ['no rate', 'a=rtpmap:0 PCMU'],
    ['a rate of zero', 'a=rtpmap:0 PCMU/0'],
    ['channels that are no number', 'a=rtpmap:0 PCMU/8000/x'],
  ])('PCMU with %s is not the codec that we know', (_, rtpmap) => {
    expect(answerTo(offerWith('m=audio 4000 RTP/AVP 0', rtpmap), ourEnd())).toMatchObject({
      code: 'no-common-codec',
    })
  })

  test('a dynamic payload type without rtpmap is passed over', () => {
    expect(negotiatedOf(offerWith('m=audio 4000 RTP/AVP 101 8')).events).toBeUndefined()
  })
})

describe('other streams', () => {
  test('each gets an m= line in its place, with its formats and port 0', () => {
    const offer = offerWith(
      'm=video 5000 RTP/AVP 96 97',
      'm=audio 5100 RTP/SAVP 0',
      'm=audio 5200 RTP/AVP 8 101',
      'a=rtpmap:101 telephone-event/8000',
      'm=audio 5300 RTP/AVP 0',
      'm=image 5400 udptl t38',
      'm=application 5500 TCP/BFCP *',
      'm=text 0 RTP/AVP',
    )
    expect(mediaLinesOf(offer)).toEqual([
      'm=video 0 RTP/AVP 96 97',
      'm=audio 0 RTP/SAVP 0',
      'm=audio 10000 RTP/AVP 8 101',
      'm=audio 0 RTP/AVP 0',
      'm=image 0 udptl t38',
      'm=application 0 TCP/BFCP *',
      'm=text 0 RTP/AVP 0',
    ])
    expect(negotiatedOf(offer).remote.port).toBe(5200)
  })

  test('an audio stream without a common codec makes room for the next', () => {
    const offer = offerWith('m=audio 5000 RTP/AVP 18', 'm=audio 5100 RTP/AVP 0')
    expect(mediaLinesOf(offer)).toEqual(['m=audio 0 RTP/AVP 18', 'm=audio 10000 RTP/AVP 0'])
  })

  test('the description of our end remembers them for the next offer', () => {
    expect(answered(carrier).described.closedStreams).toEqual([
      { index: 1, type: 'image', protocol: 'udptl', formats: ['t38'] },
    ])
  })
})

describe('hold and direction', () => {
  test.each([
    ['a=sendrecv', 'a=sendrecv', 'sendrecv', false],
    ['a=sendonly', 'a=recvonly', 'recvonly', true],
    ['a=recvonly', 'a=sendonly', 'sendonly', false],
    ['a=inactive', 'a=inactive', 'inactive', true],
  ] as const)('an offer of %s is answered with %s', (offered, answer, direction, held) => {
    const { body, negotiated } = answered(offerWith('m=audio 4000 RTP/AVP 0', offered))
    expect(linesOf(body)).toContain(answer)
    expect(negotiated).toMatchObject({ direction, held })
  })

  test.each([
    ['a=sendrecv', 'recvonly'],
    ['a=sendonly', 'recvonly'],
    ['a=recvonly', 'inactive'],
    ['a=inactive', 'inactive'],
  ] as const)('the address 0.0.0.0 with %s is a hold in the old way', (offered, direction) => {
    const offer = offerWith('m=audio 4000 RTP/AVP 0', 'c=IN IP4 0.0.0.0', offered)
    expect(negotiatedOf(offer)).toMatchObject({ direction, held: true, remote: { address: '0.0.0.0' } })
  })

  test('so is :: on IPv6, however it is written', () => {
    const local = ourEnd({ address: '2001:db8::1' })
    const offer = offerWith('m=audio 4000 RTP/AVP 0', 'c=IN IP6 0:0:0:0:0:0:0:0')
    expect(negotiatedOf(offer, local)).toMatchObject({ direction: 'recvonly', held: true })
  })

  test('the session speaks for a stream that is silent about its direction', () => {
    const held = sdp('v=0', 'c=IN IP4 198.51.100.7', 't=0 0', 'a=sendonly', 'm=audio 4000 RTP/AVP 0')
    expect(negotiatedOf(held).direction).toBe('recvonly')
    const resumed = sdp('v=0', 'c=IN IP4 198.51.100.7', 't=0 0', 'a=sendonly', 'm=audio 4000 RTP/AVP 0', 'a=sendrecv')
    expect(negotiatedOf(resumed).direction).toBe('sendrecv')
  })

  test('we never do more than we want', () => {
    const offer = offerWith('m=audio 4000 RTP/AVP 0')
    expect(negotiatedOf(offer, ourEnd({ direction: 'sendonly' }))).toMatchObject({ direction: 'sendonly', held: false })
    expect(negotiatedOf(offer, ourEnd({ direction: 'inactive' }))).toMatchObject({ direction: 'inactive', held: false })
  })
})

describe('addresses and ports', () => {
  test("the stream's own c= line stands above the session's", () => {
    expect(negotiatedOf(cisco).remote.address).toBe('198.51.100.71')
  })

  test('of several c= lines of a stream the first stands for it', () => {
    const offer = offerWith('m=audio 4000 RTP/AVP 0', 'c=IN IP4 198.51.100.8', 'c=IN IP4 198.51.100.9')
    expect(negotiatedOf(offer).remote.address).toBe('198.51.100.8')
  })

  test('a=rtcp names another port for RTCP', () => {
    const offer = offerWith('m=audio 4000 RTP/AVP 0', 'a=rtcp:53020 IN IP4 126.16.64.4')
    expect(negotiatedOf(offer).remote).toEqual({
      address: '198.51.100.7',
      port: 4000,
      rtcpPort: 53020,
      rtcpMux: false,
    })
  })

  test.each(['a=rtcp:0', 'a=rtcp:70000', 'a=rtcp:x'])('%s is no port, and the next one up is taken', line => {
    expect(negotiatedOf(offerWith('m=audio 4000 RTP/AVP 0', line)).remote.rtcpPort).toBe(4001)
  })

  test('a=rtcp-mux is answered when offered and not otherwise', () => {
    expect(answered(baresip)).toMatchObject({ described: { rtcpMux: true }, negotiated: { remote: { rtcpMux: true } } })
    const unoffered = answered(asterisk, ourEnd({ rtcpMux: true }))
    expect(linesOf(unoffered.body)).not.toContain('a=rtcp-mux')
    expect(unoffered.negotiated.remote.rtcpMux).toBe(false)
  })

  test('t= comes back as it was offered', () => {
    const offer = sdp('v=0', 'c=IN IP4 198.51.100.7', 't=3338481189 3370017201', 'm=audio 4000 RTP/AVP 0')
    expect(linesOf(answered(offer).body)).toContain('t=3338481189 3370017201')
    const absurd = sdp('v=0', 'c=IN IP4 198.51.100.7', 't=99999999999999999999 0', 'm=audio 4000 RTP/AVP 0')
    expect(linesOf(answered(absurd).body)).toContain('t=0 0')
  })
})

describe('packet times', () => {
  test.each([
    [['a=ptime:10'], 10],
    [['a=ptime:30'], 30],
    [['a=ptime:60'], 60],
    [['a=ptime:5'], 20],
    [['a=ptime:240'], 20],
    [['a=ptime:x'], 20],
    [['a=ptime:25'], 20],
    [['a=maxptime:10'], 10],
    [['a=maxptime:5'], 10],
    [['a=maxptime:0'], 20],
    [['a=ptime:40', 'a=maxptime:30'], 30],
    [[], 20],
  ])('%j makes us send every %i ms, and ask for the same', (lines, ptimeMs) => {
    const { body, negotiated } = answered(offerWith('m=audio 4000 RTP/AVP 0', ...lines))
    expect(negotiated.ptimeMs).toBe(ptimeMs)
    expect(linesOf(body)).toContain(`a=ptime:${ptimeMs}`)
  })

  test('a packet carries whole frames', () => {
    const offer = offerWith('m=audio 4000 RTP/AVP 0', 'a=ptime:30')
    const local = ourEnd({ formats: [{ ...pcmu, frameMs: 20 }] })
    expect(negotiatedOf(offer, local).ptimeMs).toBe(20)
  })
})
