import { describe, expect, test } from 'vitest'
import { OUR_ADDRESS, remoteOf, Studio, TELEPHONE_EVENTS } from '../studio.ts'

const SOUND = { sounds: [{ kind: 'silence', durationMs: 1000 }], times: 1 } as const
const NOTHING = { legs: 0, tasks: 0, timers: 0, portsInUse: 0 }

describe('a leg opens', () => {
  test('on an even port with the odd one for RTCP, and says so after the call has returned', () => {
    const studio = new Studio()
    const leg = studio.media.open({ address: OUR_ADDRESS, mediaTimeoutMs: 0 })
    expect(studio.events).toEqual([])
    studio.clock.advance(0)
    const [opened] = studio.eventsOf('opened')
    expect(opened).toMatchObject({ leg })
    expect((opened?.port ?? 1) % 2).toBe(0)
    expect(studio.net.sockets).toBe(2)
    expect(studio.counts()).toMatchObject({ legs: 1, portsInUse: 1 })
  })

  test('elsewhere when the port belongs to somebody else', () => {
    const studio = new Studio({ ports: { from: 10_000, to: 10_007 } })
    for (const port of [10_001, 10_002, 10_007]) studio.net.occupied.add(port)
    expect(studio.line().port).toBe(10_004)
    expect(studio.net.sockets).toBe(2)
  })

  test('not at all when every port is taken: no socket is left half open', () => {
    const studio = new Studio({ ports: { from: 10_000, to: 10_003 } })
    for (const port of [10_001, 10_003]) studio.net.occupied.add(port)
    const leg = studio.media.open({ address: OUR_ADDRESS, mediaTimeoutMs: 0 })
    studio.clock.advance(0)
    expect(studio.events).toMatchObject([{ type: 'open-failed', leg, message: 'No free pair of ports.' }])
    expect(studio.net.sockets).toBe(0)
    expect(studio.counts()).toMatchObject(NOTHING)
  })

  test('not at all on an address that is not ours, after one try', () => {
    const studio = new Studio()
    const leg = studio.media.open({ address: '203.0.113.99', mediaTimeoutMs: 0 })
    studio.clock.advance(0)
    expect(studio.events).toEqual([{ type: 'open-failed', leg, message: 'No such address here.' }])
    expect(studio.counts()).toMatchObject({ ...NOTHING, portsResting: 1 })
  })
})

describe('a leg closes', () => {
  test('and says what it saw; its ports rest', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call()
    phones[0].talk(lines[0], 3)
    phones[0].sequence += 2
    phones[0].talk(lines[0], 3)
    phones[1].talk(lines[1], 4)
    studio.media.close(lines[0].leg)
    studio.clock.advance(0)
    expect(studio.eventsOf('closed')).toEqual([
      {
        type: 'closed',
        leg: lines[0].leg,
        statistics: {
          packetsReceived: 6,
          packetsSent: 4,
          octetsReceived: 960,
          octetsSent: 640,
          packetsLost: 2,
          jitterMs: 0,
          packetsForeign: 0,
          packetsInvalid: 0,
        },
      },
    ])
    expect(studio.counts()).toMatchObject({ legs: 1, portsInUse: 1, portsResting: 1 })
    studio.clock.advance(12_000)
    expect(studio.counts().portsResting).toBe(0)
  })

  test('and its ports, still open, serve another leg, but not for two seconds', () => {
    const studio = new Studio({ ports: { from: 10_000, to: 10_003 } })
    const [first, second, third] = [0, 1999, 1].map(ms => {
      studio.clock.advance(ms)
      const line = studio.connect(studio.phone())
      studio.media.close(line.leg)
      return line.port
    })
    expect(second).not.toBe(first)
    expect(third).toBe(first)
    expect(studio.net.sockets).toBe(3 + 4)
  })

  test('and its ports go to another address when there are no others', () => {
    const studio = new Studio({ ports: { from: 10_000, to: 10_001 } })
    const { port, leg } = studio.connect(studio.phone())
    studio.media.close(leg)
    studio.clock.advance(2000)
    studio.media.open({ address: '10.0.0.9', mediaTimeoutMs: 0 })
    studio.clock.advance(0)
    expect(studio.eventsOf('open-failed')).toEqual([])
    expect(studio.eventsOf('opened').at(-1)?.port).toBe(port)
  })

  test('and its ports are given back when nobody wants them for eight seconds more', () => {
    const studio = new Studio()
    const line = studio.connect(studio.phone())
    studio.media.close(line.leg)
    studio.clock.advance(9_999)
    expect(studio.net.sockets).toBe(3)
    studio.clock.advance(1)
    expect(studio.net.sockets).toBe(1)
    expect(studio.clock.armed).toBe(0)
  })

  test('in the middle of prompt and digits, which end first; nothing is left', () => {
    const studio = new Studio()
    const phone = studio.phone()
    const line = studio.connect(phone, { events: TELEPHONE_EVENTS }, 20_000)
    phone.talk(line, 2)
    const task = studio.media.play(line.leg, SOUND)
    studio.media.sendDigits(line.leg, '123', 100, 100)
    studio.clock.advance(100)
    studio.media.close(line.leg)
    studio.clock.advance(0)
    expect(studio.events.slice(-2)).toMatchObject([{ type: 'played', task, reason: 'stopped' }, { type: 'closed' }])
    const heard = phone.heard.length
    studio.clock.advance(12_000)
    expect(phone.heard.length - heard).toBeLessThanOrEqual(1)
    expect(studio.clock.armed).toBe(0)
    expect(studio.net.sockets).toBe(1)
    expect(studio.counts()).toMatchObject(NOTHING)
  })

  test('in the turn in which it was opened', () => {
    const studio = new Studio()
    const leg = studio.media.open({ address: OUR_ADDRESS, mediaTimeoutMs: 0 })
    studio.media.close(leg)
    studio.clock.advance(0)
    expect(studio.events.map(event => event.type)).toEqual(['opened', 'closed'])
    studio.clock.advance(12_000)
    expect(studio.counts()).toMatchObject(NOTHING)
  })

  test('and what still comes for it is for nobody, the next owner of the port included', () => {
    const studio = new Studio({ ports: { from: 10_000, to: 10_001 } })
    const phone = studio.phone()
    const line = studio.connect(phone)
    phone.talk(line, 3)
    studio.media.close(line.leg)
    phone.talk(line, 120)
    const next = studio.connect(studio.phone())
    expect(next.port).toBe(line.port)
    phone.talk(next, 20)
    studio.media.close(next.leg)
    studio.clock.advance(0)
    expect(studio.eventsOf('closed')[1]?.statistics).toMatchObject({ packetsReceived: 0, packetsForeign: 20 })
  })
})

