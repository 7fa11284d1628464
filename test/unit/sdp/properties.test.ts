import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  acceptAnswer,
  createOffer,
  type Direction,
  type FormatRecord,
  type LocalMedia,
} from '../../../src/sdp/index.ts'
import * as bodies from './bodies.ts'
import { answerTo, comfortNoise, events, g722, opus, opusEvents, ourEnd, pcma, pcmu } from './bodies.ts'

const direction = fc.constantFrom<Direction>('sendrecv', 'sendonly', 'recvonly', 'inactive')

/** Formats in any order; those without a static payload type under any dynamic one. */
const formats = fc
  .tuple(
    fc.shuffledSubarray([pcmu, pcma, g722, comfortNoise, events, opus, opusEvents]),
    fc.uniqueArray(fc.integer({ min: 96, max: 127 }), { minLength: 7, maxLength: 7 }),
  )
  .map(([chosen, dynamic]) =>
    chosen.map((format, index): FormatRecord => {
      const payloadType = (format.payloadType as number) < 96 ? format.payloadType : dynamic[index]
      return { ...format, payloadType: payloadType as number }
    }),
  )
  .filter(chosen => chosen.some(({ name }) => name !== 'CN' && name !== 'telephone-event'))

/** Up to three refused streams around our audio. */
const closedStreams = fc.integer({ min: 0, max: 3 }).chain(count =>
  fc
    .integer({ min: 0, max: count })
    .map(audioIndex => Array.from({ length: count + 1 }, (_, index) => index).filter(index => index !== audioIndex))
    .map(indexes => indexes.map(index => ({ index, type: 'video', protocol: 'RTP/AVP', formats: ['96', '97'] }))),
)

const end = (address: string, port: number): fc.Arbitrary<LocalMedia> =>
  fc.record({
    address: fc.constant(address),
    port: fc.constant(port),
    sessionId: fc.nat(),
    sessionVersion: fc.nat(),
    formats,
    ptimeMs: fc.constantFrom(10, 20, 30, 40, 60),
    direction,
    rtcpMux: fc.boolean(),
    closedStreams,
  })

const sends = (given: Direction): boolean => given === 'sendrecv' || given === 'sendonly'
const receives = (given: Direction): boolean => given === 'sendrecv' || given === 'recvonly'

describe('offer and answer', () => {
  test('leave both ends with the same idea of the stream', () => {
    let agreements = 0
    fc.assert(
      fc.property(end('192.0.2.1', 10_000), end('192.0.2.2', 20_000), (caller, callee) => {
        const answer = answerTo(createOffer(caller), callee)
        if (!answer.ok) {
          expect(answer.code).toBe('no-common-codec')
          return
        }
        agreements++
        const accepted = acceptAnswer(caller, answer.body)
        if (!accepted.ok) throw new Error(`${accepted.code}: ${accepted.message}`)
        const [a, b] = [accepted.negotiated, answer.negotiated]

        const typesOf = (list: readonly FormatRecord[]) => list.map(({ name, payloadType }) => [name, payloadType])
        expect(typesOf(b.receive)).toContainEqual([a.send.name, a.send.payloadType])
        expect(typesOf(a.receive)).toContainEqual([b.send.name, b.send.payloadType])
        expect(typesOf(a.receive)).toEqual(typesOf(b.receive))
        expect(a.send.name).toBe(b.send.name)
        expect(a.events?.sendPayloadType).toBe(b.events?.receivePayloadType)
        expect(a.events?.receivePayloadType).toBe(b.events?.sendPayloadType)
        expect(a.events?.clockRateHz).toBe(b.events?.clockRateHz)
        expect(sends(a.direction)).toBe(receives(b.direction))
        expect(receives(a.direction)).toBe(sends(b.direction))
        expect(a.ptimeMs).toBe(b.ptimeMs)
        expect([a.remote.port, b.remote.port]).toEqual([20_000, 10_000])
        expect(a.remote.rtcpMux).toBe(b.remote.rtcpMux)
        expect(answer.described.closedStreams).toEqual(caller.closedStreams)
      }),
      { numRuns: 500 },
    )
    expect(agreements).toBeGreaterThan(200)
  })

  test('a second round from either end agrees again, with the same payload types', () => {
    fc.assert(
      fc.property(end('192.0.2.1', 10_000), end('192.0.2.2', 20_000), (caller, callee) => {
        const first = answerTo(createOffer(caller), callee)
        if (!first.ok) return
        const again = answerTo(createOffer({ ...first.described, direction: 'sendrecv' }), caller)
        if (!again.ok) throw new Error(`${again.code}: ${again.message}`)
        expect(again.negotiated.send).toMatchObject({ payloadType: first.negotiated.send.payloadType })
        expect(again.described.formats).toEqual(
          first.described.formats.map(format => expect.objectContaining({ payloadType: format.payloadType })),
        )
      }),
    )
  })
})

describe('hostile descriptions', () => {
  const seeds = Object.values(bodies).filter(value => value instanceof Uint8Array)
  const isResult = (result: { ok: boolean }): boolean =>
    result.ok || ('status' in result && (result.status === 400 || result.status === 488))

  test('bytes flipped, cut out and repeated never throw, and what is agreed can be sent', () => {
    const mutation = fc.record({ at: fc.nat(), byte: fc.nat(255), cut: fc.nat(40), copy: fc.nat(40) })
    fc.assert(
      fc.property(fc.constantFrom(...seeds), fc.array(mutation, { minLength: 1, maxLength: 8 }), (seed, mutations) => {
        let bytes = [...seed]
        for (const { at, byte, cut, copy } of mutations) {
          const from = at % (bytes.length + 1)
          bytes = [...bytes.slice(0, from), byte, ...bytes.slice(from, from + copy), ...bytes.slice(from + cut)]
        }
        checkBoth(Uint8Array.from(bytes))
      }),
      { numRuns: 3000 },
    )
  })

  test('lines in any order and number never throw', () => {
    const lines = [...new Set(seeds.flatMap(seed => new TextDecoder().decode(seed).split(/\r?\n/)))]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...lines), { maxLength: 60 }), chosen => {
        checkBoth(bodies.sdp('v=0', 'c=IN IP4 198.51.100.7', ...chosen))
      }),
      { numRuns: 2000 },
    )
  })

  test('plain noise never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), checkBoth))
  })

  function checkBoth(body: Uint8Array): void {
    const local = ourEnd({ formats: [pcma, pcmu, g722, opus, comfortNoise, events, opusEvents] })
    const answered = answerTo(body, local)
    const accepted = acceptAnswer(local, body)
    expect(isResult(answered) && isResult(accepted)).toBe(true)
    for (const result of [answered, accepted]) {
      if (!result.ok) continue
      const { remote, send, receive, events: agreed, ptimeMs } = result.negotiated
      const types = [send.payloadType, ...receive.map(format => format.payloadType), agreed?.sendPayloadType ?? 0]
      expect(types.every(type => Number.isInteger(type) && (type as number) >= 0 && (type as number) <= 127)).toBe(true)
      expect([remote.port, remote.rtcpPort].every(port => port > 0 && port < 65536)).toBe(true)
      expect(ptimeMs >= 10 && ptimeMs <= 60).toBe(true)
    }
    // Our own answer is a description that we would accept ourselves.
    if (answered.ok) expect(acceptAnswer(answered.described, answered.body)).toMatchObject({ ok: true })
  }
})
