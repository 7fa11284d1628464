import { describe, expect, test } from 'vitest'
import type { Phone } from '../phone.ts'
import { type Line, OUR_ADDRESS, remoteOf, Studio, TELEPHONE_EVENTS } from '../studio.ts'

/** Somebody who sends well-formed RTP to a range of ports, a packet a millisecond to each. */
function spray(studio: Studio, attackers: readonly Phone[], ports: readonly number[], durationMs: number): void {
  for (let ms = 0; ms < durationMs; ms++) {
    for (const attacker of attackers) for (const port of ports) attacker.speak({ address: OUR_ADDRESS, port })
    studio.clock.advance(1)
  }
}

const attackersOf = (studio: Studio): Phone[] => [1, 2, 3, 4, 5].map(last => studio.phone(`203.0.113.${last}`, 4000))

describe('a sprayer with five addresses', () => {
  const call = (): { studio: Studio; phones: [Phone, Phone]; lines: [Line, Line]; attackers: Phone[] } => {
    const studio = new Studio()
    const attackers = attackersOf(studio)
    const phones: [Phone, Phone] = [studio.phone(), studio.phone()]
    const lines: [Line, Line] = [studio.line(), studio.line()]
    return { studio, attackers, phones, lines }
  }

  const answer = ({ studio, phones, lines }: ReturnType<typeof call>): void => {
    lines.forEach((line, index) => {
      studio.media.setRemote(line.leg, remoteOf(phones[index] as Phone))
    })
    studio.media.bridge(lines[0].leg, lines[1].leg)
  }

  const ports = ({ lines }: ReturnType<typeof call>): number[] => lines.flatMap(({ port }) => [port, port + 1])

  const expectUnharmed = ({ studio, phones, lines, attackers }: ReturnType<typeof call>): void => {
    for (const phone of phones) phone.heard.length = 0
    for (let packet = 0; packet < 50; packet++) {
      for (const attacker of attackers) attacker.speak(lines[0])
      phones[0].speak(lines[0])
      phones[1].talk(lines[1], 1)
    }
    expect(attackers.flatMap(attacker => attacker.heard)).toEqual([])
    expect(phones.map(phone => phone.heard.length)).toEqual([50, 50])
    expect(new Set(studio.eventsOf('latched').map(event => event.address))).toEqual(
      new Set(phones.map(phone => phone.address)),
    )
  }

  test('before the answer is sent nothing and not heard', () => {
    const scene = call()
    spray(scene.studio, scene.attackers, ports(scene), 200)
    answer(scene)
    expectUnharmed(scene)
  })

  test('from the answer on is sent nothing and not heard', () => {
    const scene = call()
    answer(scene)
    spray(scene.studio, scene.attackers, ports(scene), 200)
    expect(scene.phones.flatMap(phone => phone.heard)).toEqual([])
    expectUnharmed(scene)
  })

  test('in the middle of the call is sent nothing, and no packet of the call is lost', () => {
    const scene = call()
    answer(scene)
    scene.phones[0].talk(scene.lines[0], 5)
    scene.phones[1].talk(scene.lines[1], 5)
    spray(scene.studio, scene.attackers, ports(scene), 200)
    expectUnharmed(scene)
    scene.studio.media.close(scene.lines[0].leg)
    scene.studio.clock.advance(1)
    const [closed] = scene.studio.eventsOf('closed')
    expect(closed?.statistics.packetsForeign).toBeGreaterThan(1000)
    expect(closed?.statistics.packetsLost).toBe(0)
  })

  test('who sends rubbish between, and then RTP, from one socket, is still a stranger', () => {
    const scene = call()
    answer(scene)
    scene.phones[0].talk(scene.lines[0], 5)
    scene.phones[1].heard.length = 0
    const [attacker] = scene.attackers as [Phone]
    for (let round = 0; round < 10; round++) {
      attacker.send(Uint8Array.of(0x16, 0xfe, 0xfd), scene.lines[0])
      attacker.speak(scene.lines[0])
      scene.studio.clock.advance(5)
    }
    expect(scene.phones[1].heard).toEqual([])
  })

  test('a prompt goes to the phone', () => {
    const scene = call()
    answer(scene)
    scene.studio.media.play(scene.lines[0].leg, { sounds: [{ kind: 'silence', durationMs: 1000 }], times: 1 })
    spray(scene.studio, scene.attackers, ports(scene), 1100)
    expect(scene.phones[0].heard).toHaveLength(50)
    expect(scene.attackers.flatMap(attacker => attacker.heard)).toEqual([])
  })
})

