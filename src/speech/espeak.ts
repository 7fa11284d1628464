/**
 * eSpeak NG in a process of its own (plugins/espeak): started with the first request, started again when it ends.
 *
 *     idle ── first request ──► starting ── ready frame ──► ready
 *                                 ▲   │                       │
 *                       after a pause │ ends, or is silent    │
 *                                 │   ▼                       │
 *                               waiting ◄─────────────────────┘
 */
import type { ChildProcess, Timer } from '../base/index.ts'
import { type EspeakFrame, EspeakFrameReader } from './espeak-frames.ts'
import { espeakVariants, espeakVoices } from './espeak-voices.ts'
import {
  type CancelSpeech,
  type OpenProvider,
  type SpeechFaultCode,
  type SpeechRequest,
  type SpeechSink,
  type SpeechSurroundings,
  speechFault,
} from './provider.ts'

export interface EspeakSettings {
  /** What runs plugins/espeak/src/main.js. */
  readonly command: string
  readonly args: readonly string[]
}

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 4_000
/** Without a frame while requests wait, the process hangs. A sentence takes it well below a second. */
const SILENCE_LIMIT_MS = 10_000
const REQUEST_LIMIT = 500
const ID_LIMIT = 2 ** 32

interface Pending {
  readonly line: string
  readonly sink: SpeechSink
  started: boolean
}

type State =
  | { readonly name: 'idle' | 'closed' }
  | { readonly name: 'waiting'; readonly timer: Timer }
  | { readonly name: 'starting'; readonly process: ChildProcess }
  | { readonly name: 'ready'; readonly process: ChildProcess; readonly sampleRateHz: number }

export const espeak = {
  name: 'espeak',
  create: (surroundings: SpeechSurroundings, settings: EspeakSettings): OpenProvider =>
    new EspeakProvider(surroundings, settings),
} as const

class EspeakProvider implements OpenProvider {
  readonly name = espeak.name
  readonly #surroundings: SpeechSurroundings
  readonly #settings: EspeakSettings
  readonly #requests = new Map<number, Pending>()
  #state: State = { name: 'idle' }
  #lastId = 0
  #pauseMs = FIRST_PAUSE_MS
  #watch: Timer | undefined

  constructor(surroundings: SpeechSurroundings, settings: EspeakSettings) {
    this.#surroundings = surroundings
    this.#settings = settings
  }

  voices() {
    return espeakVoices
  }

