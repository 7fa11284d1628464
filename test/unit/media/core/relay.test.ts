import { describe, expect, test } from 'vitest'
import { aLawToMuLaw, muLawToALaw } from '../../../../src/media/codec/g711.ts'
import { sound } from '../phone.ts'
import { steps } from '../steps.ts'
import { PCMA, PCMU, remoteOf, Studio, TELEPHONE_EVENTS } from '../studio.ts'

describe('a bridge', () => {
  test('what one phone says the other hears, byte for byte and at once', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call()
    phones[0].speak(lines[0])
    const spokenAtMs = studio.clock.now()
    studio.clock.advance(10)
    expect(phones[1].heard).toHaveLength(1)
    expect(phones[1].heard[0]?.payload).toEqual(sound(1000, 160))
    // A millisecond to us and one from us.
    expect(phones[1].heard[0]?.atMs).toBe(spokenAtMs + 2)
  })

  test('both ways at the same time', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call()
    for (let packet = 0; packet < 50; packet++) {
      phones[0].speak(lines[0])
      phones[1].talk(lines[1], 1)
    }
    expect(phones[0].heard).toHaveLength(50)
    expect(phones[1].heard).toHaveLength(50)
  })

  test('the far end sees one SSRC that is not the other phone, numbers without a gap, a mark at the start', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call()
    phones[0].talk(lines[0], 100)
    const { heard } = phones[1]
    expect(new Set(heard.map(packet => packet.ssrc)).size).toBe(1)
    expect(heard[0]?.ssrc).not.toBe(phones[0].ssrc)
    expect(
      steps(
        heard.map(packet => packet.sequence),
        65_536,
      ),
    ).toEqual(new Array(99).fill(1))
    expect(
      steps(
        heard.map(packet => packet.timestamp),
        2 ** 32,
      ),
    ).toEqual(new Array(99).fill(160))
    expect(heard.map(packet => packet.marker)).toEqual([true, ...new Array(99).fill(false)])
  })

  test('loss, disorder and marks of the stream stay as they came', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call()
    phones[0].talk(lines[0], 3)
    const { sequence, timestamp } = phones[0]
    for (const [ahead, marker] of [
      [2, false],
      [1, false],
      [5, true],
      [5, true],
      [6, false],
    ] as const) {
      phones[0].sequence = sequence + ahead
      phones[0].timestamp = timestamp + ahead * 160
      phones[0].speak(lines[0], { marker })
      studio.clock.advance(20)
    }
    const first = phones[1].heard[0]?.sequence ?? 0
    expect(phones[1].heard.map(packet => (packet.sequence - first) & 0xffff)).toEqual([0, 1, 2, 5, 4, 8, 8, 9])
    expect(phones[1].heard.map(packet => packet.marker).slice(3)).toEqual([false, false, true, true, false])
  })

  test('a phone whose numbers wrap in the middle is relayed without a seam', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call()
    phones[0].sequence = 65_530
    phones[0].timestamp = (2 ** 31 - 500) | 0
    phones[0].talk(lines[0], 20)
    expect(
      steps(
        phones[1].heard.map(packet => packet.sequence),
        65_536,
      ),
    ).toEqual(new Array(19).fill(1))
    expect(
      steps(
        phones[1].heard.map(packet => packet.timestamp),
        2 ** 32,
      ),
    ).toEqual(new Array(19).fill(160))
  })

  test('an hour of talk passes all 65,536 sequence numbers twice without a loss', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call()
    phones[0].talk(lines[0], 140_000)
    expect(phones[1].heard).toHaveLength(140_000)
    studio.media.close(lines[0].leg)
    studio.clock.advance(1)
    expect(studio.eventsOf('closed')[0]?.statistics).toMatchObject({ packetsReceived: 140_000, packetsLost: 0 })
  })

  test('µ-law on one side and A-law on the other: each hears its own', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call({}, { send: PCMA, receive: [PCMA] })
    phones[1].payloadType = 8
    phones[0].speak(lines[0])
    phones[1].talk(lines[1], 1)
    expect(phones[1].heard[0]?.payloadType).toBe(8)
    expect(phones[1].heard[0]?.payload).toEqual(sound(1000, 160).map(byte => muLawToALaw[byte] as number))
    expect(phones[0].heard[0]?.payloadType).toBe(0)
    expect(phones[0].heard[0]?.payload).toEqual(sound(1000, 160).map(byte => aLawToMuLaw[byte] as number))
  })

  test('a phone that changes its format by re-INVITE hears the new one from the next packet on', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call()
    phones[0].talk(lines[0], 1)
    studio.media.setRemote(lines[1].leg, remoteOf(phones[1], { send: PCMA, receive: [PCMA] }))
    phones[0].talk(lines[0], 1)
    expect(phones[1].heard[1]?.payloadType).toBe(8)
    expect(phones[1].heard[1]?.payload).toEqual(sound(1001, 160).map(byte => muLawToALaw[byte] as number))
  })

  test('a phone may change between the formats that were agreed', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call({ receive: [PCMU, PCMA] })
    phones[0].speak(lines[0])
    phones[0].talk(lines[0], 1, { payloadType: 8 })
    expect(phones[1].heard.map(packet => packet.payloadType)).toEqual([0, 0])
    expect(phones[1].heard[1]?.payload).toEqual(sound(1001, 160).map(byte => aLawToMuLaw[byte] as number))
  })

  test('a format without a codec here passes between two phones that both know it', () => {
    const speex = { ...PCMU, name: 'speex', payloadType: 97 }
    const studio = new Studio()
    const { phones, lines } = studio.call(
      { send: speex, receive: [speex] },
      { send: { ...speex, name: 'SPEEX', payloadType: 110 }, receive: [{ ...speex, payloadType: 110 }] },
    )
    phones[0].talk(lines[0], 1, { payloadType: 97 })
    expect(phones[1].heard[0]?.payloadType).toBe(110)
    expect(phones[1].heard[0]?.payload).toEqual(sound(1000, 160))
  })

  test('a format that the other phone does not take is dropped and counted', () => {
    const speex = { ...PCMU, name: 'speex', payloadType: 97 }
    const studio = new Studio()
    const { phones, lines } = studio.call({ receive: [speex, PCMU] })
    phones[0].talk(lines[0], 2, { payloadType: 97 })
    expect(phones[1].heard).toEqual([])
    expect(studio.counts().packetsUnrelayable).toBe(2)
  })

  test('what a phone packs into 30 ms arrives as 30 ms', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call({}, { ptimeMs: 20 })
    phones[0].packetTicks = 240
    phones[0].talk(lines[0], 3)
    expect(phones[1].heard.map(packet => packet.payload.length)).toEqual([240, 240, 240])
  })

  test('contributing sources, extension and padding stay behind', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call()
    const header = [0xb1, 0, 0, 1, 0, 0, 0, 160, 0, 0, 0, 7]
    const bytes = [...header, 1, 2, 3, 4, 0xbe, 0xde, 0, 1, 9, 9, 9, 9, 0x11, 0x22, 0x33, 0, 0, 3]
    phones[0].send(Uint8Array.from(bytes), lines[0])
    studio.clock.advance(5)
    expect([...(phones[1].heard[0]?.payload ?? [])]).toEqual([0x11, 0x22, 0x33])
  })
})

