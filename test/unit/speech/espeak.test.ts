import { describe, expect, it } from 'vitest'
import { type ChildProcess, type Processes, type ProcessOptions, silentLog } from '../../../src/base/index.ts'
import { type OpenProvider, openProviders } from '../../../src/speech/index.ts'
import { VirtualClock } from '../media/virtual-clock.ts'
import { Listener } from './studio.ts'

function frame(kind: number, id: number, payload: Uint8Array | object = new Uint8Array()): Buffer {
  const bytes = payload instanceof Uint8Array ? payload : Buffer.from(JSON.stringify(payload))
  const header = Buffer.alloc(9)
  header.writeUInt8(kind, 0)
  header.writeUInt32LE(id, 1)
  header.writeUInt32LE(bytes.length, 5)
  return Buffer.concat([header, bytes])
}

const READY = frame(1, 0, { protocol: 1, sampleRateHz: 22_050 })
const audio = (id: number, ...samples: number[]) => frame(2, id, new Uint8Array(Int16Array.from(samples).buffer))
const end = (id: number) => frame(3, id)
const error = (id: number, code: string, message: string) => frame(4, id, { code, message })

class FakeProcess implements ChildProcess {
  readonly options: ProcessOptions
  readonly lines: string[] = []
  killed = false

  constructor(options: ProcessOptions) {
    this.options = options
  }

  write(text: string): void {
    this.lines.push(...text.trimEnd().split('\n'))
  }

  kill(): void {
    this.killed = true
  }

  out(...frames: readonly Uint8Array[]): void {
    if (!this.killed) this.options.onOutput(Buffer.concat(frames))
  }
}

const openEspeak = (surroundings: Parameters<typeof openProviders>[0]): OpenProvider =>
  openProviders(surroundings, { espeak: { command: 'node', args: ['main.js'] } })[0] as OpenProvider

class Studio implements Processes {
  readonly clock = new VirtualClock()
  readonly started: FakeProcess[] = []
  readonly provider = openEspeak({ clock: this.clock, log: silentLog, processes: this })

  start(options: ProcessOptions): ChildProcess {
    const process = new FakeProcess(options)
    this.started.push(process)
    return process
  }

  get process(): FakeProcess {
    return this.started.at(-1) as FakeProcess
  }

  ask(text: string, { language = 'en-US', voice = 'male', rate = 1 } = {}) {
    const listener = new Listener()
    const cancel = this.provider.synthesize({ text, language, voice, rate }, listener)
    expect(listener.heard).toEqual([])
    return { listener, heard: listener.heard, cancel }
  }

  /** Asked of a process that is ready. */
  askReady(text: string) {
    const asked = this.ask(text)
    this.process.out(READY)
    return asked
  }
}

