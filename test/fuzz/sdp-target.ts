/**
 * Bodies as offers and as answers: what is agreed can be sent, and our own answer is a description that we would
 * accept ourselves.
 */
import assert from 'node:assert/strict'
import { acceptAnswer, answerOffer, type Negotiated, readOffer, type SdpFault } from '../../src/sdp/index.ts'
import * as bodies from '../unit/sdp/bodies.ts'
import type { Target } from './target.ts'

const LOCAL = bodies.ourEnd({
  formats: [bodies.pcma, bodies.pcmu, bodies.g722, bodies.opus, bodies.comfortNoise, bodies.events, bodies.opusEvents],
})

export const sdpTarget: Target = {
  name: 'sdp',
  limitMs: 5,
  seeds: () => Object.values(bodies).filter(value => value instanceof Uint8Array),
  words: [
    ...[
      '\r\n',
      '\n',
      '\r',
      '\0',
      ' ',
      '  ',
      ':',
      '/',
      '=',
      ';',
      '0',
      '-1',
      '1',
      '8',
      '13',
      '96',
      '101',
      '127',
      '128',
      '255',
    ],
    ...['65535', '65536', '99999999999999999999', '1e3', 'v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 't=0 0', 't=1 2'],
    ...[
      'c=IN IP4 0.0.0.0',
      'c=IN IP4 192.0.2.1',
      'c=IN IP6 ::1',
      'c=IN IP4 224.0.0.1/127',
      'c=IN IP4 host',
      'IP6',
      '::',
    ],
    ...[
      'm=audio 4000 RTP/AVP 0',
      'm=audio 0 RTP/AVP 0',
      'm=video 4000 RTP/AVP 96',
      'm=audio 4000 RTP/SAVP 0',
      'RTP/AVPF',
    ],
    ...['m=audio 4000/2 RTP/AVP 8 0', 'm=image 4000 udptl t38', 'a=rtpmap:0 PCMU/8000', 'a=rtpmap:8 PCMA/8000/1'],
    ...['a=rtpmap:96 telephone-event/8000', 'a=rtpmap:96 opus/48000/2', 'a=rtpmap:0 G722/8000', 'a=fmtp:96 0-15'],
    ...[
      'a=fmtp:101 0-15,66',
      'a=ptime:20',
      'a=ptime:0',
      'a=ptime:1000000',
      'a=maxptime:10',
      'a=sendonly',
      'a=inactive',
    ],
    ...['a=recvonly', 'a=sendrecv', 'a=rtcp-mux', 'a=rtcp:4001', 'a=rtcp:4001 IN IP4 192.0.2.2', 'a=rtcp:0', 'a='],
  ],
  examine(bytes) {
    const before = Buffer.from(bytes)
    const asOffer = answer(bytes)
    const accepted = acceptAnswer(LOCAL, bytes)
    assert.ok(before.equals(bytes), 'the input was changed')
    return `${asOffer} ${accepted.ok ? say(accepted.negotiated) : refused(accepted)}`
  },
}

function answer(bytes: Uint8Array): string {
  const offer = readOffer(bytes, LOCAL)
  if (!offer.ok) return refused(offer)
  const { body, described, negotiated } = answerOffer(offer, LOCAL)
  const ours = acceptAnswer(described, body)
  if (!ours.ok) assert.fail(`our own answer: ${ours.message} ${JSON.stringify(Buffer.from(body).toString('latin1'))}`)
  return say(negotiated)
}

function refused({ code, message, status, line }: SdpFault): string {
  assert.ok(status === 400 || status === 488, `status ${status}`)
  assert.ok(line === undefined || line > 0, `line ${line}`)
  assert.doesNotMatch(message, /[\r\n\0]/)
  return `${code} ${status}`
}

function say({ remote, send, receive, events, direction, held, ptimeMs }: Negotiated): string {
  const types = [send.payloadType, ...receive.map(format => format.payloadType), events?.sendPayloadType ?? 0]
  for (const type of types) {
    assert.ok(type !== undefined && Number.isInteger(type) && type >= 0 && type <= 127, `payload type ${type}`)
  }
  for (const port of [remote.port, remote.rtcpPort]) assert.ok(port > 0 && port < 65_536, `port ${port}`)
  assert.ok(ptimeMs >= 10 && ptimeMs <= 60, `ptime ${ptimeMs}`)
  return `${send.name} ${events ? 'events ' : ''}${direction}${held ? ' held' : ''}`
}