describe('the end of a bridge', () => {
  test('after unbridge neither hears the other, whichever leg was named', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call()
    studio.media.unbridge(lines[1].leg)
    phones[0].speak(lines[0])
    phones[1].talk(lines[1], 1)
    expect([...phones[0].heard, ...phones[1].heard]).toEqual([])
  })

  test('a second bridge takes a leg out of the first', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call()
    const third = studio.phone()
    const line = studio.connect(third)
    studio.media.bridge(lines[1].leg, line.leg)
    phones[0].speak(lines[0])
    phones[1].talk(lines[1], 2)
    expect(third.heard).toHaveLength(2)
    expect(phones[0].heard).toEqual([])
    expect(phones[1].heard).toEqual([])
  })

  test('the far end of a leg that changes partners notices neither', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call()
    const third = studio.phone()
    third.sequence = 40_000
    third.timestamp = -77
    const line = studio.connect(third)
    phones[0].talk(lines[0], 10)
    studio.media.bridge(lines[1].leg, line.leg)
    third.talk(line, 10)
    const { heard } = phones[1]
    expect(heard).toHaveLength(20)
    expect(new Set(heard.map(packet => packet.ssrc)).size).toBe(1)
    expect(
      steps(
        heard.map(packet => packet.sequence),
        65_536,
      ),
    ).toEqual(new Array(19).fill(1))
    expect(
      steps(
        heard.map(packet => packet.timestamp),
        2 ** 32,
      ),
    ).toEqual(new Array(19).fill(160))
    expect(heard[10]?.marker).toBe(true)
  })

  test('a leg that is closed takes its bridge along', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call()
    studio.media.close(lines[0].leg)
    phones[1].talk(lines[1], 2)
    expect(studio.counts().legs).toBe(1)
    expect(phones[0].heard).toEqual([])
  })
})

describe('an echo', () => {
  test('the phone hears itself, as it would be sent to it', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.connect(phone, { receive: [PCMA, PCMU] })
    studio.media.echo(line.leg)
    phone.talk(line, 3, { payloadType: 8 })
    expect(phone.heard).toHaveLength(3)
    expect(phone.heard[0]?.payloadType).toBe(0)
    expect(phone.heard[0]?.payload).toEqual(sound(1000, 160).map(byte => aLawToMuLaw[byte] as number))
  })

  test('ends with unbridge', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.connect(phone)
    studio.media.echo(line.leg)
    phone.talk(line, 2)
    studio.media.unbridge(line.leg)
    phone.talk(line, 2)
    expect(phone.heard).toHaveLength(2)
  })
})

