import { describe, expect, test } from 'vitest'
import { Machine } from '../../../../src/base/index.ts'
import {
  type DtmfEffect,
  type DtmfInput,
  type DtmfState,
  type EventPacket,
  startDtmf,
  stepDtmf,
} from '../../../../src/media/rtp/dtmf-receiver.ts'
import { DtmfSender } from '../../../../src/media/rtp/dtmf-sender.ts'
import vectors from '../../../vectors/rtp-vectors.json' with { type: 'json' }
import { seededRandom } from '../seeded-random.ts'
import { VirtualClock } from '../virtual-clock.ts'

/** A receiver that hears packets 20 ms apart and notes what it makes of them. */
class Ear {
  readonly clock = new VirtualClock()
  readonly effects: DtmfEffect[] = []
  readonly #machine = new Machine<DtmfState, DtmfInput, 'silence', DtmfEffect>(
    this.clock,
    stepDtmf(20),
    startDtmf,
    effect => this.effects.push(effect),
  )
  sequence = 100

  /** An event packet with the next sequence number. */
  hear(packet: Partial<EventPacket>, afterMs = 20): void {
    const { sequence = this.sequence } = packet
    const whole = { ssrc: 1, timestamp: 8000, marker: false, code: 5, hasEnded: false, ticks: 160, ...packet }
    this.#machine.dispatch({ type: 'packet', nowMs: this.clock.now(), packet: { ...whole, sequence } })
    this.sequence = (sequence + 1) & 0xffff
    this.clock.advance(afterMs)
  }

  /** A whole digit as the RFC has it: 100 ms, three ends. */
  hearDigit(packet: Partial<EventPacket> = {}): void {
    for (let ticks = 160; ticks < 800; ticks += 160) this.hear({ marker: ticks === 160, ...packet, ticks })
    for (let end = 0; end < 3; end++) this.hear({ ...packet, ticks: 800, hasEnded: true })
  }

  get digits(): string {
    return this.effects.map(effect => (effect.type === 'digit' ? effect.digit : '')).join('')
  }

  /** Durations of the digits that ended, in timestamp units. */
  get ticks(): number[] {
    return this.effects.flatMap(effect => (effect.type === 'digit-end' ? [effect.ticks] : []))
  }
}

