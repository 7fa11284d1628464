import { describe, expect, test } from 'vitest'
import { RtpPacket } from '../../../../src/media/rtp/packet.ts'
import { STREAM_CONTINUES, STREAM_REFUSED, STREAM_STARTS, StreamReceiver } from '../../../../src/media/rtp/sequence.ts'

const packet = (sequence: number, ssrc = 1, timestamp = 0): RtpPacket =>
  Object.assign(new RtpPacket(), { sequence: sequence & 0xffff, ssrc, timestamp: timestamp | 0 })

const verdicts = (receiver: StreamReceiver, packets: readonly RtpPacket[]): number[] =>
  packets.map(one => receiver.accept(one))

describe('loss', () => {
  test('is what the numbers say was sent and did not come', () => {
    const receiver = new StreamReceiver()
    verdicts(
      receiver,
      [10, 11, 13, 17].map(sequence => packet(sequence)),
    )
    expect(receiver.packetsLost).toBe(4)
  })

  test('is not what came late', () => {
    const receiver = new StreamReceiver()
    verdicts(
      receiver,
      [10, 12, 11, 13].map(sequence => packet(sequence)),
    )
    expect(receiver.packetsLost).toBe(0)
  })

  test('is never less than none, however much is doubled', () => {
    const receiver = new StreamReceiver()
    verdicts(
      receiver,
      [10, 10, 10, 11].map(sequence => packet(sequence)),
    )
    expect(receiver.packetsLost).toBe(0)
  })

  test('goes across the wrap of the numbers', () => {
    const receiver = new StreamReceiver()
    const sequences = Array.from({ length: 200_000 }, (_, index) => index + 65_000).filter(index => index % 10 !== 0)
    verdicts(
      receiver,
      sequences.map(sequence => packet(sequence)),
    )
    expect(receiver.packetsLost).toBe(19_999)
  })

  test('adds up over the streams of a leg', () => {
    const receiver = new StreamReceiver()
    verdicts(
      receiver,
      [1, 3, 5].map(sequence => packet(sequence)),
    )
    verdicts(
      receiver,
      [100, 101, 104].map(sequence => packet(sequence, 2)),
    )
    expect(receiver.packetsLost).toBe(2 + 2)
  })
})

describe('which packets belong', () => {
  test('the first is heard at once', () => {
    expect(new StreamReceiver().accept(packet(5))).toBe(STREAM_STARTS)
  })

  test('disorder up to a hundred packets belongs, a leap does not until it is confirmed', () => {
    const receiver = new StreamReceiver()
    expect(
      verdicts(
        receiver,
        [1000, 950, 1001, 20_000, 20_002, 20_003].map(sequence => packet(sequence)),
      ),
    ).toEqual([STREAM_STARTS, STREAM_CONTINUES, STREAM_CONTINUES, STREAM_REFUSED, STREAM_REFUSED, STREAM_STARTS])
  })

  test('a gap of 2,999 is loss, one of 3,000 is a leap', () => {
    expect(verdicts(new StreamReceiver(), [packet(0), packet(2999)])).toEqual([STREAM_STARTS, STREAM_CONTINUES])
    expect(verdicts(new StreamReceiver(), [packet(0), packet(3000)])).toEqual([STREAM_STARTS, STREAM_REFUSED])
  })

  test('another SSRC needs two packets in order, without one of the first between', () => {
    const receiver = new StreamReceiver()
    const stream = [packet(1), packet(70, 2), packet(2), packet(71, 2), packet(73, 2), packet(74, 2), packet(3)]
    expect(verdicts(receiver, stream)).toEqual([
      STREAM_STARTS,
      STREAM_REFUSED,
      STREAM_CONTINUES,
      STREAM_REFUSED,
      STREAM_REFUSED,
      STREAM_STARTS,
      STREAM_REFUSED,
    ])
  })
})

describe('jitter', () => {
  const jitterOf = (arrivalsMs: readonly number[], ticks = 160): number => {
    const receiver = new StreamReceiver()
    arrivalsMs.forEach((atMs, index) => {
      receiver.accept(packet(index))
      receiver.measure(packet(index, 1, index * ticks), atMs, 8000)
    })
    return receiver.jitter
  }

  test('is nothing for a stream that comes evenly, however long it took', () => {
    expect(jitterOf(Array.from({ length: 1000 }, (_, index) => 5000 + index * 20))).toBe(0)
  })

  test('comes near the mean difference of transit times', () => {
    const alternating = Array.from({ length: 1000 }, (_, index) => index * 20 + (index % 2) * 10)
    expect(jitterOf(alternating)).toBeGreaterThan(75)
    expect(jitterOf(alternating)).toBeLessThan(81)
  })

  test('does not overflow when the clock of the source jumps by half its range', () => {
    const receiver = new StreamReceiver()
    for (let index = 0; index < 100; index++)
      receiver.measure(packet(index, 1, index * 160 + (index === 50 ? 2 ** 31 : 0)), index * 20, 8000)
    expect(receiver.jitter).toBeLessThan(1)
    expect(receiver.jitter).toBeGreaterThanOrEqual(0)
  })
})
