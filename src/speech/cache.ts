/**
 * Prompts that were spoken before, on disk: a provider around a provider. Callers of the same prompt at the same time
 * share one synthesis.
 */
import { createHash } from 'node:crypto'
import type { Folder } from '../base/index.ts'
import { readEntry, writeEntry } from './cache-entry.ts'
import { CacheShelf } from './cache-shelf.ts'
import type { CancelSpeech, SpeechProvider, SpeechRequest, SpeechSink } from './provider.ts'
import { SharedSpeech } from './shared-speech.ts'

export interface PromptCacheOptions {
  readonly folder: Folder
  /** Of all entries together; an entry has 2 bytes a sample and 40 more. */
  readonly limitBytes: number
}

/** 256 bits of hash as hexadecimal: what is spoken, how and by whom. */
export function promptKey(provider: string, { voice, language, rate, text }: SpeechRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([provider, voice, language, rate, text]))
    .digest('hex')
}

export class PromptCache {
  readonly #shelf: CacheShelf
  readonly #speaking = new Map<string, SharedSpeech>()
  #hits = 0
  #misses = 0

  constructor({ folder, limitBytes }: PromptCacheOptions) {
    this.#shelf = new CacheShelf(folder, limitBytes)
  }

  /** Prompts that needed no engine, and those that did; who shares counts as a hit. */
  get counts(): { readonly hits: number; readonly misses: number } {
    return { hits: this.#hits, misses: this.#misses }
  }

  /** The same provider, asked only for what the cache has not. */
  around(provider: SpeechProvider): SpeechProvider {
    return {
      name: provider.name,
      voices: () => provider.voices(),
      synthesize: (request, sink) => this.#synthesize(provider, request, sink),
    }
  }

  #synthesize(provider: SpeechProvider, request: SpeechRequest, sink: SpeechSink): CancelSpeech {
    const key = promptKey(provider.name, request)
    const present = this.#speaking.get(key)
    if (present) {
      this.#hits++
      return present.join(sink)
    }
    const shared = new SharedSpeech(() => this.#speaking.delete(key))
    this.#speaking.set(key, shared)
    const leave = shared.join(sink)
    this.#shelf.take(key, bytes => {
      if (shared.over) return
      const entry = bytes && readEntry(bytes)
      if (entry) {
        this.#hits++
        shared.start(entry.sampleRateHz)
        shared.write(entry.pcm)
        shared.end({ ok: true })
        return
      }
      this.#misses++
      this.#fill(key, provider, request, shared)
    })
    return leave
  }

  #fill(key: string, provider: SpeechProvider, request: SpeechRequest, shared: SharedSpeech): void {
    shared.cancelEngine = provider.synthesize(request, {
      start: sampleRateHz => shared.start(sampleRateHz),
      write: pcm => shared.write(pcm),
      end: result => {
        if (result.ok && shared.sampleRateHz !== undefined)
          this.#shelf.put(key, writeEntry(shared.sampleRateHz, shared.chunks))
        shared.end(result)
      },
    })
  }
}
