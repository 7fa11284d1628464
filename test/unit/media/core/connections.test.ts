import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Phone } from '../phone.ts'
import { type Line, remoteOf, Studio } from '../studio.ts'

/** Two phones that have talked for two seconds. */
function call(): { studio: Studio; phones: [Phone, Phone]; lines: [Line, Line] } {
  const studio = new Studio()
  const { phones, lines } = studio.call()
  talk(phones, lines, 100)
  return { studio, phones, lines }
}

function talk(phones: readonly [Phone, Phone], lines: readonly [Line, Line], packets: number): void {
  for (let packet = 0; packet < packets; packet++) {
    phones[0].speak(lines[0])
    phones[1].talk(lines[1], 1)
  }
}

/** The phone as it is after it got another port, or another address. */
function moved(studio: Studio, phone: Phone, address: string, port: number): Phone {
  const { ssrc, sequence, timestamp } = phone
  return Object.assign(studio.phone(address, port), { ssrc, sequence, timestamp })
}

const foreignPackets = (studio: Studio, { leg }: Line): number => {
  studio.media.close(leg)
  studio.clock.advance(1)
  return studio.eventsOf('closed').find(event => event.leg === leg)?.statistics.packetsForeign ?? -1
}

describe('the sockets of a call', () => {
  test('are connected once the phones have been heard for a second', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call()
    expect(studio.net.connected).toBe(0)
    talk(phones, lines, 40)
    expect(studio.net.connected).toBe(0)
    talk(phones, lines, 20)
    expect(studio.net.connected).toBe(2)
    expect(phones.map(phone => phone.heard.length)).toEqual([60, 60])
  })

  test('let nothing of strangers in, then', () => {
    const { studio, phones, lines } = call()
    const stranger = studio.phone('203.0.113.1', phones[0].port)
    const neighbour = studio.phone(phones[0].address, 62_000)
    for (let packet = 0; packet < 50; packet++) {
      stranger.speak(lines[0])
      neighbour.speak(lines[0])
      talk(phones, lines, 1)
    }
    expect(phones.map(phone => phone.heard.length)).toEqual([150, 150])
    expect(foreignPackets(studio, lines[0])).toBe(0)
  })

  test('are open to all again within two seconds of silence, without a timer left', () => {
    const { studio, lines } = call()
    studio.clock.advance(2000)
    expect(studio.net.connected).toBe(0)
    expect(studio.counts().timers).toBe(0)
    studio.phone('203.0.113.1').talk(lines[0], 3)
    expect(foreignPackets(studio, lines[0])).toBe(3)
  })

  test('are connected again when the phones speak again, of whom no packet is lost', () => {
    const { studio, phones, lines } = call()
    studio.clock.advance(60_000)
    talk(phones, lines, 100)
    expect(studio.net.connected).toBe(2)
    expect(phones.map(phone => phone.heard.length)).toEqual([200, 200])
  })

  test('stay as they are while a phone sends a packet now and then', () => {
    const { studio, phones, lines } = call()
    for (let second = 0; second < 20; second++) {
      phones[0].speak(lines[0])
      phones[1].speak(lines[1])
      studio.clock.advance(999)
      expect(studio.net.connected).toBe(2)
    }
  })

  test('hear the new place at once after a re-INVITE that names one', () => {
    const { studio, phones, lines } = call()
    const elsewhere = moved(studio, phones[0], '198.51.100.77', 6000)
    studio.media.setRemote(lines[0].leg, remoteOf(elsewhere))
    expect(studio.net.connected).toBe(1)
    talk([elsewhere, phones[1]], lines, 100)
    expect(elsewhere.heard).toHaveLength(100)
    expect(phones[1].heard).toHaveLength(200)
    expect(studio.net.connected).toBe(2)
  })

  test('are open between two legs, so that the next phone on the port is heard from its first packet', () => {
    const studio = new Studio({ ports: { from: 40_000, to: 40_003 } })
    const { phones, lines } = studio.call()
    talk(phones, lines, 100)
    for (const { leg } of lines) studio.media.close(leg)
    expect(studio.net.connected).toBe(0)
    studio.clock.advance(2500)
    const next = studio.call()
    expect(next.lines.map(({ port }) => port).sort()).toEqual(lines.map(({ port }) => port).sort())
    talk(next.phones, next.lines, 5)
    expect(next.phones.map(phone => phone.heard.length)).toEqual([5, 5])
  })

  test('are left alone by a leg that has closed', () => {
    const { studio, lines } = call()
    for (const { leg } of lines) studio.media.close(leg)
    studio.clock.advance(20_000)
    expect(studio.clock.armed).toBe(0)
    expect(studio.net.connected).toBe(0)
  })
})