describe('a request', () => {
  it('starts the process and is written when it is ready', () => {
    const studio = new Studio()
    expect(studio.started).toEqual([])
    const { listener } = studio.ask('Good "morning"\n.', { language: 'de', voice: 'female', rate: 1.5 })
    expect(studio.process.options).toMatchObject({ command: 'node', args: ['main.js'] })
    expect(studio.process.lines).toEqual([])
    studio.process.out(READY)
    expect(studio.process.lines.map(line => JSON.parse(line))).toEqual([
      { id: 1, text: 'Good "morning"\n.', language: 'de', voice: 'f2', rate: 1.5 },
    ])
    studio.process.out(audio(1, 1, -2), audio(1, 3), end(1))
    expect(listener.heard).toEqual(['22050 Hz', '2 samples', '1 samples', 'end'])
    expect(listener.samples).toEqual([1, -2, 3])
    expect(studio.clock.armed).toBe(0)
  })

  it('is heard whatever the portions in which frames arrive', () => {
    const studio = new Studio()
    const { listener } = studio.askReady('a')
    for (const byte of Buffer.concat([audio(1, 1, 2), audio(1, 3), end(1)])) studio.process.out(Uint8Array.of(byte))
    expect(listener.samples).toEqual([1, 2, 3])
    expect(listener.heard.at(-1)).toBe('end')
  })

  it('and another are told apart', () => {
    const studio = new Studio()
    const first = studio.askReady('a')
    const second = studio.ask('b')
    studio.process.out(audio(1, 1), audio(2, 2), end(2), audio(1, 3), end(1))
    expect(first.listener.samples).toEqual([1, 3])
    expect(second.listener.samples).toEqual([2])
  })

  it.each([
    ['unknown-language', 'no-voice: Why.'],
    ['unknown-voice', 'no-voice: Why.'],
    ['too-long', 'too-long: Why.'],
    ['busy', 'unavailable: Why.'],
    ['bad-request', 'engine-failed: Why.'],
    ['failed', 'engine-failed: Why.'],
  ])('that the process refuses with %s', (code, expected) => {
    const studio = new Studio()
    const { heard } = studio.askReady('a')
    studio.process.out(error(1, code, 'Why.'))
    expect(heard).toEqual([expected])
  })

  it('that was cancelled is not heard again', () => {
    const studio = new Studio()
    const { heard, cancel } = studio.askReady('a')
    cancel()
    cancel()
    expect(studio.process.lines.slice(1)).toEqual(['{"cancel":1}'])
    studio.process.out(audio(1, 1), end(1))
    expect(heard).toEqual([])
    expect(studio.clock.armed).toBe(0)
  })

  it('that was cancelled before the process was ready is never written', () => {
    const studio = new Studio()
    studio.ask('a').cancel()
    studio.process.out(READY)
    expect(studio.process.lines).toEqual([])
  })

  it('beyond the 500th that waits is refused', () => {
    const studio = new Studio()
    for (let index = 0; index < 500; index++) studio.ask('a')
    const { heard } = studio.ask('a')
    studio.clock.advance(0)
    expect(heard).toEqual(['unavailable: Too many prompts wait for the speech process.'])
  })
})

describe('a process that ends', () => {
  const LOST = 'unavailable: The speech process ended unexpectedly.'

  it('fails what was pending and is started again', () => {
    const studio = new Studio()
    const { heard } = studio.askReady('a')
    studio.process.out(audio(1, 1))
    studio.process.options.onExit('ended by SIGSEGV')
    expect(heard.at(-1)).toBe(LOST)
    studio.clock.advance(249)
    expect(studio.started).toHaveLength(1)
    studio.clock.advance(1)
    expect(studio.started).toHaveLength(2)
    const next = studio.askReady('b')
    studio.process.out(audio(2, 2), end(2))
    expect(next.heard.at(-1)).toBe('end')
  })

  it('again and again is started after pauses that grow up to 4 s', () => {
    const studio = new Studio()
    studio.ask('a')
    const pauses = [250, 500, 1000, 2000, 4000, 4000]
    for (const [index, pauseMs] of pauses.entries()) {
      studio.process.options.onExit('spawn ENOENT')
      const { heard } = studio.ask('b')
      studio.clock.advance(pauseMs - 1)
      expect(studio.started).toHaveLength(index + 1)
      studio.clock.advance(1)
      expect(studio.started).toHaveLength(index + 2)
      expect(heard).toEqual([])
    }
  })

  it('is paused for briefly again once a request succeeded', () => {
    const studio = new Studio()
    studio.ask('a')
    studio.process.options.onExit('x')
    studio.ask('b')
    studio.clock.advance(250)
    studio.process.out(READY, end(2))
    studio.process.options.onExit('x')
    studio.clock.advance(250)
    expect(studio.started).toHaveLength(3)
  })

  it('before it was ready is left alone until somebody asks', () => {
    const studio = new Studio()
    const { heard } = studio.ask('a')
    studio.process.options.onExit('spawn ENOENT')
    expect(heard).toEqual([LOST])
    studio.clock.advance(60_000)
    expect(studio.started).toHaveLength(1)
    studio.ask('b')
    expect(studio.started).toHaveLength(2)
  })

  it('is asked once more by a sink that was told of it', () => {
    const studio = new Studio()
    const again = new Listener()
    const wish = { text: 'a', language: 'en-US', voice: 'male', rate: 1 }
    const retry = { start() {}, write() {}, end: () => void studio.provider.synthesize(wish, again) }
    studio.provider.synthesize(wish, retry)
    studio.process.options.onExit('x')
    studio.clock.advance(250)
    studio.process.out(READY, audio(2, 5), end(2))
    expect(again.heard).toEqual(['22050 Hz', '1 samples', 'end'])
  })
})

