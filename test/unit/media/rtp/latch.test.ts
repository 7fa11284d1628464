import { describe, expect, test } from 'vitest'
import {
  type Expectation,
  expectRemote,
  isLockedTo,
  type LatchState,
  mayReport,
  type Source,
  startLatch,
  stepLatch,
} from '../../../../src/media/rtp/latch.ts'

const SDP: Source = { address: '198.51.100.1', port: 4000 }
const NAT = '203.0.113.7'
const ATTACKER: Source = { address: '192.0.2.66', port: 4000 }

const open = (expected: Expectation = { media: SDP, signallingAddress: SDP.address }, nowMs = 0): LatchState =>
  expectRemote(startLatch, expected, nowMs)

interface Burst {
  readonly from: Source
  readonly packets: number
  readonly sequence?: number
  readonly ssrc?: number
  readonly nowMs?: number
  readonly heardMs?: number
}

const send = (state: LatchState, burst: Burst): LatchState => {
  const { from, packets, sequence = 1, ssrc = 9, nowMs = 0, heardMs = 0 } = burst
  return Array.from({ length: packets }, (_, index) => (sequence + index) & 0xffff).reduce(
    (latch, next) => stepLatch(latch, { ...from, sequence: next, ssrc, nowMs, heardMs }),
    state,
  )
}

describe('L1: the far end is where its description says', () => {
  test('one packet from there locks', () => {
    expect(isLockedTo(send(open(), { from: SDP, packets: 1 }), SDP)).toBe(true)
  })

  test('before anything was agreed nothing locks', () => {
    expect(send(startLatch, { from: SDP, packets: 10 })).toBe(startLatch)
  })

  test('a stranger never locks, however much it sends', () => {
    expect(send(open(), { from: ATTACKER, packets: 1000 })).toEqual(open())
  })

  test('it takes the place of a port that was learnt', () => {
    const learnt = send(open(), { from: { ...SDP, port: 5000 }, packets: 4 })
    expect(isLockedTo(send(learnt, { from: SDP, packets: 1 }), SDP)).toBe(true)
  })
})

describe('L2: behind a NAT, an address that the signalling vouches for', () => {
  const behindNat = open({ media: { address: '10.0.0.5', port: 4000 }, signallingAddress: NAT })
  const phone: Source = { address: NAT, port: 61_000 }

  test('is learnt after four packets in order', () => {
    expect(isLockedTo(send(behindNat, { from: phone, packets: 3 }), phone)).toBe(false)
    expect(isLockedTo(send(behindNat, { from: phone, packets: 4 }), phone)).toBe(true)
  })

  test('in order also across the wrap of sequence numbers', () => {
    expect(isLockedTo(send(behindNat, { from: phone, packets: 4, sequence: 65_534 }), phone)).toBe(true)
  })

  test('not after four with a gap, or of two SSRCs', () => {
    const gap = send(send(behindNat, { from: phone, packets: 3 }), { from: phone, packets: 1, sequence: 5 })
    expect(isLockedTo(gap, phone)).toBe(false)
    const two = send(send(behindNat, { from: phone, packets: 3 }), { from: phone, packets: 1, sequence: 4, ssrc: 8 })
    expect(isLockedTo(two, phone)).toBe(false)
  })

  test('a doubled packet neither helps nor harms', () => {
    const doubled = [1, 1, 2, 2, 3, 3].reduce(
      (latch, sequence) => send(latch, { from: phone, packets: 1, sequence }),
      behindNat,
    )
    expect(isLockedTo(doubled, phone)).toBe(false)
    expect(isLockedTo(send(doubled, { from: phone, packets: 1, sequence: 4 }), phone)).toBe(true)
  })

  test('a stranger who came first does not disturb the learning', () => {
    let latch = send(behindNat, { from: ATTACKER, packets: 100 })
    for (let sequence = 1; sequence <= 4; sequence++) {
      latch = send(latch, { from: ATTACKER, packets: 3 })
      latch = send(latch, { from: phone, packets: 1, sequence })
    }
    expect(isLockedTo(latch, phone)).toBe(true)
  })

  test('another port of the described address is learnt as well', () => {
    const other = { ...SDP, port: 4002 }
    expect(isLockedTo(send(open(), { from: other, packets: 4 }), other)).toBe(true)
  })

  test('only in the first five seconds after an offer/answer', () => {
    expect(isLockedTo(send(behindNat, { from: phone, packets: 4, nowMs: 5000 }), phone)).toBe(true)
    expect(isLockedTo(send(behindNat, { from: phone, packets: 4, nowMs: 5001 }), phone)).toBe(false)
    const again = expectRemote(behindNat, { media: { address: '10.0.0.5', port: 4000 }, signallingAddress: NAT }, 6000)
    expect(isLockedTo(send(again, { from: phone, packets: 4, nowMs: 6100 }), phone)).toBe(true)
  })
})

describe('L3: whoever was found stays', () => {
  const locked = send(open(), { from: SDP, packets: 1 })
  const moved: Source = { ...SDP, port: 4444 }

  test('against strangers', () => {
    expect(isLockedTo(send(locked, { from: ATTACKER, packets: 1000, nowMs: 60_000 }), SDP)).toBe(true)
  })

  test('against another port of its address while it speaks', () => {
    const burst = { from: moved, packets: 10, nowMs: 10_000, heardMs: 8001 }
    expect(isLockedTo(send(locked, burst), SDP)).toBe(true)
  })

  test('until it has been silent for two seconds: then a new port of its address is learnt', () => {
    const burst = { from: moved, packets: 4, nowMs: 10_000, heardMs: 8000 }
    expect(isLockedTo(send(locked, burst), moved)).toBe(true)
  })

  test('through another offer/answer that says the same', () => {
    expect(isLockedTo(expectRemote(locked, { media: SDP, signallingAddress: SDP.address }, 9), SDP)).toBe(true)
  })

  test('not through one that says otherwise', () => {
    expect(isLockedTo(expectRemote(locked, { media: moved, signallingAddress: SDP.address }, 9), SDP)).toBe(false)
    expect(isLockedTo(expectRemote(locked, { media: SDP, signallingAddress: NAT }, 9), SDP)).toBe(false)
  })
})

test('RTCP counts from the address of the media, from no other, and not before anything was agreed', () => {
  expect(mayReport(startLatch, SDP.address)).toBe(false)
  expect(mayReport(open(), SDP.address)).toBe(true)
  expect(mayReport(open(), NAT)).toBe(false)
  expect(mayReport(send(open(), { from: SDP, packets: 1 }), ATTACKER.address)).toBe(false)
})
