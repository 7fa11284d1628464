import { describe, expect, test } from 'vitest'
import { RtpPacket, readRtp, writeRtp } from '../../../../src/media/rtp/packet.ts'
import { seededRandom } from '../seeded-random.ts'

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))

function read(hex: string, before = 0): RtpPacket | undefined {
  const bytes = new Uint8Array(before + hex.length / 2 + 20).fill(0xee)
  bytes.set(bytesOf(hex), before)
  const packet = new RtpPacket()
  return readRtp(bytes, before, hex.length / 2, packet) ? packet : undefined
}

const HEADER = '8080ffff' + '80000001' + 'fffffffe'

describe('reading', () => {
  test('the fields of a plain packet, wherever it lies', () => {
    expect(read(`${HEADER}aabbcc`, 5)).toEqual({
      marker: true,
      payloadType: 0,
      sequence: 65_535,
      timestamp: -(2 ** 31) + 1,
      ssrc: -2,
      payloadAt: 17,
      payloadBytes: 3,
    })
  })

  test('contributing sources and an extension come before the payload, padding after it', () => {
    const csrcs = '0000000100000002'
    const extension = 'bede0001' + '10ff0000'
    expect(read(`b2${HEADER.slice(2)}${csrcs}${extension}aabb000003`)).toMatchObject({ payloadAt: 28, payloadBytes: 2 })
  })

  test('an extension may be empty', () => {
    expect(read(`90${HEADER.slice(2)}bede0000aa`)).toMatchObject({ payloadAt: 16, payloadBytes: 1 })
  })

  for (const [what, hex] of Object.entries({
    'less than a header': HEADER.slice(0, 22),
    'no payload': HEADER,
    'version 1': `40${HEADER.slice(2)}aa`,
    'an extension without its own header': `90${HEADER.slice(2)}bede`,
    'an extension up to the end': `90${HEADER.slice(2)}bede000100000000`,
    'padding of nothing': `a0${HEADER.slice(2)}aabb00`,
    'padding up to the header': `a0${HEADER.slice(2)}aabb03`,
    'padding beyond the header': `a0${HEADER.slice(2)}aabb0f`,
  }))
    test(`${what} is no packet`, () => {
      expect(read(hex)).toBeUndefined()
    })

  test('bytes at random never lead outside of the datagram', () => {
    const random = seededRandom(1)
    const next = (): number => random.u32() >>> 16
    for (let round = 0; round < 20_000; round++) {
      const length = next() % 64
      const bytes = Uint8Array.from({ length: 64 }, () => next() & 0xff)
      bytes[0] = 0x80 | ((bytes[0] as number) & 0x3f)
      const packet = new RtpPacket()
      if (!readRtp(bytes, 0, length, packet)) continue
      expect(packet.payloadAt).toBeGreaterThanOrEqual(12)
      expect(packet.payloadBytes).toBeGreaterThan(0)
      expect(packet.payloadAt + packet.payloadBytes).toBeLessThanOrEqual(length)
    }
  })
})

test('what is written is read', () => {
  const packet = Object.assign(new RtpPacket(), {
    marker: true,
    payloadType: 101,
    sequence: 54_321,
    timestamp: -123_456,
    ssrc: 0x12345678,
    payloadAt: 20,
    payloadBytes: 4,
  })
  const bytes = new Uint8Array(24)
  writeRtp(bytes, packet)
  const again = new RtpPacket()
  expect(readRtp(bytes, 8, 16, again)).toBe(true)
  expect(again).toEqual(packet)
})
