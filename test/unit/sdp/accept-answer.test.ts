import { describe, expect, test } from 'vitest'
import { acceptAnswer, createOffer, type LocalMedia, type Negotiated } from '../../../src/sdp/index.ts'
import {
  answerTo,
  offerWith as answerWith,
  carrier,
  events,
  linesOf,
  opus,
  opusEvents,
  ourEnd,
  pcma,
  pcmu,
} from './bodies.ts'

function accepted(answer: Uint8Array, local: LocalMedia = ourEnd()): Negotiated {
  const result = acceptAnswer(local, answer)
  if (!result.ok) throw new Error(`${result.code}: ${result.message}`)
  return result.negotiated
}

describe('the codecs of an answer', () => {
  test('a peer that takes one of several settles it', () => {
    expect(accepted(answerWith('m=audio 4000 RTP/AVP 0'))).toEqual({
      remote: { address: '198.51.100.7', port: 4000, rtcpPort: 4001, rtcpMux: false },
      send: pcmu,
      receive: [pcmu],
      direction: 'sendrecv',
      held: false,
      ptimeMs: 20,
    })
  })

  test('a peer that takes several is sent its first, and may send any', () => {
    const negotiated = accepted(answerWith('m=audio 4000 RTP/AVP 0 8'))
    expect(negotiated.send).toEqual(pcmu)
    expect(negotiated.receive).toEqual([pcmu, pcma])
  })

  test('each side keeps its own payload type for events', () => {
    const answer = answerWith('m=audio 4000 RTP/AVP 8 96', 'a=rtpmap:96 telephone-event/8000', 'a=fmtp:96 0-15')
    expect(accepted(answer).events).toEqual({ sendPayloadType: 96, receivePayloadType: 101, clockRateHz: 8000 })
  })

  test('each side keeps its own payload type for a dynamic codec', () => {
    const local = ourEnd({ formats: [opus, opusEvents] })
    const answer = answerWith('m=audio 4000 RTP/AVP 120', 'a=rtpmap:120 opus/48000/2', 'a=fmtp:120 cbr=1')
    const negotiated = accepted(answer, local)
    expect(negotiated.send).toEqual({ ...opus, payloadType: 120, fmtp: 'cbr=1' })
    expect(negotiated.receive).toEqual([opus])
    expect(negotiated.events).toBeUndefined()
  })

  test('a payload type of ours without rtpmap means what we said it means', () => {
    expect(accepted(answerWith('m=audio 4000 RTP/AVP 8 101')).events).toMatchObject({ sendPayloadType: 101 })
  })

  test('a codec that the peer lists twice is one codec, under the first of its payload types', () => {
    const negotiated = accepted(answerWith('m=audio 4000 RTP/AVP 0 96', 'a=rtpmap:96 PCMU/8000'))
    expect(negotiated.send).toEqual(pcmu)
    expect(negotiated.receive).toEqual([pcmu])
  })

  test('what we never offered is passed over', () => {
    expect(accepted(answerWith('m=audio 4000 RTP/AVP 18 8')).receive).toEqual([pcma])
  })

  test('an answer with nothing that we offered is a fault', () => {
    expect(acceptAnswer(ourEnd(), answerWith('m=audio 4000 RTP/AVP 18'))).toMatchObject({
      code: 'no-common-codec',
      line: 6,
    })
  })
})

describe('the direction of an answer', () => {
  test.each([
    ['sendrecv', 'a=sendrecv', 'sendrecv', false],
    ['sendrecv', 'a=recvonly', 'sendonly', false],
    ['sendrecv', 'a=sendonly', 'recvonly', true],
    ['sendrecv', 'a=inactive', 'inactive', true],
    ['sendonly', 'a=recvonly', 'sendonly', false],
    ['sendonly', 'a=inactive', 'inactive', true],
    ['sendonly', 'a=sendrecv', 'sendonly', false],
    ['recvonly', 'a=sendonly', 'recvonly', false],
    ['recvonly', 'a=sendrecv', 'recvonly', false],
    ['inactive', 'a=inactive', 'inactive', false],
    ['inactive', 'a=sendrecv', 'inactive', false],
  ] as const)('our %s answered with %s leaves us %s, held: %s', (offered, answer, direction, held) => {
    const negotiated = accepted(answerWith('m=audio 4000 RTP/AVP 0', answer), ourEnd({ direction: offered }))
    expect(negotiated).toMatchObject({ direction, held })
  })

  test('an answer with the address 0.0.0.0 holds us', () => {
    const answer = answerWith('m=audio 4000 RTP/AVP 0', 'c=IN IP4 0.0.0.0')
    expect(accepted(answer)).toMatchObject({ direction: 'recvonly', held: true })
  })
})

