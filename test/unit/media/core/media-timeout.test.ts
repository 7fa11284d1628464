import { describe, expect, test } from 'vitest'
import type { Phone } from '../phone.ts'
import { type Line, remoteOf, Studio } from '../studio.ts'

const TIMEOUT_MS = 20_000
const REPORT = Uint8Array.from(Buffer.from('80c9000100000001', 'hex'))

const scene = (timeoutMs = TIMEOUT_MS): { studio: Studio; phone: Phone; line: Line } => {
  const studio = new Studio()
  const phone = studio.phone()
  return { studio, phone, line: studio.connect(phone, {}, timeoutMs) }
}

/** Advances in small steps until `timeout` is raised; returns how long that took. */
function untilTimeout(studio: Studio, limitMs: number): number | undefined {
  for (let ms = 0; ms < limitMs; ms += 100) {
    if (studio.eventsOf('timeout').length > 0) return ms
    studio.clock.advance(100)
  }
  return undefined
}

describe('the media timeout', () => {
  test('is not running before the first packet', () => {
    const { studio } = scene()
    expect(studio.clock.armed).toBe(0)
    expect(untilTimeout(studio, 60_000)).toBeUndefined()
  })

  test('comes that long after the last packet, within a second, and once', () => {
    const { studio, phone, line } = scene()
    phone.talk(line, 500)
    const afterMs = untilTimeout(studio, 60_000)
    expect(afterMs).toBeGreaterThanOrEqual(TIMEOUT_MS - 1000)
    expect(afterMs).toBeLessThanOrEqual(TIMEOUT_MS + 1000)
    studio.clock.advance(60_000)
    expect(studio.eventsOf('timeout')).toEqual([{ type: 'timeout', leg: line.leg }])
  })

  test('takes one timer, however many packets come', () => {
    const { studio, phone, line } = scene()
    phone.talk(line, 2000)
    studio.clock.advance(2000) // after which nothing else waits for packets
    expect(studio.counts().timers).toBe(1)
  })

  test('comes again when packets came again and stopped', () => {
    const { studio, phone, line } = scene()
    phone.talk(line, 5)
    studio.clock.advance(30_000)
    phone.talk(line, 5)
    studio.clock.advance(30_000)
    expect(studio.eventsOf('timeout')).toHaveLength(2)
  })

  test('of 0 never comes', () => {
    const { studio, phone, line } = scene(0)
    phone.talk(line, 5)
    expect(untilTimeout(studio, 600_000)).toBeUndefined()
    expect(studio.clock.armed).toBe(0)
  })

  for (const place of ['its own port', 'the RTP port'])
    test(`is put off by RTCP on ${place} while nobody speaks`, () => {
      const { studio, phone, line } = scene()
      phone.talk(line, 5)
      const port = place === 'its own port' ? line.port + 1 : line.port
      for (let report = 0; report < 20; report++) {
        phone.send(REPORT, { ...line, port })
        studio.clock.advance(5000)
      }
      expect(studio.eventsOf('timeout')).toEqual([])
      expect(untilTimeout(studio, 60_000)).toBeLessThanOrEqual(16_000)
    })

  test('is put off by comfort noise that was agreed, which is not passed on', () => {
    const studio = new Studio()
    const noise = {
      name: 'CN',
      payloadType: 13,
      clockRateHz: 8000,
      sampleRateHz: 8000,
      channels: 1,
      frameMs: 10,
      fmtp: '',
    }
    const { phones, lines } = studio.call()
    studio.media.setRemote(lines[0].leg, remoteOf(phones[0], { receive: [remoteOf(phones[0]).send, noise] }))
    for (let packet = 0; packet < 20; packet++) {
      phones[0].speak(lines[0], { payloadType: 13, payload: Uint8Array.of(60) })
      studio.clock.advance(5000)
    }
    expect(studio.eventsOf('timeout')).toEqual([])
    expect(phones[1].heard).toEqual([])
  })

  for (const [what, disturb] of Object.entries({
    'a stranger’s RTP': ({ studio, line }: ReturnType<typeof scene>) => studio.phone('203.0.113.1').speak(line),
    'a stranger’s RTCP': ({ studio, line }: ReturnType<typeof scene>) =>
      studio.phone('203.0.113.1').send(REPORT, { ...line, port: line.port + 1 }),
    'a payload type that was not agreed': ({ phone, line }: ReturnType<typeof scene>) =>
      phone.speak(line, { payloadType: 77 }),
    'RTCP that is none': ({ phone, line }: ReturnType<typeof scene>) =>
      phone.send(Uint8Array.from(Buffer.from('80cbffff00000001', 'hex')), { ...line, port: line.port + 1 }),
    'RTP on the RTCP port': ({ phone, line }: ReturnType<typeof scene>) =>
      phone.speak({ ...line, port: line.port + 1 }),
  }))
    test(`is not put off by ${what}`, () => {
      const one = scene()
      one.phone.talk(one.line, 5)
      for (let second = 0; second < 25; second++) {
        disturb(one)
        one.studio.clock.advance(1000)
      }
      expect(one.studio.eventsOf('timeout')).toHaveLength(1)
    })

  test('waits while the phone is asked to be silent, and gives it the whole time afterwards', () => {
    const { studio, phone, line } = scene()
    phone.talk(line, 5)
    studio.clock.advance(15_000)
    studio.media.setRemote(line.leg, remoteOf(phone, { direction: 'sendonly' }))
    expect(studio.clock.armed).toBe(0)
    studio.clock.advance(600_000)
    expect(studio.eventsOf('timeout')).toEqual([])
    studio.media.setRemote(line.leg, remoteOf(phone))
    const afterMs = untilTimeout(studio, 60_000)
    expect(afterMs).toBeGreaterThanOrEqual(TIMEOUT_MS - 1000)
    expect(afterMs).toBeLessThanOrEqual(TIMEOUT_MS + 1000)
  })

  test('goes with the leg', () => {
    const { studio, phone, line } = scene()
    phone.talk(line, 5)
    studio.media.close(line.leg)
    studio.clock.advance(60_000)
    expect(studio.eventsOf('timeout')).toEqual([])
    expect(studio.clock.armed).toBe(0)
  })
})
