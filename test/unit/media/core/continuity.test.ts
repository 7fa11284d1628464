import { describe, expect, test } from 'vitest'
import type { Heard } from '../phone.ts'
import { seededRandom } from '../seeded-random.ts'
import { steps } from '../steps.ts'
import { remoteOf, Studio, TELEPHONE_EVENTS } from '../studio.ts'

const EVENTS = { events: TELEPHONE_EVENTS }

/** A minute in which everything that may happen to a leg's sender happens in an order that the seed chooses. */
function minute(seed: number): Heard[] {
  const random = seededRandom(seed * 7919)
  const studio = new Studio({ seed })
  const { phones, lines } = studio.call(EVENTS, EVENTS)
  const third = studio.phone()
  const thirdLine = studio.connect(third, EVENTS)
  const [, { leg }] = lines
  const acts = [
    () => studio.media.play(leg, { sounds: [{ kind: 'silence', durationMs: random.u32() % 700 }], times: 1 }),
    () => studio.media.sendDigits(leg, '5', 60 + (random.u32() % 100), random.u32() % 100),
    () => studio.media.bridge(leg, thirdLine.leg),
    () => studio.media.bridge(lines[0].leg, leg),
    () => studio.media.unbridge(leg),
    () => studio.media.setRemote(leg, remoteOf(phones[1], { ...EVENTS, direction: 'inactive' })),
    () => studio.media.setRemote(leg, remoteOf(phones[1], EVENTS)),
    () =>
      Object.assign(phones[0], {
        ssrc: random.u32() | 0,
        sequence: random.u32() & 0xffff,
        timestamp: random.u32() | 0,
      }),
  ]
  for (let packet = 0; packet < 3000; packet++) {
    if (random.u32() % 20 === 0) acts[random.u32() % acts.length]?.()
    phones[0].speak(lines[0])
    third.speak(thirdLine)
    const lateMs = random.u32() % 5
    studio.clock.advance(lateMs)
    phones[1].speak(lines[1])
    studio.clock.advance(20 - lateMs)
  }
  return phones[1].heard
}

const isEvent = ({ payloadType }: Heard): boolean => payloadType === 101
const durationOf = ({ payloadType, payload }: Heard): number =>
  payloadType === 101 ? ((payload[2] ?? 0) << 8) | (payload[3] ?? 0) : payload.length

describe('whatever a leg sends, and however it changes', () => {
  for (let seed = 1; seed <= 12; seed++)
    test(`its far end hears one stream (seed ${seed})`, () => {
      const heard = minute(seed)
      expect(heard.length).toBeGreaterThan(300)
      expect(new Set(heard.map(packet => packet.ssrc)).size).toBe(1)
      expect(
        new Set(
          steps(
            heard.map(packet => packet.sequence),
            65_536,
          ),
        ),
      ).toEqual(new Set([1]))
      for (const [index, packet] of heard.entries()) {
        const before = heard[index - 1]
        if (!before) continue
        const ahead = (packet.timestamp - before.timestamp) | 0
        const sameEvent = isEvent(packet) && isEvent(before) && ahead === 0
        // No sound begins before the end of the one before it.
        if (!sameEvent) expect(ahead).toBeGreaterThanOrEqual(durationOf(before))
      }
    })

  for (let seed = 1; seed <= 5; seed++)
    test(`its timestamps keep to the time on the wall (seed ${seed})`, () => {
      const heard = minute(seed)
      const [first] = heard as [Heard]
      for (const packet of heard.filter(one => !isEvent(one))) {
        const saidTicks = (packet.timestamp - first.timestamp) | 0
        const trueTicks = (packet.atMs - first.atMs) * 8
        expect(saidTicks - trueTicks).toBeLessThan(8 * 60)
        expect(saidTicks - trueTicks).toBeGreaterThan(-8 * 60)
      }
    })
})