describe('a process that misbehaves', () => {
  it('is killed after 10 s without a frame, whoever else asks meanwhile', () => {
    const studio = new Studio()
    const { heard } = studio.askReady('a')
    studio.clock.advance(9_000)
    studio.ask('b')
    studio.clock.advance(1_000)
    expect(studio.process.killed).toBe(true)
    expect(heard).toEqual(['unavailable: The speech process ended unexpectedly.'])
    studio.clock.advance(250)
    expect(studio.started).toHaveLength(2)
  })

  it('is left alone while frames come, and while nobody asks', () => {
    const studio = new Studio()
    studio.askReady('a')
    for (let second = 0; second < 20; second++) {
      studio.clock.advance(1_000)
      studio.process.out(audio(1, 1))
    }
    studio.process.out(end(1))
    studio.clock.advance(60_000)
    expect(studio.process.killed).toBe(false)
  })

  it.each([
    ['text', Buffer.from('Segmentation fault, core dumped\n')],
    ['a kind that there is not', frame(9, 1)],
    ['half a sample', frame(2, 1, new Uint8Array(3))],
    ['an error without a code', frame(4, 1, {})],
    ['another protocol', frame(1, 0, { protocol: 2, sampleRateHz: 22_050 })],
    ['a rate that is none', frame(1, 0, { protocol: 1, sampleRateHz: 0 })],
    ['JSON that is none', frame(4, 1, Buffer.from('{'))],
    ['JSON of nothing', frame(4, 1, Buffer.from('null'))],
  ])('is killed when it writes %s', (_story, bytes) => {
    const studio = new Studio()
    const { heard } = studio.askReady('a')
    studio.process.out(bytes)
    expect(studio.process.killed).toBe(true)
    expect(heard).toEqual(['unavailable: The speech process ended unexpectedly.'])
  })
})

describe('a provider that is closed', () => {
  it('ends the process and every request', () => {
    const studio = new Studio()
    const { heard } = studio.askReady('a')
    studio.provider.close()
    studio.provider.close()
    expect(studio.process.killed).toBe(true)
    expect(heard).toEqual(['unavailable: The speech process is stopped.'])
    expect(studio.clock.armed).toBe(0)
  })

  it('refuses what is asked later', () => {
    const studio = new Studio()
    studio.provider.close()
    const { heard } = studio.ask('a')
    studio.clock.advance(0)
    expect(heard).toEqual(['unavailable: The speech process is stopped.'])
    expect(studio.started).toEqual([])
  })

  it('starts nothing after a pause', () => {
    const studio = new Studio()
    studio.askReady('a')
    studio.process.options.onExit('x')
    studio.provider.close()
    studio.clock.advance(60_000)
    expect(studio.started).toHaveLength(1)
  })

  it('within a sink is told nothing more', () => {
    const studio = new Studio()
    const heard: string[] = []
    const sink = {
      start: () => studio.provider.close(),
      write: () => heard.push('samples'),
      end: () => heard.push('end'),
    }
    studio.provider.synthesize({ text: 'a', language: 'en-US', voice: 'male', rate: 1 }, sink)
    studio.process.out(READY, audio(1, 1), audio(1, 2), end(1))
    expect(heard).toEqual(['end'])
  })
})
