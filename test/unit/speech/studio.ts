/**
 * A provider that says what it is told to, and a listener that remembers.
 */
import type { SpeechProvider, SpeechRequest, SpeechResult, SpeechSink } from '../../../src/speech/index.ts'

export const RATE_HZ = 1000

export const request = (text: string, rate = 1): SpeechRequest => ({ text, language: 'en-US', voice: 'anna', rate })

export class ScriptedProvider implements SpeechProvider {
  readonly name = 'scripted'
  /** Open requests, oldest first. */
  readonly open: { readonly request: SpeechRequest; readonly sink: SpeechSink }[] = []
  readonly asked: string[] = []
  cancelled = 0

  voices() {
    return [{ name: 'anna', language: 'en-US' }]
  }

  synthesize(wanted: SpeechRequest, sink: SpeechSink) {
    const entry = { request: wanted, sink }
    this.open.push(entry)
    this.asked.push(`${wanted.text}@${wanted.rate}`)
    return () => {
      const index = this.open.indexOf(entry)
      if (index < 0) return
      this.open.splice(index, 1)
      this.cancelled++
    }
  }

  /** The oldest request is answered whole. */
  say(samples: readonly number[], sampleRateHz = RATE_HZ): void {
    const entry = this.open[0]
    if (!entry) throw new Error('Nothing is asked.')
    entry.sink.start(sampleRateHz)
    entry.sink.write(Int16Array.from(samples))
    this.end({ ok: true })
  }

  end(result: SpeechResult): void {
    this.open.shift()?.sink.end(result)
  }
}

export class Listener implements SpeechSink {
  readonly heard: string[] = []
  readonly samples: number[] = []

  start(sampleRateHz: number): void {
    this.heard.push(`${sampleRateHz} Hz`)
  }

  write(pcm: Int16Array): void {
    this.samples.push(...pcm)
    this.heard.push(`${pcm.length} samples`)
  }

  end(result: SpeechResult): void {
    this.heard.push(result.ok ? 'end' : `${result.code}: ${result.message}`)
  }
}