/** By the name of the vector: hear the sequence and say what was wrong with the result. */
const sequences: Readonly<Record<string, (ear: Ear) => void>> = {
  'nominal digit 5, 3 end copies': ear => {
    ear.hearDigit()
    expect([ear.digits, ear.ticks]).toEqual(['5', [800]])
  },
  'all 3 end packets lost': ear => {
    for (const ticks of [160, 320, 480]) ear.hear({ ticks, marker: ticks === 160 })
    ear.clock.advance(39)
    expect(ear.ticks).toEqual([])
    ear.clock.advance(1)
    expect([ear.digits, ear.ticks]).toEqual(['5', [480]])
  },
  'start lost': ear => {
    ear.hear({ ticks: 640 })
    ear.hear({ ticks: 800, hasEnded: true })
    expect([ear.digits, ear.ticks]).toEqual(['5', [800]])
  },
  'only one end packet arrives': ear => {
    ear.hear({ ticks: 800, hasEnded: true })
    expect([ear.digits, ear.ticks]).toEqual(['5', [800]])
  },
  'duplicate ends after the digit was reported': ear => {
    ear.hearDigit()
    for (let end = 0; end < 5; end++) ear.hear({ ticks: 800, hasEnded: true })
    expect([ear.digits, ear.ticks]).toEqual(['5', [800]])
  },
  'late reordered update after end': ear => {
    ear.hearDigit()
    ear.hear({ ticks: 640, sequence: 103 })
    expect([ear.digits, ear.ticks]).toEqual(['5', [800]])
  },
  'same digit twice, different ts': ear => {
    ear.hearDigit()
    ear.hearDigit({ timestamp: 8000 + 1120 })
    expect([ear.digits, ear.ticks]).toEqual(['55', [800, 800]])
  },
  'broken peer: ts changes in every packet of one event': ear => {
    for (const ticks of [160, 320, 480, 640]) ear.hear({ ticks, marker: ticks === 160, timestamp: 8000 + ticks })
    for (const extra of [0, 160, 320]) ear.hear({ ticks: 800, hasEnded: true, timestamp: 8800 + extra })
    expect([ear.digits, ear.ticks]).toEqual(['5', [800]])
  },
  'broken peer: duration does not grow': ear => {
    for (let packet = 0; packet < 8; packet++) ear.hear({ ticks: 160, marker: packet === 0 })
    ear.hear({ ticks: 160, hasEnded: true })
    expect([ear.digits, ear.ticks]).toEqual(['5', [160]])
  },
  'two events overlap (second starts without E)': ear => {
    for (const ticks of [160, 320]) ear.hear({ code: 1, ticks, marker: ticks === 160 })
    ear.hearDigit({ code: 2, timestamp: 8480 })
    expect([ear.digits, ear.ticks]).toEqual(['12', [320, 800]])
  },
  'duration wraps 0xFFFF, continued segment': ear => {
    for (let ticks = 160; ticks < 65_535; ticks += 160) ear.hear({ ticks, marker: ticks === 160 })
    ear.hear({ ticks: 65_535 })
    for (const ticks of [160, 320]) ear.hear({ ticks, timestamp: 8000 + 65_535 })
    ear.hear({ ticks: 400, timestamp: 8000 + 65_535, hasEnded: true })
    expect([ear.digits, ear.ticks]).toEqual(['5', [65_935]])
  },
  'event code 16..255': ear => {
    for (const code of [16, 17, 100, 255]) ear.hearDigit({ code, timestamp: code * 1000 })
    expect(ear.effects).toEqual([])
  },
  'two blocks in one packet': ear => {
    // The reader of the payload takes the first; the receiver never sees the second.
    ear.hearDigit()
    expect(ear.digits).toBe('5')
  },
  '48 kHz telephone-event with 8 kHz clock': ear => {
    ear.hear({ ticks: 960 * 5, hasEnded: true })
    expect(ear.ticks).toEqual([4800])
  },
  'seq wrap in the middle': ear => {
    ear.sequence = 65_534
    ear.hearDigit()
    expect([ear.digits, ear.ticks]).toEqual(['5', [800]])
  },
  'DTMF flood 1000 events/s': ear => {
    for (let event = 0; event < 5000; event++) ear.hear({ marker: true, timestamp: event * 8 }, 1)
    // 50 at once and 25 in each of the five seconds.
    expect(ear.digits.length).toBeLessThanOrEqual(50 + 25 * 5 + 1)
    expect(ear.effects.filter(effect => effect.type === 'flood').length).toBeGreaterThan(4000)
    ear.clock.advance(2000)
    ear.hearDigit({ timestamp: 100_000, code: 9 })
    expect(ear.digits.endsWith('9')).toBe(true)
  },
}

/** Not for a receiver of events: the core never gives it such a packet. */
const ELSEWHERE = ['payload 1..3 bytes', 'event PT not negotiated']

describe('the vectors of RFC 4733', () => {
  for (const { n, expect: wanted } of vectors.rfc4733.filter(({ n }) => !ELSEWHERE.includes(n)))
    test(`${n}: ${wanted}`, () => {
      const sequence = sequences[n]
      if (!sequence) throw new Error(`No sequence was written for "${n}".`)
      sequence(new Ear())
    })
})