describe('a stale handle', () => {
  test('of a leg changes a count and nothing else, for every command', () => {
    const studio = new Studio()
    const { phones, lines } = studio.call()
    const [gone, other] = [lines[0].leg, lines[1].leg]
    studio.media.close(gone)
    const commands = [
      () => studio.media.close(gone),
      () => studio.media.setRemote(gone, remoteOf(phones[0])),
      () => studio.media.bridge(gone, other),
      () => studio.media.bridge(other, gone),
      () => studio.media.unbridge(gone),
      () => studio.media.echo(gone),
      () => studio.media.play(gone, SOUND),
      () => studio.media.sendDigits(gone, '1', 100, 100),
    ]
    // Right after `close`, and once it has gone.
    for (const command of commands) command()
    studio.clock.advance(10)
    for (const command of commands) command()
    studio.clock.advance(10)
    expect(studio.eventsOf('closed')).toHaveLength(1)
    expect(studio.eventsOf('played')).toEqual([])
    expect(studio.counts()).toMatchObject({ legs: 1, tasks: 0, staleCommands: 16 })
  })

  test('never names the leg that has taken its place', () => {
    const studio = new Studio()
    const first = studio.line()
    studio.media.close(first.leg)
    studio.clock.advance(10)
    const second = studio.line()
    studio.media.close(first.leg)
    studio.clock.advance(10)
    expect(second.leg).not.toBe(first.leg)
    expect(studio.counts().legs).toBe(1)
  })

  test('of a task that has ended, or was replaced, stops nothing', () => {
    const studio = new Studio()
    const line = studio.connect(studio.phone())
    const first = studio.media.play(line.leg, SOUND)
    const second = studio.media.play(line.leg, SOUND)
    studio.clock.advance(100)
    studio.media.stop(first)
    studio.clock.advance(5000)
    expect(studio.eventsOf('played')).toMatchObject([
      { task: first, reason: 'stopped' },
      { task: second, reason: 'completed' },
    ])
    studio.media.stop(second)
    expect(studio.counts().staleCommands).toBe(2)
  })

  test('of a task that was replaced in this turn leaves the new one alone', () => {
    const studio = new Studio()
    const line = studio.connect(studio.phone())
    const first = studio.media.play(line.leg, SOUND)
    const second = studio.media.play(line.leg, SOUND)
    studio.media.stop(first)
    studio.clock.advance(500)
    expect(studio.eventsOf('played').map(event => event.task)).toEqual([first])
    studio.clock.advance(1000)
    expect(studio.eventsOf('played')).toMatchObject([{ task: first }, { task: second, reason: 'completed' }])
  })

  test('stopped twice in one turn ends once', () => {
    const studio = new Studio()
    const line = studio.connect(studio.phone())
    const task = studio.media.play(line.leg, SOUND)
    studio.media.stop(task)
    studio.media.stop(task)
    studio.clock.advance(10)
    expect(studio.eventsOf('played')).toHaveLength(1)
  })
})

test('five hundred legs that say nothing need no timer and no work', () => {
  const studio = new Studio()
  for (let leg = 0; leg < 500; leg++) studio.connect(studio.phone(`198.51.${leg >> 8}.${leg & 255}`))
  expect(studio.clock.armed).toBe(0)
  expect(studio.counts()).toMatchObject({ legs: 500, timers: 0, portsInUse: 500 })
})

test('after shutDown no socket and no timer is left, and no event comes', async () => {
  const studio = new Studio()
  const { phones, lines } = studio.call()
  phones[0].talk(lines[0], 2)
  studio.media.play(lines[0].leg, SOUND)
  const before = studio.events.length
  await studio.media.shutDown()
  studio.media.open({ address: OUR_ADDRESS, mediaTimeoutMs: 0 })
  studio.clock.advance(100)
  expect(studio.net.sockets).toBe(2)
  expect(studio.events).toHaveLength(before)
  expect(studio.clock.armed).toBe(0)
})
