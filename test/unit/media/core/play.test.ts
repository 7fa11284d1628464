import { describe, expect, test } from 'vitest'
import { muLaw } from '../../../../src/media/codec/g711.ts'
import { type Sound, tonePlans } from '../../../../src/media/index.ts'
import { levelDbm0, signalToNoiseDb } from '../goertzel.ts'
import type { Phone } from '../phone.ts'
import { steps } from '../steps.ts'
import { PCMA, PCMU, remoteOf, Studio, TELEPHONE_EVENTS } from '../studio.ts'

const samplesOf = (phone: Phone): Int16Array =>
  Int16Array.from(phone.heard.flatMap(({ payload }) => [...payload].map(code => muLaw.decode[code] as number)))

function pcm(samples: ArrayLike<number>, sampleRateHz = 8000): Sound {
  const memory = new SharedArrayBuffer(samples.length * 2)
  new Int16Array(memory).set(samples)
  return { kind: 'pcm', samples: memory, sampleRateHz }
}

const ramp = (length: number): Int16Array => Int16Array.from({ length }, (_, index) => index * 8)
const tone = (durationMs: number): Sound => ({
  kind: 'tone',
  tone: { frequenciesHz: [425], levelDbm0: -13, cadenceMs: [] },
  durationMs,
})
const once = (...sounds: Sound[]): { sounds: Sound[]; times: number } => ({ sounds, times: 1 })

