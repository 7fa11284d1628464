import { describe, expect, test } from 'vitest'
import type { Phone } from '../phone.ts'
import { seededRandom } from '../seeded-random.ts'
import { type Line, remoteOf, Studio, TELEPHONE_EVENTS } from '../studio.ts'

const EVENTS = { events: TELEPHONE_EVENTS }

/** A phone's key, held for 100 ms: seven packets of one timestamp, `lossRate` of them lost. */
function press(studio: Studio, phone: Phone, line: Line, code: number, lost: () => boolean = () => false): void {
  const { timestamp } = phone
  const packets = [160, 320, 480, 640, 800, 800, 800]
  packets.forEach((ticks, index) => {
    phone.timestamp = timestamp
    const payload = Uint8Array.of(code, index >= 4 ? 0x8a : 0x0a, ticks >> 8, ticks & 0xff)
    if (lost()) phone.sequence = (phone.sequence + 1) & 0xffff
    else phone.speak(line, { payloadType: 101, marker: index === 0, payload })
    studio.clock.advance(20)
  })
  phone.timestamp = timestamp + 160 * packets.length
}

describe('a key that is pressed', () => {
  test('is a digit at once and its end with its length', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.connect(phone, EVENTS)
    press(studio, phone, line, 11)
    expect(studio.eventsOf('digit')).toEqual([{ type: 'digit', leg: line.leg, digit: '#', source: 'rfc4733' }])
    expect(studio.eventsOf('digit-end')).toEqual([{ type: 'digit-end', leg: line.leg, digit: '#', durationMs: 100 }])
    studio.clock.advance(2000)
    expect(studio.clock.armed).toBe(0)
  })

  test('at a clock of 48 kHz has its length in the same milliseconds', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.connect(phone, { events: { ...TELEPHONE_EVENTS, clockRateHz: 48_000 } })
    phone.speak(line, { payloadType: 101, payload: Uint8Array.of(5, 0x80, 4800 >> 8, 4800 & 0xff) })
    studio.clock.advance(5)
    expect(studio.eventsOf('digit-end')).toMatchObject([{ durationMs: 100 }])
  })

  test('whose packets all got lost but one is still a digit, ended by silence', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.connect(phone, EVENTS)
    phone.speak(line, { payloadType: 101, payload: Uint8Array.of(7, 0, 1, 64) })
    studio.clock.advance(60)
    expect(studio.eventsOf('digit-end')).toEqual([])
    studio.clock.advance(2)
    expect(studio.eventsOf('digit-end')).toMatchObject([{ digit: '7', durationMs: 40 }])
  })

  test('is passed on across a bridge under the other phone’s payload type', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call(EVENTS, { events: { ...TELEPHONE_EVENTS, sendPayloadType: 96 } })
    phones[0].talk(lines[0], 5)
    press(studio, phones[0], lines[0], 5)
    phones[0].talk(lines[0], 5)
    const { heard } = phones[1]
    expect(heard.map(packet => packet.payloadType)).toEqual([0, 0, 0, 0, 0, 96, 96, 96, 96, 96, 96, 96, 0, 0, 0, 0, 0])
    const events = heard.slice(5, 12)
    expect(new Set(events.map(packet => packet.timestamp)).size).toBe(1)
    expect(events.map(packet => packet.marker)).toEqual([true, false, false, false, false, false, false])
    expect([...(events[4]?.payload ?? [])]).toEqual([5, 0x8a, 3, 32])
    expect((heard[12]?.timestamp ?? 0) - (events[0]?.timestamp ?? 0)).toBe(160 * 7)
  })

  test('to a phone that takes no events is dropped and counted, and still a digit here', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call(EVENTS, {})
    press(studio, phones[0], lines[0], 5)
    expect(phones[1].heard).toEqual([])
    expect(studio.counts().packetsUnrelayable).toBe(7)
    expect(studio.eventsOf('digit')).toHaveLength(1)
  })

  test('to a phone whose events have another clock is dropped and counted', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call(EVENTS, { events: { ...TELEPHONE_EVENTS, clockRateHz: 48_000 } })
    press(studio, phones[0], lines[0], 5)
    expect(phones[1].heard).toEqual([])
    expect(studio.counts().packetsUnrelayable).toBe(7)
  })

  test('and after which a prompt is played, leaves the prompt outside the event’s time', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call(EVENTS, EVENTS)
    phones[0].talk(lines[0], 5)
    press(studio, phones[0], lines[0], 5)
    studio.media.play(lines[1].leg, { sounds: [{ kind: 'silence', durationMs: 40 }], times: 1 })
    studio.clock.advance(100)
    const events = phones[1].heard.filter(packet => packet.payloadType === 101)
    const [first] = phones[1].heard.slice(5 + events.length)
    expect((first?.timestamp ?? 0) - (events[0]?.timestamp ?? 0)).toBeGreaterThanOrEqual(800)
  })

  test('under a payload type that was not agreed is nothing', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.connect(phone, { events: { ...TELEPHONE_EVENTS, receivePayloadType: 96 } })
    press(studio, phone, line, 5)
    expect(studio.eventsOf('digit')).toEqual([])
  })

  test('in a payload of one to three bytes is nothing, in one of eight bytes the first of two', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.connect(phone, EVENTS)
    for (const length of [1, 2, 3]) phone.talk(line, 1, { payloadType: 101, payload: new Uint8Array(length).fill(5) })
    expect(studio.eventsOf('digit')).toEqual([])
    phone.talk(line, 1, { payloadType: 101, payload: Uint8Array.of(5, 0x80, 0, 160, 6, 0x80, 0, 160) })
    expect(studio.eventsOf('digit').map(event => event.digit)).toEqual(['5'])
  })

  test('from somewhere else is nothing', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.connect(phone, EVENTS)
    phone.talk(line, 3)
    press(studio, studio.phone(), line, 5)
    expect(studio.eventsOf('digit')).toEqual([])
  })

  test('under an SSRC of its own, as some gateways send it, is a digit', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.connect(phone, EVENTS)
    phone.talk(line, 5)
    const { ssrc, sequence, timestamp } = phone
    Object.assign(phone, { ssrc: 0x7777, sequence: 9, timestamp: 3 })
    press(studio, phone, line, 5)
    Object.assign(phone, { ssrc, sequence, timestamp })
    phone.talk(line, 5)
    expect(studio.eventsOf('digit').map(event => event.digit)).toEqual(['5'])
  })

  test('while the leg closes leaves no timer behind but that of its ports', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.connect(phone, EVENTS)
    phone.speak(line, { payloadType: 101, payload: Uint8Array.of(7, 0, 1, 64) })
    studio.clock.advance(5)
    studio.media.close(line.leg)
    studio.clock.advance(1)
    expect([studio.clock.armed, studio.counts().timers]).toEqual([1, 1])
    studio.clock.advance(10_000)
    expect([studio.clock.armed, studio.counts().timers]).toEqual([0, 0])
  })
})