describe('a phone behind a NAT', () => {
  const NAT = '203.0.113.200'
  const behindNat = { address: '10.0.0.5', port: 4000, signallingAddress: NAT }

  const call = (): { studio: Studio; phone: Phone; other: Phone; line: Line; otherLine: Line } => {
    const studio = new Studio()
    const phone = studio.phone(NAT, 61_000)
    const other = studio.phone()
    const line = studio.connect(phone, behindNat)
    const otherLine = studio.connect(other)
    studio.media.bridge(line.leg, otherLine.leg)
    return { studio, phone, other, line, otherLine }
  }

  test('is heard, and sent to, from its fourth packet on', () => {
    const { studio, phone, other, line, otherLine } = call()
    other.talk(otherLine, 3)
    expect(phone.heard).toEqual([])
    phone.talk(line, 10)
    other.talk(otherLine, 3)
    expect(other.heard).toHaveLength(7)
    expect(phone.heard).toHaveLength(3)
    expect(studio.eventsOf('latched')).toContainEqual({ type: 'latched', leg: line.leg, address: NAT, port: 61_000 })
  })

  test('is found although a stranger came first and stays', () => {
    const { studio, phone, other, line, otherLine } = call()
    const [attacker] = attackersOf(studio) as [Phone]
    for (let round = 0; round < 20; round++) {
      for (let more = 0; more < 5; more++) attacker.speak(line)
      phone.talk(line, 1)
    }
    other.talk(otherLine, 5)
    expect(attacker.heard).toEqual([])
    expect(phone.heard).toHaveLength(5)
    expect(other.heard).toHaveLength(17)
  })

  test('that comes later than five seconds after the answer is not learnt any more', () => {
    const { studio, phone, other, line } = call()
    studio.clock.advance(5001)
    phone.talk(line, 10)
    expect(other.heard).toEqual([])
  })

  test('whose NAT forgets the port is found at the new one after two seconds of silence', () => {
    const { studio, phone, other, line, otherLine } = call()
    phone.talk(line, 10)
    const moved = studio.phone(NAT, 62_000)
    Object.assign(moved, { ssrc: phone.ssrc, sequence: phone.sequence, timestamp: phone.timestamp })
    moved.talk(line, 20)
    expect(moved.heard).toEqual([])
    studio.clock.advance(1700)
    const before = other.heard.length
    moved.talk(line, 10)
    other.talk(otherLine, 5)
    expect(other.heard.length - before).toBe(7)
    expect(moved.heard).toHaveLength(5)
  })

  test('cannot be robbed by a neighbour of the same address while it speaks', () => {
    const { studio, phone, other, line, otherLine } = call()
    phone.talk(line, 10)
    const neighbour = studio.phone(NAT, 62_000)
    for (let round = 0; round < 200; round++) {
      neighbour.speak(line)
      phone.talk(line, 1)
    }
    other.talk(otherLine, 5)
    expect(neighbour.heard).toEqual([])
    expect(phone.heard).toHaveLength(5)
  })
})

test('an unagreed payload type does not latch, from the right place either', () => {
  const studio = new Studio()
  const phone = studio.phone()
  const line = studio.connect(phone)
  phone.talk(line, 10, { payloadType: 77 })
  phone.talk(line, 10, { payloadType: 3 })
  expect(studio.eventsOf('latched')).toEqual([])
})

test('IPv6 addresses are the same however they are written', () => {
  const studio = new Studio()
  const phone = studio.phone('2001:db8::7', 4000)
  const line = studio.connect(phone, { address: '2001:0DB8:0:0:0:0:0:7' })
  studio.media.echo(line.leg)
  phone.talk(line, 1)
  expect(phone.heard).toHaveLength(1)
})

test('after a re-INVITE the old place is foreign at once, even if nobody else has spoken', () => {
  const studio = new Studio()
  const { phones, lines } = studio.call()
  phones[0].talk(lines[0], 5)
  studio.media.setRemote(
    lines[0].leg,
    remoteOf(phones[0], { address: '198.51.100.77', signallingAddress: '198.51.100.77' }),
  )
  phones[0].talk(lines[0], 5)
  expect(phones[1].heard).toHaveLength(5)
})

test('a phone that moves by re-INVITE is followed, and the old place is foreign', () => {
  const studio = new Studio()
  const { phones, lines } = studio.call({ events: TELEPHONE_EVENTS })
  phones[0].talk(lines[0], 5)
  const moved = studio.phone('198.51.100.77', 6000)
  Object.assign(moved, { ssrc: 5, sequence: 7 })
  studio.media.setRemote(lines[0].leg, remoteOf(moved))
  phones[1].talk(lines[1], 2)
  moved.talk(lines[0], 5)
  phones[0].talk(lines[0], 5)
  phones[1].talk(lines[1], 2)
  expect(moved.heard).toHaveLength(4)
  // The new stream is followed after its second packet; the old phone is not heard any more.
  expect(phones[1].heard).toHaveLength(5 + 4)
})
