import { describe, expect, test } from 'vitest'
import type { CoreEvent } from '../../../src/media/command.ts'
import { MediaCore } from '../../../src/media/core/core.ts'
import { Tally } from '../../../src/media/core/tally.ts'
import { LocalMedia } from '../../../src/media/index.ts'
import { DatagramIo } from '../../../src/media/io/datagram-io.ts'
import { PortStock } from '../../../src/media/port-stock.ts'
import { seededRandom } from './seeded-random.ts'
import { OUR_ADDRESS } from './studio.ts'
import { VirtualClock } from './virtual-clock.ts'
import { VirtualNet } from './virtual-net.ts'

describe('ports in stock', () => {
  test('are asked for once at a time, and again when half are gone', () => {
    const stock = new PortStock({ from: 10_000, to: 32_767 })
    expect([stock.take('a'), stock.wanted('a'), stock.wanted('a')]).toEqual([undefined, 32, 0])
    stock.deliver(
      'a',
      Array.from({ length: 32 }, (_, index) => 10_000 + 2 * index),
    )
    const asked = Array.from({ length: 16 }, () => [stock.take('a') !== undefined, stock.wanted('a')])
    expect(asked.slice(0, 15).every(([taken, wanted]) => taken && wanted === 0)).toBe(true)
    expect(asked[15]).toEqual([true, 32])
  })

  test('are those of one address', () => {
    const stock = new PortStock({ from: 10_000, to: 32_767 })
    stock.wanted('a')
    stock.deliver('a', [10_000])
    expect(stock.take('b')).toBeUndefined()
    expect(stock.take('a')).toBe(10_000)
  })

  test('are none in a range that is soon used up', () => {
    expect(new PortStock({ from: 10_000, to: 10_019 }).wanted('a')).toBe(0)
  })

  test('go with the core', () => {
    const stock = new PortStock({ from: 10_000, to: 32_767 })
    stock.wanted('a')
    stock.deliver('a', [10_000])
    stock.clear()
    expect([stock.take('a'), stock.wanted('a')]).toEqual([undefined, 32])
  })
})

describe('a core that is asked for ports in advance', () => {
  function core(ports = { from: 10_000, to: 32_767 }) {
    const clock = new VirtualClock()
    const net = new VirtualNet(clock)
    const events: CoreEvent[] = []
    const tally = new Tally()
    const made = new MediaCore({
      io: counted => new DatagramIo(net, counted),
      clock,
      random: seededRandom(1),
      ports,
      tally,
      emit: event => events.push(event),
    })
    return { clock, net, events, tally, core: made }
  }

  test('binds them, and opens legs on them without a word', () => {
    const { net, events, tally, core: media } = core()
    media.execute({ type: 'reserve', address: OUR_ADDRESS, pairs: 3 })
    const [reserved] = events
    expect(net.sockets).toBe(6)
    expect(tally.read()).toMatchObject({ portsInUse: 0, portsResting: 3 })
    const ports = reserved?.type === 'reserved' ? reserved.ports : []
    expect(new Set(ports).size).toBe(3)
    media.execute({
      type: 'open',
      leg: 1,
      params: { address: OUR_ADDRESS, mediaTimeoutMs: 0 },
      port: ports[1] as number,
    })
    expect(events).toHaveLength(1)
    expect(tally.read()).toMatchObject({ legs: 1, portsInUse: 1, portsResting: 2 })
    media.close()
    expect(net.sockets).toBe(0)
  })

  test('gives what there is', () => {
    const { events, core: media } = core({ from: 10_000, to: 10_003 })
    media.execute({ type: 'reserve', address: OUR_ADDRESS, pairs: 3 })
    expect(events).toMatchObject([{ type: 'reserved', ports: expect.arrayContaining([10_000, 10_002]) }])
  })

  test('tells an owner in the same thread nothing of it', () => {
    const { clock, net } = core()
    const media = new LocalMedia({ net, clock, random: seededRandom(1) })
    const events: string[] = []
    media.onEvent = event => events.push(event.type)
    media.open({ address: OUR_ADDRESS, mediaTimeoutMs: 0 })
    clock.advance(0)
    expect(events).toEqual(['opened'])
  })
})
