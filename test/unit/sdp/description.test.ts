import fc from 'fast-check'
import { parse } from 'sdp-transform'
import { expect, test } from 'vitest'
import { attributeOf, directionIn, formatParameters, rtpMaps } from '../../../src/sdp/attributes.ts'
import { readDescription } from '../../../src/sdp/description.ts'
import * as bodies from './bodies.ts'

const token = fc.stringMatching(/^[A-Za-z0-9_.-]{1,12}$/)
const attribute = fc.oneof(
  fc
    .record({ type: fc.nat(127), codec: token, rate: fc.integer({ min: 1, max: 192_000 }), channels: fc.nat(4) })
    .map(({ type, codec, rate, channels }) => `rtpmap:${type} ${codec}/${rate}${channels > 0 ? `/${channels}` : ''}`),
  fc
    .record({ type: fc.nat(127), text: fc.stringMatching(/^[a-z]+=[a-z0-9;= -]*[a-z]$/) })
    .map(({ type, text }) => `fmtp:${type} ${text}`),
  fc.integer({ min: 1, max: 200 }).map(ms => `ptime:${ms}`),
  fc.integer({ min: 1, max: 200 }).map(ms => `maxptime:${ms}`),
  fc.integer({ min: 1, max: 65_535 }).map(port => `rtcp:${port} IN IP4 192.0.2.1`),
  fc.constantFrom('sendrecv', 'sendonly', 'recvonly', 'inactive', 'rtcp-mux', 'x-unknown:1 2 3'),
)
const generated = fc
  .record({ session: fc.array(attribute, { maxLength: 4 }), media: fc.array(attribute, { maxLength: 12 }) })
  .map(({ session, media }) =>
    [
      'v=0',
      'o=- 1 1 IN IP4 192.0.2.1',
      's=-',
      'c=IN IP4 192.0.2.1',
      't=0 0',
      ...session.map(text => `a=${text}`),
      'm=audio 4000 RTP/AVP 0',
      ...media.map(text => `a=${text}`),
    ].join('\r\n'),
  )

/** What the switch makes use of, as it reads it and as sdp-transform does. */
function compare(text: string): void {
  const own = readDescription(Buffer.from(text))
  if (!own.ok) throw new Error(own.message)
  const other = parse(text)
  const timing = other.timing ?? { start: 0, stop: 0 }
  expect(own.timing).toEqual({ start: timing.start, stop: timing.stop })
  expect(own.sections).toHaveLength(other.media.length)
  for (const [index, { attributes, direction }] of own.sections.entries()) {
    const media = other.media[index]
    const rtp = media?.rtp ?? []
    expect([...rtpMaps(attributes)]).toEqual([
      ...new Map(
        rtp.map(({ payload, codec, rate, encoding }) => [
          payload,
          { name: String(codec), clockRateHz: rate, channels: encoding ?? 1 },
        ]),
      ),
    ])
    expect([...formatParameters(attributes)]).toEqual([
      ...new Map((media?.fmtp ?? []).map(({ payload, config }) => [payload, String(config)])),
    ])
    expect(direction).toBe(media?.direction ?? other.direction ?? 'sendrecv')
    expect(directionIn(attributes)).toBe(media?.direction)
    expect(attributeOf(attributes, 'ptime')).toBe(media?.ptime?.toString())
    expect(attributeOf(attributes, 'maxptime')).toBe(media?.maxptime?.toString())
    expect(attributeOf(attributes, 'rtcp')?.split(' ', 1)[0]).toBe(media?.rtcp?.port.toString())
    expect(attributeOf(attributes, 'rtcp-mux') !== undefined).toBe(media?.rtcpMux !== undefined)
  }
}

const samples = Object.entries(bodies).flatMap(([name, value]) => (value instanceof Uint8Array ? [[name, value]] : []))

test.each(samples as [string, Uint8Array][])('%s is read as sdp-transform reads it', (_, body) =>
  compare(Buffer.from(body).toString()),
)

test('so is every description of attributes that are used here', () => {
  fc.assert(fc.property(generated, compare), { numRuns: 1000 })
})
