/**
 * The media room as it runs in production: built, in worker threads, over real sockets on loopback.
 */
import { createSocket, type Socket } from 'node:dgram'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/base/index.ts'
import { muLaw } from '../../src/media/codec/g711.ts'
import type * as Media from '../../src/media/index.ts'
import { makeMp3 } from '../unit/media/file/mp3-maker.ts'
import { wavOf } from '../unit/media/file/wav-maker.ts'

const HOST = '127.0.0.1'
const PORTS = { from: 20_000, to: 20_399 }
const HEADER_BYTES = 12

let media: typeof Media
const closing: (() => unknown)[] = []

beforeAll(async () => {
  media = await import(new URL('../../dist/media/index.js', import.meta.url).href)
})

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A host that keeps its events, and a way to wait for one of them. */
function host(workers: number): {
  host: Media.MediaHost
  events: Media.MediaEvent[]
  event: <Type extends Media.MediaEvent['type']>(type: Type, leg?: number) => Promise<Media.MediaEvent & { type: Type }>
} {
  const one = new media.MediaHost({ workers, ports: PORTS })
  closing.push(() => one.shutDown())
  const events: Media.MediaEvent[] = []
  let wake = (): void => {}
  one.onEvent = event => {
    events.push(event)
    wake()
  }
  const find = <Type extends Media.MediaEvent['type']>(
    type: Type,
    leg?: number,
  ): (Media.MediaEvent & { type: Type }) | undefined =>
    events.find(
      (event): event is Media.MediaEvent & { type: Type } =>
        event.type === type && (leg === undefined || ('leg' in event && event.leg === leg)),
    )
  return {
    host: one,
    events,
    async event(type, leg) {
      for (;;) {
        const found = find(type, leg)
        if (found) return found
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
    },
  }
}

/** A far end on a real socket. */
async function phone(): Promise<{
  port: number
  heard: Buffer[]
  speak: (port: number, packets: number) => Promise<void>
}> {
  const socket: Socket = createSocket('udp4')
  closing.push(() => socket.close())
  const heard: Buffer[] = []
  socket.on('message', bytes => heard.push(bytes))
  await new Promise<void>(resolve => {
    socket.bind(0, HOST, resolve)
  })
  let sequence = 1
  return {
    port: socket.address().port,
    heard,
    async speak(port, packets) {
      for (let packet = 0; packet < packets; packet++, sequence++) {
        const bytes = Buffer.alloc(HEADER_BYTES + 160, sequence)
        bytes.writeUInt16BE(0x8000)
        bytes.writeUInt16BE(sequence, 2)
        bytes.writeUInt32BE(sequence * 160, 4)
        bytes.writeUInt32BE(77, 8)
        socket.send(bytes, port, HOST)
        await new Promise(resolve => setTimeout(resolve, 5))
      }
    },
  }
}

function remote(port: number): Media.RemoteMedia {
  const [format] = media.codecFormats
  if (!format) throw new Error('No codec.')
  return {
    address: HOST,
    port,
    rtcpPort: port + 1,
    rtcpMux: false,
    signallingAddress: HOST,
    send: format,
    receive: [format],
    direction: 'sendrecv',
    ptimeMs: 20,
  }
}

const OPEN = { address: HOST, mediaTimeoutMs: 20_000 }

describe('media in a worker', () => {
  test('two phones hear each other', async () => {
    const { host: board, event } = host(1)
    const phones = await Promise.all([phone(), phone()])
    const legs = [board.open(OPEN), board.open(OPEN)] as const
    for (const [index, leg] of legs.entries()) board.setRemote(leg, remote(phones[index]?.port ?? 0))
    board.bridge(...legs)
    const { port } = await event('opened', legs[0])
    await phones[0].speak(port, 50)
    board.close(legs[0])
    const { statistics } = await event('closed', legs[0])
    expect(statistics).toMatchObject({ packetsReceived: 50, packetsLost: 0, packetsInvalid: 0 })
    expect(phones[1].heard.map(bytes => bytes[HEADER_BYTES])).toEqual(Array.from({ length: 50 }, (_, n) => n + 1))
    board.close(legs[1])
    await event('closed', legs[1])
    expect(board.counts()).toMatchObject({ legs: 0, timers: 1, portsInUse: 0, strayPackets: 0 })
  })

  test('a prompt is played without a copy of its samples, packet after packet', async () => {
    const { host: board, event } = host(1)
    const far = await phone()
    const leg = board.open(OPEN)
    board.setRemote(leg, remote(far.port))
    const samples = new SharedArrayBuffer(16_000)
    board.play(leg, { sounds: [{ kind: 'pcm', samples, sampleRateHz: 8000 }], times: 1 })
    // The core reads the memory itself, so it hears what is written while it plays.
    new Int16Array(samples).fill(8000, 4000)
    const { playedMs, reason } = await event('played')
    expect([playedMs, reason]).toEqual([1000, 'completed'])
    expect(far.heard).toHaveLength(50)
    const level = (packet: number): number => far.heard[packet]?.[HEADER_BYTES] ?? 0
    expect([level(0), level(49)]).toEqual([0xff, muLaw.encode[8000 >> muLaw.shift]])
  })

  test('legs of several workers have ports of their own and stay near each other', async () => {
    const { host: board, events, event } = host(2)
    const legs = Array.from({ length: 40 }, () => board.open(OPEN))
    for (const leg of legs) await event('opened', leg)
    const ports = events.map(opened => (opened.type === 'opened' ? opened.port : 0))
    expect(new Set(ports).size).toBe(40)
    expect(board.counts()).toMatchObject({ legs: 40, portsInUse: 40 })
  })

  test('a worker that crashes is told with its legs, and the next leg finds another', async () => {
    const { host: board, event } = host(1)
    const legs = [board.open(OPEN), board.open(OPEN)]
    await event('opened', legs[1])
    board.setRemote(legs[0] as number, undefined as never)
    const lost = await event('worker-lost')
    expect(lost.legs).toEqual(legs)
    expect(lost.message).toMatch(/^A media worker ended with code 1: /)
    const next = board.open(OPEN)
    expect((await event('opened', next)).port).toBeGreaterThanOrEqual(PORTS.from)
    expect(board.counts().legs).toBe(1)
  })

  test('shutDown is no crash', async () => {
    const { host: board, events, event } = host(1)
    await event('opened', board.open(OPEN))
    await board.shutDown()
    await new Promise(resolve => setTimeout(resolve, 50))
    expect(events.map(({ type }) => type)).toEqual(['opened'])
  })
})

describe('the decode thread', () => {
  const thread = (): { decode: (bytes: Uint8Array) => Promise<Media.SoundResult>; close: () => void } => {
    const one = new media.DecodeThread(systemClock)
    closing.push(() => one.close())
    return { decode: bytes => new Promise(resolve => one.decode(bytes, resolve)), close: () => one.close() }
  }

  test('decodes WAV and MP3, several at a time, and says what is neither', async () => {
    const { decode } = thread()
    const mp3 = makeMp3({ sampleRateHz: 16_000, channels: 1, frames: 50, line: 36 })
    const results = await Promise.all([decode(wavOf([1, 2, 3, 4])), decode(mp3), decode(new Uint8Array(1000))])
    expect(results.map(result => result.ok)).toEqual([true, true, false])
    const [wav] = results
    expect(wav.ok && [...new Int16Array(wav.samples)]).toEqual([1, 2, 3, 4])
  })

  test('that is closed in the middle gives a fault, and decodes again afterwards', async () => {
    const { decode, close } = thread()
    const pending = decode(wavOf([1, 2, 3, 4]))
    close()
    expect(await pending).toEqual({ ok: false, code: 'failed', message: 'The decoder was closed.' })
    expect((await decode(wavOf([1, 2]))).ok).toBe(true)
  })
})
