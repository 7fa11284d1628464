import { describe, expect, test } from 'vitest'
import { handleWorker } from '../../../src/base/index.ts'
import type { MediaCommand } from '../../../src/media/command.ts'
import { Tally } from '../../../src/media/core/tally.ts'
import type { MediaEvent } from '../../../src/media/index.ts'
import type { MediaLink } from '../../../src/media/media-link.ts'
import { Switchboard } from '../../../src/media/switchboard.ts'
import { OUR_ADDRESS } from './studio.ts'

/** A core that notes what it is told. */
class FakeLink implements MediaLink {
  onEvent: (event: MediaEvent) => void = () => {}
  onLost: (message: string) => void = () => {}
  readonly commands: MediaCommand[] = []
  readonly tally = new Tally()
  closed = 0

  send(command: MediaCommand): void {
    this.commands.push(command)
  }

  counts(): ReturnType<Tally['read']> {
    return this.tally.read()
  }

  async close(): Promise<void> {
    this.closed++
  }
}

const STATISTICS = {
  packetsReceived: 0,
  packetsSent: 0,
  octetsReceived: 0,
  octetsSent: 0,
  packetsLost: 0,
  jitterMs: 0,
  packetsForeign: 0,
  packetsInvalid: 0,
}
const SOUND = { sounds: [], times: 1 }

function exchange(cores: number): {
  links: FakeLink[]
  media: Switchboard
  events: MediaEvent[]
  open: (near?: number) => number
} {
  const links = Array.from({ length: cores }, () => new FakeLink())
  const media = new Switchboard(links)
  const events: MediaEvent[] = []
  media.onEvent = event => events.push(event)
  const open = (near?: number): number =>
    media.open({ address: OUR_ADDRESS, mediaTimeoutMs: 0, ...(near === undefined ? {} : { near }) })
  return { links, media, events, open }
}

describe('several cores', () => {
  test('legs go to the one with the fewest, and to their neighbours', () => {
    const { open } = exchange(3)
    const legs = [open(), open(), open()]
    expect(legs.map(handleWorker)).toEqual([0, 1, 2])
    const near = [open(legs[1]), open(legs[1]), open(legs[1])]
    expect(near.map(handleWorker)).toEqual([1, 1, 1])
    expect(handleWorker(open())).toBe(0)
  })

  test('a command goes to the core of its leg, a stop to that of its task', () => {
    const { links, media, open } = exchange(2)
    const [one, other] = [open(), open()]
    const task = media.play(other, SOUND)
    media.stop(task)
    media.close(one)
    expect(links[0]?.commands.map(command => command.type)).toEqual(['open', 'close'])
    expect(links[1]?.commands.map(command => command.type)).toEqual(['open', 'play', 'stop'])
  })

  test('a bridge between legs of two cores is counted and sent to neither', () => {
    const { links, media, open } = exchange(2)
    media.bridge(open(), open())
    expect(links.flatMap(link => link.commands).map(command => command.type)).toEqual(['open', 'open'])
    expect(media.counts().bridgesApart).toBe(1)
  })

  test('counts are those of all', () => {
    const { links, media } = exchange(2)
    for (const link of links) link.tally.add('legs', 3)
    links[1]?.tally.add('digitsRefused')
    expect(media.counts()).toMatchObject({ legs: 6, digitsRefused: 1, staleCommands: 0 })
  })

  test('shutDown ends all', async () => {
    const { links, media } = exchange(2)
    await media.shutDown()
    expect(links.map(link => link.closed)).toEqual([1, 1])
  })
})

describe('a core that is lost', () => {
  test('is told with all of its legs, none of another core’s, whose handles are stale from then on', () => {
    const { links, media, events, open } = exchange(2)
    const legs = [open(), open(), open(), open()]
    links[0]?.onLost('It crashed.')
    expect(events).toEqual([{ type: 'worker-lost', legs: [legs[0], legs[2]], message: 'It crashed.' }])
    media.close(legs[0] as number)
    media.close(legs[1] as number)
    expect(links[0]?.commands.map(command => command.type)).toEqual(['open', 'open'])
    expect(links[1]?.commands.map(command => command.type)).toEqual(['open', 'open', 'close'])
    expect(media.counts().staleCommands).toBe(1)
  })

  test('takes new legs, under new handles', () => {
    const { links, open } = exchange(1)
    const before = open()
    links[0]?.onLost('It crashed.')
    const after = open()
    expect(after).not.toBe(before)
    expect(links[0]?.commands).toHaveLength(2)
  })

  test('takes its tasks along', () => {
    const { links, media, open } = exchange(1)
    const task = media.play(open(), SOUND)
    links[0]?.onLost('It crashed.')
    media.stop(task)
    expect(links[0]?.commands.map(command => command.type)).toEqual(['open', 'play'])
  })
})

describe('what crosses in time', () => {
  test('a play that met a leg which could not open leaves no task behind', () => {
    const { links, media, events, open } = exchange(1)
    const leg = open()
    const task = media.play(leg, SOUND)
    links[0]?.onEvent({ type: 'open-failed', leg, message: 'No ports.' })
    media.stop(task)
    expect(events).toEqual([{ type: 'open-failed', leg, message: 'No ports.' }])
    expect(links[0]?.commands.map(command => command.type)).toEqual(['open', 'play'])
  })

  test('a stop that met the end of its task goes nowhere', () => {
    const { links, media, open } = exchange(1)
    const leg = open()
    const task = media.play(leg, SOUND)
    links[0]?.onEvent({ type: 'played', leg, task, reason: 'completed', playedMs: 0 })
    media.stop(task)
    expect(links[0]?.commands.map(command => command.type)).toEqual(['open', 'play'])
    expect(media.counts().staleCommands).toBe(1)
  })

  test('after close a leg takes no command, and its events still arrive up to closed', () => {
    const { links, media, events, open } = exchange(1)
    const leg = open()
    media.close(leg)
    media.play(leg, SOUND)
    media.echo(leg)
    expect(links[0]?.commands.map(command => command.type)).toEqual(['open', 'close'])
    links[0]?.onEvent({ type: 'digit', leg, digit: '5', source: 'rfc4733' })
    links[0]?.onEvent({ type: 'closed', leg, statistics: STATISTICS })
    expect(events.map(event => event.type)).toEqual(['digit', 'closed'])
    expect(media.counts().staleCommands).toBe(2)
  })

  test('a handle of a core that never was is stale', () => {
    const { links, media } = exchange(1)
    media.close(2 ** 28 + 7 * 2 ** 20)
    media.stop(2 ** 28 + 7 * 2 ** 20)
    expect(links[0]?.commands).toEqual([])
    expect(media.counts().staleCommands).toBe(2)
  })
})