describe('further', () => {
  test('the digit is told at its first packet, long before it ends', () => {
    const ear = new Ear()
    ear.hear({ marker: true })
    expect(ear.effects).toEqual([{ type: 'digit', digit: '5' }])
  })

  test('all sixteen digits have their letters', () => {
    const ear = new Ear()
    for (let code = 0; code < 16; code++) ear.hearDigit({ code, timestamp: code * 2000 })
    expect(ear.digits).toBe('0123456789*#ABCD')
  })

  test('disorder within a digit changes nothing', () => {
    const ear = new Ear()
    for (const [sequence, ticks] of [
      [101, 320],
      [100, 160],
      [103, 640],
      [102, 480],
    ] as const)
      ear.hear({ sequence, ticks })
    ear.hear({ sequence: 105, ticks: 800, hasEnded: true })
    ear.hear({ sequence: 104, ticks: 800, hasEnded: true })
    expect([ear.digits, ear.ticks]).toEqual(['5', [800]])
  })

  test('a packet of the digit before, late by a whole digit, is no third digit', () => {
    const ear = new Ear()
    ear.hearDigit({ code: 1, timestamp: 1000 })
    ear.hearDigit({ code: 2, timestamp: 3000 })
    ear.hear({ code: 1, timestamp: 1000, sequence: 102 })
    expect(ear.digits).toBe('12')
  })

  test('a packet of a digit that was never heard and is older than one that was is no digit', () => {
    const ear = new Ear()
    ear.sequence = 110
    ear.hearDigit({ code: 2, timestamp: 3000 })
    ear.hear({ code: 1, timestamp: 1000, sequence: 105 })
    expect(ear.digits).toBe('2')
  })

  test('a late packet of the segment before is not a digit of its own', () => {
    const ear = new Ear()
    ear.hear({ ticks: 65_535 })
    ear.hear({ ticks: 160, timestamp: 8000 + 65_535 })
    ear.hear({ ticks: 65_520, sequence: 99 })
    ear.hear({ ticks: 320, timestamp: 8000 + 65_535, sequence: 102, hasEnded: true })
    expect([ear.digits, ear.ticks]).toEqual(['5', [65_855]])
  })

  test('a mark begins a new digit, even where the one before never ended', () => {
    const ear = new Ear()
    ear.hear({ ticks: 160, marker: true })
    ear.hear({ ticks: 400, marker: true, timestamp: 8480 })
    expect(ear.digits).toBe('55')
  })

  test('the same timestamp and digit of another SSRC is another digit', () => {
    const ear = new Ear()
    ear.hearDigit()
    ear.hearDigit({ ssrc: 2 })
    expect(ear.digits).toBe('55')
  })

  test('a digit held for seven seconds is one digit, and no timer is left', () => {
    const ear = new Ear()
    for (let ticks = 160; ticks <= 56_000; ticks += 160) ear.hear({ ticks })
    expect(ear.clock.armed).toBe(1)
    ear.hear({ ticks: 56_160, hasEnded: true })
    expect([ear.digits, ear.ticks, ear.clock.armed]).toEqual(['5', [56_160], 0])
  })
})

/** What a network does to the packets of a sender: loses, doubles, delays by up to five places. */
function disturb<T>(items: readonly T[], random: () => number, lossRate: number): T[] {
  const places: { at: number; item: T }[] = []
  items.forEach((item, index) => {
    if (random() < lossRate) return
    const delay = random() < 0.1 ? Math.floor(random() * 6) : 0
    places.push({ at: index + delay, item })
    if (random() < 0.05) places.push({ at: index + delay + 1, item })
  })
  return places.sort((one, other) => one.at - other.at).map(({ item }) => item)
}

/** The packets that our own sender makes of digits of 160 ms. */
function packetsOf(digits: string): EventPacket[] {
  const sender = new DtmfSender()
  const packets: EventPacket[] = []
  let timestamp = 0
  let sequence = 60_000
  for (const digit of digits) {
    sender.add(digit, 160, 0)
    timestamp += 160 * 14
    while (!sender.isIdle) {
      if (!sender.next(20)) continue
      const { code, hasEnded, isFirst } = sender
      const ticks = sender.soundedMs * 8
      packets.push({
        ssrc: 1,
        sequence: sequence & 0xffff,
        timestamp: timestamp | 0,
        marker: isFirst,
        code,
        hasEnded,
        ticks,
      })
      sequence++
    }
  }
  return packets
}

describe('10,000 digits over a network that loses a fifth of the packets, doubles some and swaps others', () => {
  const dialled = Array.from({ length: 10_000 }, (_, index) => '0123456789*#ABCD'[(index * 7) % 16]).join('')
  const packets = packetsOf(dialled)

  for (const seed of [1, 2, 3])
    test(`arrive each exactly once (seed ${seed})`, () => {
      const numbers = seededRandom(seed)
      const random = (): number => numbers.u32() / 2 ** 32
      const step = stepDtmf(20)
      let state = startDtmf
      let received = ''
      for (const [index, packet] of disturb(packets, random, 0.2).entries()) {
        const [next, effects] = step(state, { type: 'packet', packet, nowMs: index * 25 })
        state = next
        for (const effect of effects) if (effect.type === 'digit') received += effect.digit
      }
      expect(received.length).toBe(dialled.length)
      expect(received === dialled).toBe(true)
    })
})
