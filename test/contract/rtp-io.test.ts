import { describe, expect, test } from 'vitest'
import { rtpIoBackends } from '../../src/media/io/backends.ts'
import {
  IN_FIELDS,
  IN_LENGTH,
  IN_PORT,
  IN_SAME_SOURCE,
  IN_SLOTS,
  IN_SOCKET,
  OUT_FIELDS,
  OUT_LENGTH,
  OUT_OFFSET,
  OUT_SLOTS,
  OUT_SOCKET,
  type PairOpened,
  type RtpIo,
  SLOT_BYTES,
} from '../../src/media/io/rtp-io.ts'
import { VirtualClock } from '../unit/media/virtual-clock.ts'
import { VirtualNet } from '../unit/media/virtual-net.ts'

const HERE = '192.0.2.1'

/** A datagram as the core would see it. */
interface Received {
  readonly socket: number
  readonly bytes: number[]
  readonly length: number
  readonly from: string
  readonly sameSource: boolean
}

/** A far end that sends anything and keeps what it is sent. */
interface Peer {
  readonly port: number
  readonly heard: number[][]
  send(bytes: Uint8Array, port: number): void
}

for (const backend of rtpIoBackends.filter(candidate => candidate.isAvailable()))
  describe(`the ${backend.name} backend`, () => {
    function bench(): {
      clock: VirtualClock
      net: VirtualNet
      io: RtpIo
      received: Received[]
      peer: (address?: string, port?: number) => Peer
    } {
      const clock = new VirtualClock()
      const net = new VirtualNet(clock)
      const io = backend.create(net, clock)
      const received: Received[] = []
      io.onBatch = rows => {
        expect(rows).toBeLessThanOrEqual(IN_SLOTS)
        for (let row = 0; row < rows; row++) received.push(describeRow(io, row))
      }
      const peer = (address = '198.51.100.1', port = 4000): Peer => {
        const heard: number[][] = []
        const one: { send: Peer['send'] } = { send: () => {} }
        net.openDatagram({ address, port, onDatagram: bytes => heard.push([...bytes]) }, result => {
          if (result.ok) one.send = (bytes, toPort) => result.socket.send(bytes, toPort, HERE)
        })
        return { port, heard, send: (bytes, toPort) => one.send(bytes, toPort) }
      }
      return { clock, net, io, received, peer }
    }

    const describeRow = (io: RtpIo, row: number): Received => {
      const at = row * IN_FIELDS
      const length = io.inbound[at + IN_LENGTH] as number
      const slot = row * SLOT_BYTES
      return {
        socket: io.inbound[at + IN_SOCKET] as number,
        bytes: [...io.received.subarray(slot, slot + Math.min(length, SLOT_BYTES))],
        length,
        from: `${io.sourceAddress(row)}:${io.inbound[at + IN_PORT]}`,
        sameSource: io.inbound[at + IN_SAME_SOURCE] === 1,
      }
    }

    function open(io: RtpIo, port = 10_000): PairOpened & { ok: true } {
      const results: PairOpened[] = []
      io.openPair(HERE, port, result => results.push(result))
      const [result] = results
      if (!result?.ok) throw new Error('The pair did not open.')
      return result
    }

    /** Puts bytes into an outgoing slot and describes them in a row. */
    function put(io: RtpIo, row: number, socket: number, bytes: readonly number[]): void {
      const offset = (IN_SLOTS + row) * SLOT_BYTES + 5
      io.arena.set(bytes, offset)
      io.outbound[row * OUT_FIELDS + OUT_SOCKET] = socket
      io.outbound[row * OUT_FIELDS + OUT_OFFSET] = offset
      io.outbound[row * OUT_FIELDS + OUT_LENGTH] = bytes.length
    }

    test('has an arena and tables of the size that was agreed', () => {
      const { io } = bench()
      expect(io.arena.length).toBe((IN_SLOTS + OUT_SLOTS) * SLOT_BYTES)
      expect(io.inbound.length).toBe(IN_SLOTS * IN_FIELDS)
      expect(io.outbound.length).toBe(OUT_SLOTS * OUT_FIELDS)
    })

    test('opens a pair and hears on both of its ports', () => {
      const { io, clock, received, peer } = bench()
      const { rtp, rtcp } = open(io)
      const far = peer()
      far.send(Uint8Array.of(1, 2, 3), 10_000)
      far.send(Uint8Array.of(4), 10_001)
      clock.advance(5)
      expect(received).toEqual([
        { socket: rtp, bytes: [1, 2, 3], length: 3, from: '198.51.100.1:4000', sameSource: false },
        { socket: rtcp, bytes: [4], length: 1, from: '198.51.100.1:4000', sameSource: false },
      ])
    })

    test('says when the source is the one before, per socket', () => {
      const { io, clock, received, peer } = bench()
      open(io)
      const [one, other, third] = [peer(), peer('198.51.100.1', 5000), peer('198.51.100.2', 5000)]
      for (const sender of [one, one, other, other, third, one, one]) {
        sender.send(Uint8Array.of(1), 10_000)
        clock.advance(2)
        one.send(Uint8Array.of(1), 10_001)
        clock.advance(2)
      }
      const flags = (first: number): boolean[] =>
        received.filter((_, index) => index % 2 === first).map(row => row.sameSource)
      expect(flags(0)).toEqual([false, true, false, true, false, false, true])
      expect(flags(1)).toEqual([false, true, true, true, true, true, true])
    })

    test('gives the true length of a datagram that is longer than a slot, and its start', () => {
      const { io, clock, received, peer } = bench()
      open(io)
      peer().send(new Uint8Array(65_507).fill(7), 10_000)
      clock.advance(5)
      expect(received).toMatchObject([{ length: 65_507 }])
      expect(received[0]?.bytes.every(byte => byte === 7)).toBe(true)
    })

    test('opens nothing when one of the two ports belongs to somebody else', () => {
      const { io, net } = bench()
      for (const port of [10_000, 10_001]) {
        net.occupied.clear()
        net.occupied.add(port)
        const results: PairOpened[] = []
        io.openPair(HERE, 10_000, result => results.push(result))
        expect(results).toMatchObject([{ ok: false, code: 'in-use' }])
        expect(net.sockets).toBe(0)
      }
    })

    test('sends each row where its socket is aimed', () => {
      const { io, clock, peer } = bench()
      const [one, other] = [open(io, 10_000), open(io, 10_002)]
      const [near, far] = [peer(), peer('198.51.100.2', 6000)]
      io.aim(one.rtp, '198.51.100.1', near.port)
      io.aim(other.rtp, '198.51.100.2', far.port)
      put(io, 0, one.rtp, [1, 2])
      put(io, 1, other.rtp, [3])
      put(io, 2, one.rtp, [4, 5, 6])
      io.flush(3)
      clock.advance(5)
      expect(near.heard).toEqual([
        [1, 2],
        [4, 5, 6],
      ])
      expect(far.heard).toEqual([[3]])
    })

    test('sends the bytes as they are at that moment, in a slot that is used again', () => {
      const { io, clock, peer } = bench()
      const { rtp } = open(io)
      const far = peer()
      io.aim(rtp, '198.51.100.1', far.port)
      for (const byte of [1, 2, 3]) {
        put(io, 0, rtp, [byte, byte])
        io.flush(1)
      }
      put(io, 0, rtp, [9, 9])
      clock.advance(5)
      expect(far.heard).toEqual([
        [1, 1],
        [2, 2],
        [3, 3],
      ])
    })

    test('sends a datagram on from where it was received, whole or in part', () => {
      const { io, clock, peer } = bench()
      const { rtp } = open(io)
      const [near, far] = [peer(), peer('198.51.100.2', 6000)]
      io.aim(rtp, '198.51.100.2', far.port)
      for (const offset of [0, 2]) {
        io.onBatch = () => {
          io.received[offset] = 9
          io.outbound[OUT_SOCKET] = rtp
          io.outbound[OUT_OFFSET] = offset
          io.outbound[OUT_LENGTH] = 2
          io.flush(1)
        }
        near.send(Uint8Array.of(1, 2, 3, 4), 10_000)
      }
      clock.advance(1)
      near.send(Uint8Array.of(5, 6, 7, 8), 10_000)
      clock.advance(5)
      expect(far.heard).toEqual([
        [9, 4],
        [9, 4],
        [9, 8],
      ])
    })

    describe('a connected socket', () => {
      const connected = (): ReturnType<typeof bench> & { rtp: number; near: Peer; stranger: Peer } => {
        const all = bench()
        const { rtp } = open(all.io)
        const [near, stranger] = [all.peer(), all.peer('198.51.100.2', 4000)]
        all.io.aim(rtp, '198.51.100.1', near.port)
        all.io.connect(rtp)
        all.io.connect(rtp)
        return { ...all, rtp, near, stranger }
      }

      /** From whom something is heard that both send. */
      const heardFrom = ({ clock, received, near, stranger }: ReturnType<typeof connected>): string[] => {
        received.length = 0
        for (const one of [stranger, near]) one.send(Uint8Array.of(1), 10_000)
        clock.advance(5)
        return received.map(({ from }) => from)
      }

      const NEAR = '198.51.100.1:4000'
      const STRANGER = '198.51.100.2:4000'

      test('hears only whom it is aimed at, and sends there', () => {
        const scene = connected()
        expect(heardFrom(scene)).toEqual([NEAR])
        put(scene.io, 0, scene.rtp, [7])
        scene.io.flush(1)
        scene.clock.advance(5)
        expect(scene.near.heard).toEqual([[7]])
      })

      test('hears everybody again when it is disconnected, aimed anew or forgets its peer', () => {
        for (const open of [
          (io: RtpIo, rtp: number) => io.disconnect(rtp),
          (io: RtpIo, rtp: number) => io.aim(rtp, '198.51.100.3', 4000),
          (io: RtpIo, rtp: number) => io.aim(rtp, '198.51.100.1', 4000),
          (io: RtpIo, rtp: number) => io.forgetPeer(rtp),
        ]) {
          const scene = connected()
          open(scene.io, scene.rtp)
          open(scene.io, scene.rtp)
          expect(heardFrom(scene)).toEqual([STRANGER, NEAR])
          expect(scene.net.connected).toBe(0)
        }
      })

      test('still sends to its peer when it is disconnected', () => {
        const { io, clock, rtp, near } = connected()
        io.disconnect(rtp)
        put(io, 0, rtp, [7])
        io.flush(1)
        clock.advance(5)
        expect(near.heard).toEqual([[7]])
      })

      test('is none that is aimed nowhere, or closed', () => {
        const { io, net, rtp } = connected()
        io.aim(rtp, '', 0)
        io.connect(rtp)
        expect(net.connected).toBe(0)
        io.close(rtp)
        io.connect(rtp)
        io.disconnect(rtp)
        expect(net.connected).toBe(0)
      })

      test('is one like any other where the system refuses', () => {
        const scene = connected()
        scene.io.disconnect(scene.rtp)
        scene.net.refusesToConnect = true
        scene.io.connect(scene.rtp)
        expect(heardFrom(scene)).toEqual([STRANGER, NEAR])
      })
    })

    test('sends nowhere before it is aimed, and when it is aimed at port 0', () => {
      const { io, clock, peer } = bench()
      const { rtp } = open(io)
      const far = peer()
      put(io, 0, rtp, [1])
      io.flush(1)
      io.aim(rtp, '198.51.100.1', far.port)
      io.aim(rtp, '198.51.100.1', 0)
      io.flush(1)
      clock.advance(5)
      expect(far.heard).toEqual([])
    })

    test('sends and hears nothing on a closed socket, nor on its number’s next owner', () => {
      const { io, clock, net, received, peer } = bench()
      const first = open(io, 10_000)
      const far = peer()
      io.aim(first.rtp, '198.51.100.1', far.port)
      far.send(Uint8Array.of(1), 10_000)
      for (const socket of [first.rtp, first.rtcp, first.rtp]) io.close(socket)
      expect(net.sockets).toBe(1)
      const second = open(io, 10_002)
      put(io, 0, first.rtp, [1])
      put(io, 1, second.rtp, [1])
      io.flush(2)
      clock.advance(5)
      expect(received).toEqual([])
      expect(far.heard).toEqual([])
    })

    describe('ticks', () => {
      const ticking = (): { io: RtpIo; clock: VirtualClock; ticks: number[] } => {
        const { io, clock } = bench()
        const ticks: number[] = []
        io.onTick = nowMs => ticks.push(nowMs)
        return { io, clock, ticks }
      }

      test('once, at the time asked for or within a millisecond after', () => {
        const { io, clock, ticks } = ticking()
        io.tickAt(clock.now() + 7.3)
        clock.advance(100)
        expect(ticks).toHaveLength(1)
        expect(ticks[0]).toBeGreaterThanOrEqual(1007.3)
        expect(ticks[0]).toBeLessThanOrEqual(1008.3)
      })

      test('at the time asked for last', () => {
        const { io, clock, ticks } = ticking()
        io.tickAt(1050)
        io.tickAt(1020)
        clock.advance(100)
        expect(ticks).toEqual([1020])
      })

      test('at once when the time has passed', () => {
        const { io, clock, ticks } = ticking()
        io.tickAt(10)
        clock.advance(0)
        expect(ticks).toHaveLength(1)
      })

      test('not when it was taken back', () => {
        const { io, clock, ticks } = ticking()
        io.tickAt(1050)
        io.stopTick()
        clock.advance(100)
        expect(ticks).toEqual([])
        expect(clock.armed).toBe(0)
      })

      test('again when asked from within one', () => {
        const { io, clock, ticks } = ticking()
        io.onTick = nowMs => {
          ticks.push(nowMs)
          io.tickAt(nowMs + 20)
        }
        io.tickAt(1020)
        clock.advance(100)
        expect(ticks).toEqual([1020, 1040, 1060, 1080, 1100])
      })
    })
  })