describe('a prompt', () => {
  test('arrives packet by packet, 20 ms apart, sample by sample as it was', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.connect(phone)
    const values = Int16Array.from(muLaw.decode).filter((_, index) => index !== 0x7f)
    studio.media.play(line.leg, once(pcm(values)))
    studio.clock.advance(200)
    expect([...samplesOf(phone).subarray(0, values.length)]).toEqual([...values])
    expect(
      steps(
        phone.heard.map(packet => packet.atMs),
        2 ** 32,
      ),
    ).toEqual([20])
    expect(phone.heard.map(packet => packet.marker)).toEqual([true, false])
  })

  test('starts within 20 ms, says when it has been heard and for how long, and leaves no timer', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.connect(phone)
    const startMs = studio.clock.now()
    const task = studio.media.play(line.leg, once(pcm(ramp(8000))))
    studio.clock.advance(900)
    expect(studio.eventsOf('played')).toEqual([])
    studio.clock.advance(300)
    expect((phone.heard[0]?.atMs ?? 0) - startMs).toBeLessThanOrEqual(21)
    expect(phone.heard).toHaveLength(50)
    expect(studio.eventsOf('played')).toEqual([
      { type: 'played', leg: line.leg, task, reason: 'completed', playedMs: 1000 },
    ])
    expect(studio.clock.armed).toBe(0)
    expect(studio.counts()).toMatchObject({ tasks: 0, timers: 0 })
  })

  test('is told as played after the last packet has had its time', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.connect(phone)
    studio.media.play(line.leg, once(pcm(ramp(320))))
    while (studio.eventsOf('played').length === 0) studio.clock.advance(1)
    expect(studio.clock.now() - (phone.heard[1]?.atMs ?? 0)).toBeGreaterThanOrEqual(19)
  })

  test('of a length that is no whole packet is filled up with silence', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.connect(phone)
    studio.media.play(line.leg, once(pcm(new Int16Array(200).fill(1000))))
    studio.clock.advance(100)
    expect(phone.heard.map(packet => packet.payload.length)).toEqual([160, 160])
    expect([...samplesOf(phone).subarray(200)].every(sample => sample === 0)).toBe(true)
    expect(studio.eventsOf('played')[0]?.playedMs).toBe(25)
  })

  for (const [ptimeMs, bytes] of [
    [10, 80],
    [20, 160],
    [30, 240],
    [40, 320],
    [60, 480],
    [25, 160],
    [5, 80],
  ] as const)
    test(`for a phone that wants ${ptimeMs} ms has ${bytes} bytes in a packet, at its own pace`, () => {
      const studio = new Studio()
      const phone = studio.phone()
      const line = studio.connect(phone, { ptimeMs })
      studio.media.play(line.leg, once(tone(1200)))
      studio.clock.advance(1500)
      expect(new Set(phone.heard.map(packet => packet.payload.length))).toEqual(new Set([bytes]))
      expect(
        new Set(
          steps(
            phone.heard.map(packet => packet.atMs),
            2 ** 32,
          ),
        ),
      ).toEqual(new Set([bytes / 8]))
      expect(
        new Set(
          steps(
            phone.heard.map(packet => packet.timestamp),
            2 ** 32,
          ),
        ),
      ).toEqual(new Set([bytes]))
      expect(signalToNoiseDb(samplesOf(phone).subarray(800, 8800), 425, 8000)).toBeGreaterThan(30)
    })

  test('is encoded as the phone wants it', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.connect(phone, { send: PCMA, receive: [PCMA] })
    studio.media.play(line.leg, once({ kind: 'silence', durationMs: 20 }))
    studio.clock.advance(50)
    expect(phone.heard[0]?.payloadType).toBe(8)
    expect(new Set(phone.heard[0]?.payload)).toEqual(new Set([0xd5]))
  })

  test('of another sample rate is converted as it plays', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.connect(phone)
    const rateHz = 22_050
    const samples = Int16Array.from({ length: rateHz }, (_, n) => 8000 * Math.sin((2 * Math.PI * 1000 * n) / rateHz))
    studio.media.play(line.leg, once(pcm(samples, rateHz)))
    studio.clock.advance(1200)
    expect(phone.heard).toHaveLength(50)
    expect(signalToNoiseDb(samplesOf(phone).subarray(800, 7200), 1000, 8000)).toBeGreaterThan(30)
  })

  test('of a sample rate that nobody uses is silence, and still ends', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.connect(phone)
    studio.media.play(line.leg, once(pcm(ramp(800), 44_101)))
    studio.clock.advance(500)
    expect(new Set(samplesOf(phone))).toEqual(new Set([0]))
    expect(studio.eventsOf('played')).toHaveLength(1)
  })

  test('of several sounds plays them without a gap, as often as asked', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.connect(phone)
    studio.media.play(line.leg, {
      sounds: [pcm(new Int16Array(100).fill(1000)), pcm(new Int16Array(60).fill(-1000))],
      times: 3,
    })
    studio.clock.advance(200)
    expect(phone.heard).toHaveLength(3)
    const signs = [...samplesOf(phone)].map(Math.sign)
    expect(signs).toEqual([1, -1, 1, -1, 1, -1].flatMap((sign, index) => new Array(index % 2 ? 60 : 100).fill(sign)))
    expect(studio.eventsOf('played')[0]?.playedMs).toBe(60)
  })

  test('without end plays until it is stopped', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.connect(phone)
    const task = studio.media.play(line.leg, { sounds: [tone(100)], times: 0 })
    studio.clock.advance(10_005)
    expect(phone.heard.length).toBeGreaterThanOrEqual(499)
    studio.media.stop(task)
    expect(studio.counts().timers).toBe(0)
    const heard = phone.heard.length
    studio.clock.advance(1000)
    expect(phone.heard.length - heard).toBeLessThanOrEqual(1)
    expect(studio.eventsOf('played')).toMatchObject([{ task, reason: 'stopped' }])
    expect(studio.clock.armed).toBe(0)
  })

  for (const [what, sounds, times] of [
    ['no sounds', [], 1],
    ['no sounds, without end', [], 0],
    ['sounds of no length, without end', [tone(0), { kind: 'silence', durationMs: 0 }], 0],
    ['an empty recording', [pcm([])], 3],
  ] as const)
    test(`${what} has been played at once`, () => {
      const studio = new Studio()
      const line = studio.connect(studio.phone())
      studio.media.play(line.leg, { sounds, times })
      expect(studio.eventsOf('played')).toEqual([])
      studio.clock.advance(50)
      expect(studio.eventsOf('played')).toMatchObject([{ reason: 'completed', playedMs: 0 }])
    })

  test('gives way to the next one, which goes on in the same packets', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.connect(phone)
    const first = studio.media.play(line.leg, once(tone(1000)))
    studio.clock.advance(200)
    const second = studio.media.play(line.leg, once(tone(100)))
    studio.clock.advance(500)
    expect(studio.eventsOf('played')).toMatchObject([
      { task: first, reason: 'stopped' },
      { task: second, reason: 'completed', playedMs: 100 },
    ])
    expect(
      new Set(
        steps(
          phone.heard.map(packet => packet.sequence),
          65_536,
        ),
      ),
    ).toEqual(new Set([1]))
  })

  test('before an answer, and on hold, runs on unheard and ends in time', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.line()
    studio.media.play(line.leg, once(tone(1000)))
    studio.clock.advance(500)
    studio.media.setRemote(line.leg, remoteOf(phone))
    studio.clock.advance(200)
    studio.media.setRemote(line.leg, remoteOf(phone, { direction: 'inactive' }))
    studio.clock.advance(400)
    expect(phone.heard.length).toBe(10)
    expect(studio.eventsOf('played')).toMatchObject([{ reason: 'completed', playedMs: 1000 }])
  })

  test('to a phone whose format has no codec here is played to nobody', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const speex = { ...PCMU, name: 'speex', payloadType: 97 }
    const line = studio.connect(phone, { send: speex, receive: [speex] })
    studio.media.play(line.leg, once(tone(100)))
    studio.clock.advance(200)
    expect(phone.heard).toEqual([])
    expect(studio.eventsOf('played')).toMatchObject([{ reason: 'completed' }])
  })

  test('that went through a format without a codec goes on by the clock', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.connect(phone)
    studio.media.play(line.leg, once(tone(1000)))
    studio.clock.advance(200)
    studio.media.setRemote(line.leg, remoteOf(phone, { send: { ...PCMU, name: 'speex' } }))
    studio.clock.advance(200)
    studio.media.setRemote(line.leg, remoteOf(phone))
    studio.clock.advance(200)
    for (const [index, packet] of phone.heard.entries()) {
      const first = phone.heard[0]
      if (index > 0 && first) expect(packet.timestamp - first.timestamp).toBe((packet.atMs - first.atMs) * 8)
    }
    expect(phone.heard.length).toBeLessThan(25)
  })

  test('ringback of the United Kingdom has its two frequencies and its rhythm', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.connect(phone)
    studio.media.play(line.leg, once({ kind: 'tone', tone: tonePlans.uk.ringback, durationMs: 3000 }))
    studio.clock.advance(3100)
    const samples = samplesOf(phone)
    expect(levelDbm0(samples.subarray(400, 2800), 400, 8000)).toBeCloseTo(-16, 0)
    expect(levelDbm0(samples.subarray(400, 2800), 450, 8000)).toBeCloseTo(-16, 0)
    expect(samples.subarray(3200, 4800).every(sample => sample === 0)).toBe(true)
  })
})