describe('RTCP beside or on the RTP port', () => {
  const answer = answerWith('m=audio 4000 RTP/AVP 0', 'a=rtcp:5555', 'a=rtcp-mux')

  test('is shared when both ends say so', () => {
    const { remote } = accepted(answer, ourEnd({ rtcpMux: true }))
    expect(remote).toMatchObject({ rtcpMux: true, rtcpPort: 4000 })
    expect(linesOf(createOffer(ourEnd({ rtcpMux: true })))).toContain('a=rtcp-mux')
  })

  test('is not shared when we never offered it', () => {
    expect(accepted(answer).remote).toMatchObject({ rtcpMux: false, rtcpPort: 5555 })
  })
})

describe('answers that do not fit the offer', () => {
  test.each([
    ['a stream too many', answerWith('m=audio 4000 RTP/AVP 0', 'm=video 0 RTP/AVP 96'), 'answer-mismatch'],
    ['no stream', answerWith(), 'answer-mismatch'],
    ['another kind of stream', answerWith('m=video 4000 RTP/AVP 0'), 'answer-mismatch'],
    ['the port 0', answerWith('m=audio 0 RTP/AVP 0'), 'rejected'],
    ['another transport', answerWith('m=audio 4000 RTP/SAVP 0'), 'unsupported-transport'],
    ['an unreadable line', answerWith('m=audio x RTP/AVP 0'), 'syntax'],
  ])('%s', (_, answer, code) => {
    expect(acceptAnswer(ourEnd(), answer)).toMatchObject({ ok: false, code })
  })
})

describe('an offer of ours later in a dialog', () => {
  const first = answerTo(carrier, ourEnd())
  if (!first.ok) throw new Error(first.message)
  const hold: LocalMedia = { ...first.described, sessionVersion: 2, direction: 'sendonly' }

  test('keeps the payload types of the peer and the streams that were refused', () => {
    expect(linesOf(createOffer(hold))).toEqual([
      'v=0',
      'o=- 4711 2 IN IP4 192.0.2.10',
      's=-',
      'c=IN IP4 192.0.2.10',
      't=0 0',
      'm=audio 10000 RTP/AVP 8 96',
      'a=rtpmap:8 PCMA/8000',
      'a=rtpmap:96 telephone-event/8000',
      'a=fmtp:96 0-16',
      'a=ptime:30',
      'a=sendonly',
      'm=image 0 udptl t38',
    ])
  })

  test('wants an answer to each of its streams', () => {
    const audio = ['m=audio 4000 RTP/AVP 8', 'a=recvonly']
    expect(accepted(answerWith(...audio, 'm=image 0 udptl t38'), hold).direction).toBe('sendonly')
    expect(acceptAnswer(hold, answerWith(...audio))).toMatchObject({ code: 'answer-mismatch' })
    expect(acceptAnswer(hold, answerWith('m=image 0 udptl t38', ...audio))).toMatchObject({ code: 'answer-mismatch' })
  })

  test('finds our audio in the second place', () => {
    const local = ourEnd({ closedStreams: [{ index: 0, type: 'video', protocol: 'RTP/AVP', formats: ['96'] }] })
    expect(linesOf(createOffer(local)).filter(line => line.startsWith('m='))).toEqual([
      'm=video 0 RTP/AVP 96',
      'm=audio 10000 RTP/AVP 8 0 101',
    ])
    expect(accepted(answerWith('m=video 0 RTP/AVP 96', 'm=audio 4000 RTP/AVP 0'), local).send).toEqual(pcmu)
  })

  test('keeps events where they were', () => {
    expect(first.described.formats).toEqual([pcma, { ...events, payloadType: 96 }])
  })
})