  synthesize(request: SpeechRequest, sink: SpeechSink): CancelSpeech {
    if (this.#state.name === 'closed') return this.#refuse(sink, 'The speech process is stopped.')
    if (this.#requests.size >= REQUEST_LIMIT) return this.#refuse(sink, 'Too many prompts wait for the speech process.')
    const id = this.#freeId()
    const { text, language, rate } = request
    const voice = espeakVariants.get(request.voice) ?? request.voice
    const pending = { line: `${JSON.stringify({ id, text, language, voice, rate })}\n`, sink, started: false }
    this.#requests.set(id, pending)
    if (!this.#watch) this.#expectFrame()
    if (this.#state.name === 'idle') this.#start()
    else if (this.#state.name === 'ready') this.#state.process.write(pending.line)
    return () => this.#cancel(id)
  }

  /** Ends the process and every request. Idempotent. */
  close(): void {
    if (this.#state.name === 'waiting') this.#state.timer.cancel()
    if ('process' in this.#state) this.#state.process.kill()
    this.#state = { name: 'closed' }
    this.#failAll('The speech process is stopped.')
  }

  #start(): void {
    const { command, args } = this.#settings
    const reader = new EspeakFrameReader()
    const process = this.#surroundings.processes.start({
      command,
      args,
      onOutput: bytes => this.#take(process, reader.push(bytes)),
      onExit: reason => this.#lose(reason),
    })
    this.#state = { name: 'starting', process }
  }

  #take(process: ChildProcess, frames: readonly EspeakFrame[] | undefined): void {
    if (!frames) {
      process.kill()
      this.#lose('wrote what is not a frame')
      return
    }
    for (const frame of frames) {
      // A sink may have closed the provider meanwhile.
      if (!('process' in this.#state) || this.#state.process !== process) return
      if (frame.kind === 'ready') this.#becomeReady(process, frame.sampleRateHz)
      else this.#tell(frame)
    }
    this.#expectFrame()
  }

  #becomeReady(process: ChildProcess, sampleRateHz: number): void {
    this.#state = { name: 'ready', process, sampleRateHz }
    for (const { line } of this.#requests.values()) process.write(line)
  }

  /** Frames of requests that were cancelled find nobody. */
  #tell(frame: Exclude<EspeakFrame, { kind: 'ready' }>): void {
    const request = this.#requests.get(frame.id)
    if (frame.kind === 'error' && frame.id === 0)
      this.#surroundings.log.warn({ code: frame.code }, `eSpeak did not understand a line: ${frame.message}`)
    if (!request || this.#state.name !== 'ready') return
    if (frame.kind === 'audio') {
      if (!request.started) request.sink.start(this.#state.sampleRateHz)
      request.started = true
      if (this.#requests.has(frame.id)) request.sink.write(frame.pcm)
      return
    }
    this.#requests.delete(frame.id)
    this.#pauseMs = FIRST_PAUSE_MS
    if (frame.kind === 'end') request.sink.end({ ok: true })
    else request.sink.end(speechFault(FAULT_CODES[frame.code] ?? 'engine-failed', frame.message))
  }

  #cancel(id: number): void {
    if (!this.#requests.delete(id)) return
    if (this.#state.name === 'ready') this.#state.process.write(`{"cancel":${id}}\n`)
    if (this.#requests.size === 0) this.#expectFrame()
  }

  /**
   * The process is gone. After a pause, which doubles until a request succeeds, another one is started; one that never
   * was ready, only for a request.
   */
  #lose(reason: string): void {
    const wasReady = this.#state.name === 'ready'
    this.#surroundings.log.warn({ reason, pauseMs: this.#pauseMs }, 'The eSpeak process ended.')
    const timer = this.#surroundings.clock.after(this.#pauseMs, () => {
      if (wasReady || this.#requests.size > 0) this.#start()
      else this.#state = { name: 'idle' }
    })
    this.#state = { name: 'waiting', timer }
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2)
    this.#failAll('The speech process ended unexpectedly.')
  }

  #failAll(message: string): void {
    const lost = [...this.#requests.values()]
    this.#requests.clear()
    this.#expectFrame()
    for (const { sink } of lost) sink.end(speechFault('unavailable', message))
  }

  /** The limit of silence starts anew, as long as somebody waits. */
  #expectFrame(): void {
    this.#watch?.cancel()
    this.#watch =
      this.#requests.size === 0 ? undefined : this.#surroundings.clock.after(SILENCE_LIMIT_MS, () => this.#giveUp())
  }

  #giveUp(): void {
    if (!('process' in this.#state)) return
    this.#state.process.kill()
    this.#lose(`silent for ${SILENCE_LIMIT_MS} ms`)
  }

  #refuse(sink: SpeechSink, message: string): CancelSpeech {
    const timer = this.#surroundings.clock.after(0, () => sink.end(speechFault('unavailable', message)))
    return () => timer.cancel()
  }

  #freeId(): number {
    do this.#lastId = (this.#lastId + 1) % ID_LIMIT
    while (this.#lastId === 0 || this.#requests.has(this.#lastId))
    return this.#lastId
  }
}

/** The codes of the process; every other one is `engine-failed`. */
const FAULT_CODES: Readonly<Record<string, SpeechFaultCode>> = {
  'unknown-language': 'no-voice',
  'unknown-voice': 'no-voice',
  'too-long': 'too-long',
  busy: 'unavailable',
}
