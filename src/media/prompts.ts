/**
 * Prompts by location: read from below a root directory or fetched over HTTP, decoded once, kept in memory.
 */
import { resolve, sep } from 'node:path'
import type { Clock, FileRead, Files, Http, HttpFault, HttpResponse } from '../base/index.ts'
import type { SoundFaultCode } from './file/fault.ts'
import { type DecodedSound, type DecodeSound, SOUND_LIMIT_BYTES } from './file/sound.ts'
import type { Sound } from './port.ts'

/**
 * The codes of a sound that cannot be decoded, and
 * - `missing`: no such file, or HTTP status 404 or 410;
 * - `denied`: outside the root directory, not readable, or HTTP status 401 or 403;
 * - `timeout`: the server did not deliver in time;
 * - `failed`: anything else between us and the bytes.
 */
export interface PromptFault {
  readonly ok: false
  readonly code: SoundFaultCode | 'missing' | 'denied' | 'timeout' | 'failed'
  /** One sentence, fit for the author of a flow. */
  readonly message: string
}

export type PromptResult = { readonly ok: true; readonly sound: Sound; readonly durationMs: number } | PromptFault

export interface PromptPort {
  /**
   * `location` is an http or https URL, or a path below the root directory. `done` runs once, never before the call
   * has returned. Loads of one location that overlap share one read; faults are not remembered.
   */
  load(location: string, done: (result: PromptResult) => void): void
}

export interface PromptOptions {
  readonly clock: Clock
  readonly files: Files
  /** Should refuse addresses that flows may not reach. */
  readonly http: Http
  /** decodeSound, or a decode thread's. */
  readonly decode: DecodeSound
  /** Absolute path; nothing outside is read. */
  readonly rootDirectory: string
  /** Of decoded sound, 16 bytes per millisecond. Default 64 MiB. */
  readonly cacheBytes?: number
  /** For a whole download. Default 10 s. */
  readonly timeoutMs?: number
}

interface Cached {
  readonly sound: DecodedSound
  readonly until: number
}

const CACHE_BYTES = 64 * 1024 * 1024
const DOWNLOAD_TIMEOUT_MS = 10_000
const URL_KEPT_MS = 3_600_000
/** Short, so that a replaced file is heard a minute later. */
const FILE_KEPT_MS = 60_000

export class Prompts implements PromptPort {
  readonly #options: PromptOptions
  /** Oldest use first. */
  readonly #cache = new Map<string, Cached>()
  #cachedBytes = 0
  readonly #loading = new Map<string, ((result: PromptResult) => void)[]>()

  constructor(options: PromptOptions) {
    this.#options = options
  }

  load(location: string, done: (result: PromptResult) => void): void {
    const cached = this.#take(location)
    if (cached) {
      this.#options.clock.after(0, () => done(played(cached.sound)))
      return
    }
    const waiting = this.#loading.get(location)
    if (waiting) {
      waiting.push(done)
      return
    }
    this.#loading.set(location, [done])
    if (isUrl(location)) this.#download(location)
    else this.#readFile(location)
  }

  #take(location: string): Cached | undefined {
    const cached = this.#cache.get(location)
    if (!cached) return undefined
    this.#drop(location, cached)
    if (cached.until <= this.#options.clock.now()) return undefined
    this.#keep(location, cached)
    return cached
  }

  #readFile(location: string): void {
    const { clock, files, rootDirectory } = this.#options
    const path = resolve(rootDirectory, location)
    const root = rootDirectory.endsWith(sep) ? rootDirectory : rootDirectory + sep
    if (!path.startsWith(root) || path.includes('\0')) {
      const fault = promptFault('denied', `"${location}" is not below the directory of prompts.`)
      clock.after(0, () => this.#finish(location, fault))
      return
    }
    files.read(path, SOUND_LIMIT_BYTES, result => this.#decode(location, contentOf(location, result), FILE_KEPT_MS))
  }

  #download(location: string): void {
    const request = {
      method: 'GET',
      url: location,
      headers: { accept: 'audio/wav, audio/mpeg, audio/*;q=0.9' },
      timeoutMs: this.#options.timeoutMs ?? DOWNLOAD_TIMEOUT_MS,
      maxBodyBytes: SOUND_LIMIT_BYTES,
    } as const
    this.#options.http.send(request, result => this.#decode(location, bodyOf(location, result), URL_KEPT_MS))
  }

  #decode(location: string, read: PromptFault | Content, keptMs: number): void {
    if (!read.ok) {
      this.#finish(location, read)
      return
    }
    this.#options.decode(read.bytes, result => {
      if (result.ok) this.#keep(location, { sound: result, until: this.#options.clock.now() + keptMs })
      this.#finish(location, result.ok ? played(result) : promptFault(result.code, `${location}: ${result.message}`))
    })
  }

  #finish(location: string, result: PromptResult): void {
    const waiting = this.#loading.get(location) ?? []
    this.#loading.delete(location)
    for (const done of waiting) done(result)
  }

  #keep(location: string, cached: Cached): void {
    this.#cache.set(location, cached)
    this.#cachedBytes += cached.sound.samples.byteLength
    const limit = this.#options.cacheBytes ?? CACHE_BYTES
    for (const [oldest, entry] of this.#cache) {
      if (this.#cachedBytes <= limit) break
      this.#drop(oldest, entry)
    }
  }

  #drop(location: string, cached: Cached): void {
    this.#cache.delete(location)
    this.#cachedBytes -= cached.sound.samples.byteLength
  }
}

interface Content {
  readonly ok: true
  readonly bytes: Uint8Array
}

const isUrl = (location: string): boolean => /^https?:\/\//i.test(location)

const played = ({ samples, sampleRateHz, durationMs }: DecodedSound): PromptResult => ({
  ok: true,
  sound: { kind: 'pcm', samples, sampleRateHz },
  durationMs,
})

const promptFault = (code: PromptFault['code'], message: string): PromptFault => ({ ok: false, code, message })

/** Without the path on this machine, which is not the flow's business. */
const FILE_FAULTS: Readonly<Record<(FileRead & { ok: false })['code'], string>> = {
  missing: 'There is no such prompt.',
  denied: 'The prompt may not be read.',
  'too-large': `The prompt has more than ${SOUND_LIMIT_BYTES} bytes.`,
  failed: 'The prompt could not be read.',
}

function contentOf(location: string, read: FileRead): Content | PromptFault {
  return read.ok ? read : promptFault(read.code, `${location}: ${FILE_FAULTS[read.code]}`)
}

/** Statuses with a meaning of their own; every other one is `failed`. */
const STATUS_CODES: Readonly<Record<number, PromptFault['code']>> = {
  401: 'denied',
  403: 'denied',
  404: 'missing',
  410: 'missing',
}

function bodyOf(location: string, result: HttpResponse | HttpFault): Content | PromptFault {
  if (result.ok && result.status === 200) return { ok: true, bytes: result.body }
  if (result.ok) {
    const code = STATUS_CODES[result.status] ?? 'failed'
    return promptFault(code, `${location} answered with status ${result.status}.`)
  }
  const code = result.code === 'timeout' || result.code === 'too-large' ? result.code : 'failed'
  return promptFault(code, `${location}: ${result.message}`)
}