describe('ten digits dialled over a network that loses a fifth of the packets', () => {
  for (let seed = 1; seed <= 20; seed++)
    test(`are those ten digits (seed ${seed})`, () => {
      const random = seededRandom(seed)
      const studio = new Studio({ seed })
      const phone = studio.phone()
      const line = studio.connect(phone, EVENTS)
      phone.talk(line, 3)
      for (const digit of '0012334599') {
        press(studio, phone, line, Number(digit), () => random.u32() % 5 === 0)
        studio.clock.advance(40)
        phone.talk(line, 2)
      }
      studio.clock.advance(200)
      expect(
        studio
          .eventsOf('digit')
          .map(event => event.digit)
          .join(''),
      ).toBe('0012334599')
      expect(studio.eventsOf('digit-end')).toHaveLength(10)
    })
})

test('a changed payload type counts from the next offer/answer on', () => {
  const studio = new Studio()
  const phone = studio.phone()
  const line = studio.connect(phone, EVENTS)
  press(studio, phone, line, 1)
  studio.media.setRemote(line.leg, remoteOf(phone, { events: { ...TELEPHONE_EVENTS, receivePayloadType: 110 } }))
  press(studio, phone, line, 2)
  expect(studio.eventsOf('digit').map(event => event.digit)).toEqual(['1'])
})