test('a phone that was found by its packets is not connected: where it says it is may still take over', () => {
  const studio = new Studio()
  const phone = studio.phone('203.0.113.200', 61_000)
  const line = studio.connect(phone, { port: 4000 })
  studio.media.echo(line.leg)
  phone.talk(line, 200)
  expect(phone.heard).toHaveLength(197)
  expect(studio.net.connected).toBe(0)
  const said = moved(studio, phone, phone.address, 4000)
  said.talk(line, 100)
  expect(said.heard).toHaveLength(100)
  expect(studio.net.connected).toBe(1)
})

test('a system that connects nothing has no worse calls', () => {
  const studio = new Studio()
  studio.net.refusesToConnect = true
  const { phones, lines } = studio.call()
  const stranger = studio.phone('203.0.113.1', phones[0].port)
  for (let packet = 0; packet < 100; packet++) {
    stranger.speak(lines[0])
    talk(phones, lines, 1)
  }
  expect(phones.map(phone => phone.heard.length)).toEqual([100, 100])
  expect(foreignPackets(studio, lines[0])).toBe(100)
})

describe('connecting changes nothing of what is heard', () => {
  const action = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('talk' as const), packets: fc.integer({ min: 1, max: 80 }) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 2600 }) }) },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('stranger' as const), packets: fc.integer({ min: 1, max: 8 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('move' as const), toPort: fc.integer({ min: 4000, max: 4002 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('re-invite' as const), port: fc.integer({ min: 4000, max: 4002 }) }),
    },
  )
  type Action = typeof action extends fc.Arbitrary<infer One> ? One : never

  /** A phone at three ports of one address, and a stranger with the same ports elsewhere, tell a story to an echo. */
  function listen(story: readonly Action[], connects: boolean): { heard: unknown[]; wasConnected: boolean } {
    const studio = new Studio()
    studio.net.refusesToConnect = !connects
    const ports = [4000, 4001, 4002]
    const places = ports.map(port => studio.phone('198.51.100.1', port))
    const strangers = ports.map(port => studio.phone('203.0.113.1', port))
    const [first] = places as [Phone]
    const line = studio.connect(first)
    studio.media.echo(line.leg)
    let here = first
    let wasConnected = false
    for (const step of story) {
      if (step.do === 'talk') here.talk(line, step.packets)
      else if (step.do === 'wait') studio.clock.advance(step.ms)
      else if (step.do === 'stranger')
        for (let packet = 0; packet < step.packets; packet++) for (const stranger of strangers) stranger.talk(line, 1)
      else if (step.do === 're-invite') studio.media.setRemote(line.leg, remoteOf(first, { port: step.port }))
      else {
        const there = places[step.toPort - 4000] as Phone
        const { sequence, timestamp } = here
        here = Object.assign(there, { sequence, timestamp })
      }
      wasConnected ||= studio.net.connected > 0
    }
    const heard = [...places, ...strangers].map(phone => phone.heard.map(({ atMs, sequence }) => [atMs, sequence]))
    return { heard: [...heard, studio.eventsOf('latched')], wasConnected }
  }

  test('whoever speaks, moves and is silent, whenever', () => {
    let connected = 0
    fc.assert(
      fc.property(fc.array(action, { minLength: 5, maxLength: 25 }), story => {
        const connecting = listen(story, true)
        if (connecting.wasConnected) connected++
        expect(connecting.heard).toEqual(listen(story, false).heard)
      }),
      { numRuns: 300, seed: 1 },
    )
    expect(connected).toBeGreaterThan(150)
  })
})
