/**
 * Speaks a prompt, plain or SSML, through a provider that only knows plain text. Silence is made here.
 */
import type { Clock } from '../base/index.ts'
import {
  type CancelSpeech,
  MAX_RATE,
  MIN_RATE,
  type SpeechFault,
  type SpeechProvider,
  type SpeechRequest,
  type SpeechSink,
  speechFault,
} from './provider.ts'
import { isSsml, readSsml, type SpeechFragment, SSML_LIMIT_CHARACTERS } from './ssml.ts'

/** Of a prompt that is nothing but silence. */
const SILENT_RATE_HZ = 8000
const SILENCE_LIMIT_MS = 300_000

/**
 * `request.text` may be plain, or SSML whose root is `speak`; rates within the SSML multiply `request.rate`. The sink
 * hears what a provider would tell it, and nothing before this call has returned. Faults: `bad-markup`, `too-long` and
 * those of the provider.
 */
export function speak(clock: Clock, provider: SpeechProvider, request: SpeechRequest, sink: SpeechSink): CancelSpeech {
  const speaking = new Speaking(provider, request, sink)
  const first = clock.after(0, () => speaking.begin())
  return () => {
    first.cancel()
    speaking.cancel()
  }
}

class Speaking {
  readonly #provider: SpeechProvider
  readonly #request: SpeechRequest
  readonly #sink: SpeechSink
  #left: SpeechFragment[] = []
  #cancelEngine: CancelSpeech = () => {}
  #sampleRateHz = 0
  /** Silence before the first samples tell the rate. */
  #owedMs = 0
  #over = false

  constructor(provider: SpeechProvider, request: SpeechRequest, sink: SpeechSink) {
    this.#provider = provider
    this.#request = request
    this.#sink = sink
  }

  begin(): void {
    const fragments = fragmentsOf(this.#request.text)
    if ('ok' in fragments) {
      this.#end(fragments)
      return
    }
    this.#left = [...fragments]
    this.#next()
  }

  cancel(): void {
    if (this.#over) return
    this.#over = true
    this.#cancelEngine()
  }

  #next(): void {
    let fragment = this.#left.shift()
    while (fragment?.kind === 'silence') {
      this.#pause(fragment.durationMs)
      fragment = this.#left.shift()
    }
    if (fragment) this.#say(fragment.text, fragment.rate)
    else if (!this.#over) this.#finish()
  }

  #say(text: string, fragmentRate: number): void {
    const rate = Math.min(MAX_RATE, Math.max(MIN_RATE, this.#request.rate * fragmentRate))
    this.#cancelEngine = this.#provider.synthesize(
      { ...this.#request, text, rate },
      {
        start: sampleRateHz => this.#start(sampleRateHz),
        write: pcm => this.#write(pcm),
        end: result => {
          if (this.#over) return
          if (result.ok) this.#next()
          else this.#end(result)
        },
      },
    )
  }

  #start(sampleRateHz: number): void {
    if (this.#over || this.#sampleRateHz === sampleRateHz) return
    if (this.#sampleRateHz !== 0) {
      this.#cancelEngine()
      this.#end(speechFault('engine-failed', 'The engine changed its sample rate within a prompt.'))
      return
    }
    this.#sampleRateHz = sampleRateHz
    this.#sink.start(sampleRateHz)
    this.#pause(this.#owedMs)
  }

  #pause(durationMs: number): void {
    if (this.#sampleRateHz === 0) {
      this.#owedMs += durationMs
      return
    }
    let samples = Math.round((durationMs * this.#sampleRateHz) / 1000)
    for (; samples > 0; samples -= this.#sampleRateHz)
      this.#write(new Int16Array(Math.min(samples, this.#sampleRateHz)))
  }

  #write(pcm: Int16Array): void {
    if (!this.#over) this.#sink.write(pcm)
  }

  #finish(): void {
    if (this.#sampleRateHz === 0 && this.#owedMs > 0) this.#start(SILENT_RATE_HZ)
    this.#end({ ok: true })
  }

  #end(result: SpeechFault | { ok: true }): void {
    if (this.#over) return
    this.#over = true
    this.#sink.end(result)
  }
}

function fragmentsOf(text: string): readonly SpeechFragment[] | SpeechFault {
  if (text.length > SSML_LIMIT_CHARACTERS)
    return speechFault(
      'too-long',
      `A prompt may have ${SSML_LIMIT_CHARACTERS} characters; this one has ${text.length}.`,
    )
  if (!isSsml(text)) return text.trim() ? [{ kind: 'text', text, rate: 1 }] : []
  const read = readSsml(text)
  if (!read.ok) return speechFault('bad-markup', `At character ${read.offset}: ${read.message}`)
  const silentMs = read.fragments.reduce(
    (sum, fragment) => sum + (fragment.kind === 'silence' ? fragment.durationMs : 0),
    0,
  )
  if (silentMs > SILENCE_LIMIT_MS)
    return speechFault('too-long', `The breaks of a prompt may take ${SILENCE_LIMIT_MS / 1000} seconds in all.`)
  return read.fragments
}