describe('hold', () => {
  for (const direction of ['recvonly', 'inactive'] as const)
    test(`a phone that makes us ${direction} is sent nothing`, () => {
      const studio = new Studio()
      const { phones, lines } = studio.call({}, { direction })
      phones[0].talk(lines[0], 5)
      studio.media.play(lines[1].leg, { sounds: [{ kind: 'silence', durationMs: 100 }], times: 1 })
      studio.media.sendDigits(lines[1].leg, '1', 100, 50)
      studio.clock.advance(500)
      expect(phones[1].heard).toEqual([])
    })

  for (const direction of ['sendonly', 'inactive'] as const)
    test(`a phone whose leg is ${direction} is not heard`, () => {
      const studio = new Studio()
      const { phones, lines } = studio.call({ direction, events: TELEPHONE_EVENTS })
      phones[0].talk(lines[0], 5)
      phones[0].talk(lines[0], 1, { payloadType: 101, payload: Uint8Array.of(5, 0, 0, 160) })
      expect(phones[1].heard).toEqual([])
      expect(studio.eventsOf('digit')).toEqual([])
    })

  test('the address 0.0.0.0 is hold too', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call({}, { address: '0.0.0.0' })
    phones[0].talk(lines[0], 5)
    expect(phones[1].heard).toEqual([])
  })

  test('after the hold the stream goes on by the clock and without a loss', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call()
    phones[0].talk(lines[0], 10)
    studio.media.setRemote(lines[1].leg, remoteOf(phones[1], { direction: 'inactive' }))
    phones[0].talk(lines[0], 100)
    studio.media.setRemote(lines[1].leg, remoteOf(phones[1]))
    phones[0].talk(lines[0], 10)
    const { heard } = phones[1]
    expect(heard).toHaveLength(20)
    expect(
      steps(
        heard.map(packet => packet.sequence),
        65_536,
      ),
    ).toEqual(new Array(19).fill(1))
    expect(
      steps(
        heard.map(packet => packet.timestamp),
        2 ** 32,
      )[9],
    ).toBe(160 * 101)
  })

  test('a phone that was not listened to is no loss for the other', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call()
    phones[0].talk(lines[0], 10)
    studio.media.setRemote(lines[0].leg, remoteOf(phones[0], { direction: 'sendonly' }))
    phones[0].talk(lines[0], 50)
    studio.media.setRemote(lines[0].leg, remoteOf(phones[0]))
    phones[0].talk(lines[0], 10)
    expect(
      steps(
        phones[1].heard.map(packet => packet.sequence),
        65_536,
      ),
    ).toEqual(new Array(19).fill(1))
  })
})

describe('a stream that breaks its own rules', () => {
  test('a new SSRC is followed after two packets in order', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call()
    phones[0].talk(lines[0], 10)
    Object.assign(phones[0], { ssrc: 0x9999, sequence: 50_000, timestamp: 7 })
    phones[0].talk(lines[0], 10)
    expect(phones[1].heard).toHaveLength(19)
    expect(
      steps(
        phones[1].heard.map(packet => packet.sequence),
        65_536,
      ),
    ).toEqual(new Array(18).fill(1))
  })

  test('of two SSRCs in turn the first is heard', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call()
    phones[0].talk(lines[0], 2)
    for (let turn = 0; turn < 20; turn++) {
      phones[0].ssrc = turn % 2 === 0 ? 0x9999 : 0x1234
      phones[0].talk(lines[0], 1)
    }
    expect(phones[1].heard).toHaveLength(12)
  })

  test('a sequence that starts anew costs one packet', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call()
    phones[0].talk(lines[0], 10)
    phones[0].sequence = 30_000
    phones[0].talk(lines[0], 10)
    expect(phones[1].heard).toHaveLength(19)
    expect(
      steps(
        phones[1].heard.map(packet => packet.sequence),
        65_536,
      ),
    ).toEqual(new Array(18).fill(1))
  })

  for (const jump of [80_000, -80_000, 2 ** 31])
    test(`a timestamp that jumps by ${jump} is passed on, and no packet is lost`, () => {
      const studio = new Studio()
      const { phones, lines } = studio.call()
      phones[0].talk(lines[0], 10)
      phones[0].timestamp = (phones[0].timestamp + jump) | 0
      phones[0].talk(lines[0], 10)
      expect(phones[1].heard).toHaveLength(20)
      studio.media.close(lines[0].leg)
      studio.clock.advance(1)
      expect(studio.eventsOf('closed')[0]?.statistics.jitterMs).toBeLessThan(1)
    })
})
