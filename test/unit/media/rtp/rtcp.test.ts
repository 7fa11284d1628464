import { describe, expect, test } from 'vitest'
import {
  datagramKind,
  KIND_DTLS,
  KIND_RTCP,
  KIND_RTP,
  KIND_STUN,
  KIND_UNKNOWN,
} from '../../../../src/media/rtp/demux.ts'
import { isRtcp } from '../../../../src/media/rtp/rtcp.ts'
import vectors from '../../../vectors/rtp-vectors.json' with { type: 'json' }
import { seededRandom } from '../seeded-random.ts'

const isValid = (hex: string): boolean => {
  const bytes = Uint8Array.from(Buffer.from(hex, 'hex'))
  return isRtcp(bytes, 0, bytes.length)
}

const EMPTY_REPORT = '80c9000100000001'
const SENDER_REPORT = `80c8000600000001${'00'.repeat(20)}`

describe('RTCP', () => {
  test('a receiver report without blocks, a sender report with one', () => {
    expect(isValid(EMPTY_REPORT)).toBe(true)
    expect(isValid(SENDER_REPORT)).toBe(true)
    expect(isValid(`81c8000c00000001${'00'.repeat(44)}`)).toBe(true)
  })

  test('a report followed by a name, a goodbye with a reason, an extended report', () => {
    expect(isValid(`${EMPTY_REPORT}81ca000300000001010361626300${'0000'}`)).toBe(true)
    expect(isValid(`${EMPTY_REPORT}81cb00020000000103414141`)).toBe(true)
    expect(isValid(`${EMPTY_REPORT}80cf00040000000104000002${'00'.repeat(8)}`)).toBe(true)
  })

  for (const { n, hex } of vectors.rtcp)
    test(`dropped: ${n}`, () => {
      expect(isValid(hex)).toBe(false)
    })

  for (const { n, hex } of vectors.rtcp.filter(({ hex }) => !hex.startsWith('80c8') && !hex.startsWith('80cc')))
    test(`dropped after a good report too: ${n}`, () => {
      expect(isValid(EMPTY_REPORT + hex)).toBe(false)
    })

  test('a length that is no whole number of words, and a rest, are dropped', () => {
    expect(isValid(`${EMPTY_REPORT}00`)).toBe(false)
    expect(isValid(`${EMPTY_REPORT}80c9`)).toBe(false)
    expect(isValid(`a0${EMPTY_REPORT.slice(2)}`)).toBe(false)
  })

  test('bytes at random neither hang nor throw', () => {
    const random = seededRandom(7)
    const next = (): number => random.u32() >>> 16
    for (let round = 0; round < 20_000; round++) {
      const bytes = Uint8Array.from({ length: 64 }, () => (next() % 3 === 0 ? next() & 0xff : 0))
      bytes.set([0x80, 200 + (next() % 2), 0, next() % 16])
      isRtcp(bytes, 0, 4 * (next() % 17))
    }
  })
})

describe('the first bytes tell', () => {
  const kind = (...bytes: number[]): number => datagramKind(Uint8Array.from(bytes), 0, bytes.length)

  test('STUN, DTLS, RTP, RTCP and the rest', () => {
    expect([0, 1, 2, 3].map(first => kind(first, 0))).toEqual([KIND_STUN, KIND_STUN, KIND_STUN, KIND_STUN])
    expect([20, 63].map(first => kind(first, 0))).toEqual([KIND_DTLS, KIND_DTLS])
    expect([128, 191].map(first => kind(first, 0))).toEqual([KIND_RTP, KIND_RTP])
    expect([4, 19, 64, 127, 192, 255].map(first => kind(first, 0))).toEqual(new Array(6).fill(KIND_UNKNOWN))
    expect(kind(128)).toBe(KIND_UNKNOWN)
  })

  test('payload types 64 to 95 are RTCP, with the marker bit or without', () => {
    expect([63, 64, 95, 96].map(payloadType => kind(128, payloadType))).toEqual([
      KIND_RTP,
      KIND_RTCP,
      KIND_RTCP,
      KIND_RTP,
    ])
    expect([200, 201, 207].map(type => kind(128, type))).toEqual([KIND_RTCP, KIND_RTCP, KIND_RTCP])
  })
})
