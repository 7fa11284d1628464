/**
 * What an engine of speech promises, and what a caller hears from it.
 */
import type { Clock, Log, Processes } from '../base/index.ts'

export interface SpeechVoice {
  /** The engine's own name for it, unique within the provider and language. */
  readonly name: string
  /** BCP 47, such as `en-US`. */
  readonly language: string
  readonly gender?: 'female' | 'male'
}

/**
 * - `no-voice`: nobody speaks the language, or has the voice asked for;
 * - `bad-markup`: SSML that cannot be read;
 * - `too-long`: more text or silence than one prompt may have;
 * - `unavailable`: the engine does not run or cannot be reached now;
 * - `engine-failed`: the engine took the request and could not speak it.
 */
export type SpeechFaultCode = 'no-voice' | 'bad-markup' | 'too-long' | 'unavailable' | 'engine-failed'

export interface SpeechFault {
  readonly ok: false
  readonly code: SpeechFaultCode
  /** One sentence, fit for the author of a flow. */
  readonly message: string
}

export type SpeechResult = { readonly ok: true } | SpeechFault

export interface SpeechRequest {
  /** Plain text, no markup. */
  readonly text: string
  /** BCP 47, as one of the provider's voices has it. */
  readonly language: string
  /** The name of one of the provider's voices of that language. */
  readonly voice: string
  /** 1 is the voice's normal pace, 2 twice as fast; MIN_RATE to MAX_RATE. */
  readonly rate: number
}

export const MIN_RATE = 0.2
export const MAX_RATE = 5

/** Where speech goes: `start` once, `write` any number of times, `end` once; `end` without `start` if there is no sound. */
export interface SpeechSink {
  start(sampleRateHz: number): void
  /** 16-bit mono. The samples must not change afterwards; the receiver may keep them. */
  write(pcm: Int16Array): void
  end(result: SpeechResult): void
}

/** Idempotent. The sink hears nothing afterwards. */
export type CancelSpeech = () => void

export interface SpeechProvider {
  readonly name: string
  /** The first of a language is that language's default. */
  voices(): readonly SpeechVoice[]
  /** The sink hears nothing before this call has returned. */
  synthesize(request: SpeechRequest, sink: SpeechSink): CancelSpeech
}

/** A provider with what it holds open. */
export interface OpenProvider extends SpeechProvider {
  /** Ends every request. Idempotent. */
  close(): void
}

/** What a provider is made of, besides its own settings. */
export interface SpeechSurroundings {
  readonly clock: Clock
  readonly log: Log
  readonly processes: Processes
}

export const speechFault = (code: SpeechFaultCode, message: string): SpeechFault => ({ ok: false, code, message })