describe('a prompt on a bridge', () => {
  test('is heard instead of the other phone, which is heard again afterwards, in one unbroken stream', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call()
    phones[0].talk(lines[0], 10)
    studio.media.play(lines[1].leg, once(tone(200)))
    phones[0].talk(lines[0], 20)
    const { heard } = phones[1]
    expect(new Set(heard.map(packet => packet.ssrc)).size).toBe(1)
    expect(
      new Set(
        steps(
          heard.map(packet => packet.sequence),
          65_536,
        ),
      ),
    ).toEqual(new Set([1]))
    const ticks = steps(
      heard.map(packet => packet.timestamp),
      2 ** 32,
    )
    expect(Math.min(...ticks)).toBeGreaterThanOrEqual(160)
    expect(Math.max(...ticks)).toBeLessThanOrEqual(480)
    expect(heard.filter(packet => packet.marker)).toHaveLength(3)
    // Time on the wire and time in the packets have not come apart by more than the two seams.
    const first = heard[0]
    const last = heard.at(-1)
    const elapsedTicks = ((last?.atMs ?? 0) - (first?.atMs ?? 0)) * 8
    expect(Math.abs((last?.timestamp ?? 0) - (first?.timestamp ?? 0) - elapsedTicks)).toBeLessThanOrEqual(320)
    expect(heard.length).toBeGreaterThanOrEqual(28)
  })

  test('does not keep the other phone from hearing', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call()
    studio.media.play(lines[1].leg, once(tone(400)))
    phones[1].talk(lines[1], 10)
    expect(phones[0].heard).toHaveLength(10)
  })

  test('does not overlap what was sent, when the last packet to come was a late one', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call()
    phones[0].talk(lines[0], 2)
    const { sequence, timestamp } = phones[0]
    for (const ahead of [1, 0]) {
      Object.assign(phones[0], { sequence: sequence + ahead, timestamp: timestamp + ahead * 160 })
      phones[0].speak(lines[0])
      studio.clock.advance(1)
    }
    studio.media.play(lines[1].leg, once(tone(20)))
    studio.clock.advance(50)
    const [newest, , prompt] = phones[1].heard.slice(2)
    expect((prompt?.timestamp ?? 0) - (newest?.timestamp ?? 0)).toBeGreaterThanOrEqual(160)
  })

  test('a packet from before the prompt that comes late after it is not sent out of turn', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call()
    phones[0].talk(lines[0], 5)
    const { sequence, timestamp } = phones[0]
    phones[0].sequence += 2
    phones[0].timestamp += 320
    studio.media.play(lines[1].leg, once(tone(60)))
    studio.clock.advance(100)
    phones[0].talk(lines[0], 1)
    Object.assign(phones[0], { sequence, timestamp })
    phones[0].talk(lines[0], 2)
    const sequences = phones[1].heard.map(packet => packet.sequence)
    expect(new Set(sequences).size).toBe(sequences.length)
    expect(new Set(steps(sequences, 65_536))).toEqual(new Set([1]))
  })
})

describe('digits to the far end', () => {
  const eventsOf = (phone: Phone): Phone['heard'] => phone.heard.filter(packet => packet.payloadType === 101)
  const describeEvent = ({ payload }: { payload: Uint8Array }): string =>
    `${payload[0]}${(payload[1] ?? 0) & 0x80 ? '!' : ''}/${((payload[2] ?? 0) << 8) | (payload[3] ?? 0)}`

  test('are events in the phone’s payload type, all packets of one with one timestamp', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.connect(phone, { events: { ...TELEPHONE_EVENTS, receivePayloadType: 96 } })
    studio.media.sendDigits(line.leg, '1#', 60, 60)
    studio.clock.advance(500)
    const heard = eventsOf(phone)
    expect(heard.map(describeEvent)).toEqual([
      '1/160',
      '1/320',
      '1!/480',
      '1!/480',
      '1!/480',
      '11/160',
      '11/320',
      '11!/480',
      '11!/480',
      '11!/480',
    ])
    expect(heard.map(packet => packet.marker)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(index => index % 5 === 0))
    expect(new Set(heard.slice(0, 5).map(packet => packet.timestamp)).size).toBe(1)
    expect(
      new Set(
        steps(
          heard.map(packet => packet.sequence),
          65_536,
        ),
      ),
    ).toEqual(new Set([1]))
    const [first, second] = [heard[0], heard[5]]
    expect((second?.timestamp ?? 0) - (first?.timestamp ?? 0)).toBe(((second?.atMs ?? 0) - (first?.atMs ?? 0)) * 8)
    expect(studio.clock.armed).toBe(0)
  })

  test('silence the bridge while they sound, and only then; the stream stays one', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call({}, { events: TELEPHONE_EVENTS })
    phones[0].talk(lines[0], 10)
    studio.media.sendDigits(lines[1].leg, '5', 100, 50)
    phones[0].talk(lines[0], 20)
    const { heard } = phones[1]
    const events = eventsOf(phones[1])
    expect(events).toHaveLength(7)
    expect(
      new Set(
        steps(
          heard.map(packet => packet.sequence),
          65_536,
        ),
      ),
    ).toEqual(new Set([1]))
    const after = heard[heard.indexOf(events.at(-1) as (typeof heard)[number]) + 1]
    expect(after?.payloadType).toBe(0)
    // Not inside the 100 ms of the event.
    expect((after?.timestamp ?? 0) - (events[0]?.timestamp ?? 0)).toBeGreaterThanOrEqual(800)
    expect(heard.at(-1)?.payloadType).toBe(0)
  })

  test('put a prompt off for as long as they sound', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.connect(phone, { events: TELEPHONE_EVENTS })
    studio.media.play(line.leg, once(tone(200)))
    studio.clock.advance(100)
    studio.media.sendDigits(line.leg, '5', 100, 0)
    studio.clock.advance(600)
    expect(eventsOf(phone)).toHaveLength(7)
    expect(phone.heard.filter(packet => packet.payloadType === 0)).toHaveLength(10)
    expect(studio.eventsOf('played')).toMatchObject([{ reason: 'completed', playedMs: 200 }])
  })

  test('are refused and counted where the phone takes no events', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.connect(phone)
    studio.media.sendDigits(line.leg, '123', 100, 50)
    studio.clock.advance(1000)
    expect(phone.heard).toEqual([])
    expect(studio.counts().digitsRefused).toBe(3)
  })
})
