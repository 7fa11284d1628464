import { describe, expect, test } from 'vitest'
import type { FileRead, Files, Http, HttpFault, HttpRequest, HttpResponse } from '../../../src/base/index.ts'
import { decodeSound, type PromptOptions, type PromptResult, Prompts } from '../../../src/media/index.ts'
import { wavOf } from './file/wav-maker.ts'
import { VirtualClock } from './virtual-clock.ts'

const ROOT = '/var/lib/prompts'
const URL = 'https://flows.example/hello.wav'

/** Files and a web server that answer after 10 ms and remember what they were asked. */
class Library {
  readonly clock = new VirtualClock()
  readonly files = new Map<string, FileRead>()
  readonly pages = new Map<string, HttpResponse | HttpFault>()
  readonly asked: string[] = []
  readonly requests: HttpRequest[] = []
  readonly prompts: Prompts

  constructor(options: Partial<PromptOptions> = {}) {
    const files: Files = {
      read: (path, maxBytes, done) => {
        this.asked.push(`${path} up to ${maxBytes}`)
        const missing: FileRead = { ok: false, code: 'missing', message: `${path} does not exist.` }
        this.clock.after(10, () => done(this.files.get(path) ?? missing))
      },
    }
    const http: Http = {
      send: (request, done) => {
        this.asked.push(request.url)
        this.requests.push(request)
        const refused: HttpFault = { ok: false, code: 'refused', message: 'Connection refused.' }
        const timer = this.clock.after(10, () => done(this.pages.get(request.url) ?? refused))
        return () => timer.cancel()
      },
    }
    this.prompts = new Prompts({ clock: this.clock, files, http, decode: decodeSound, rootDirectory: ROOT, ...options })
  }

  file(path: string, samples: ArrayLike<number>): void {
    this.files.set(path, { ok: true, bytes: wavOf(samples) })
  }

  page(url: string, bytes: Uint8Array, status = 200): void {
    this.pages.set(url, { ok: true, status, headers: {}, body: bytes })
  }

  load(location: string): PromptResult {
    const results: PromptResult[] = []
    this.prompts.load(location, result => results.push(result))
    expect(results).toEqual([])
    this.clock.advance(20)
    expect(results).toHaveLength(1)
    return results[0] as PromptResult
  }

  samples(location: string): number[] {
    const result = this.load(location)
    if (!result.ok || result.sound.kind !== 'pcm') throw new Error('No sound.')
    return [...new Int16Array(result.sound.samples)]
  }

  fault(location: string): string {
    const result = this.load(location)
    return result.ok ? 'no fault' : `${result.code}: ${result.message}`
  }
}

describe('a file', () => {
  test('below the root is read, decoded and has a length', () => {
    const library = new Library()
    library.file(`${ROOT}/en/hello.wav`, [1, 2, 3, 4, 5, 6, 7, 8])
    expect(library.load('en/hello.wav')).toMatchObject({
      ok: true,
      sound: { kind: 'pcm', sampleRateHz: 8000 },
      durationMs: 1,
    })
    expect(library.asked).toEqual([`${ROOT}/en/hello.wav up to 5000000`])
  })

  test('may be named by its whole path, or with steps back that stay inside', () => {
    const library = new Library()
    library.file(`${ROOT}/hello.wav`, [1, 2])
    expect(library.samples(`${ROOT}/hello.wav`)).toEqual([1, 2])
    expect(library.samples('en/../hello.wav')).toEqual([1, 2])
  })

  for (const location of ['../secret.wav', '/etc/passwd', 'en/../../x.wav', `${ROOT}-other/x.wav`, '.', '', 'a\0b.wav'])
    test(`at ${JSON.stringify(location)} is denied without a look`, () => {
      const library = new Library()
      expect(library.fault(location)).toMatch(/^denied: .* is not below the directory of prompts\.$/)
      expect(library.asked).toEqual([])
    })

  test('that is missing, unreadable or too large says so', () => {
    const library = new Library()
    for (const code of ['denied', 'failed', 'too-large'] as const)
      library.files.set(`${ROOT}/${code}`, { ok: false, code, message: `It is ${code}.` })
    expect(library.fault('nowhere.wav')).toBe('missing: nowhere.wav: There is no such prompt.')
    expect(library.fault('denied')).toBe('denied: denied: The prompt may not be read.')
    expect(library.fault('failed')).toBe('failed: failed: The prompt could not be read.')
    expect(library.fault('too-large')).toBe('too-large: too-large: The prompt has more than 5000000 bytes.')
  })

  test('that is no sound says where', () => {
    const library = new Library()
    library.files.set(`${ROOT}/x.wav`, { ok: true, bytes: Buffer.from('RIFF0000WAVEdata\x09\0\0\0') })
    expect(library.fault('x.wav')).toBe('not-audio: x.wav: The data chunk at byte 12 comes before any format chunk.')
  })
})

describe('a URL', () => {
  test('is fetched with limits, and decoded', () => {
    const library = new Library({ timeoutMs: 3000 })
    library.page(URL, wavOf([5, 6]))
    expect(library.samples(URL)).toEqual([5, 6])
    expect(library.requests).toMatchObject([{ method: 'GET', url: URL, timeoutMs: 3000, maxBodyBytes: 5_000_000 }])
  })

  test('is one in capital letters as well', () => {
    const library = new Library()
    library.page('HTTPS://FLOWS.example/a.wav', wavOf([5]))
    expect(library.samples('HTTPS://FLOWS.example/a.wav')).toEqual([5])
  })

  for (const [status, code] of [
    [404, 'missing'],
    [410, 'missing'],
    [401, 'denied'],
    [403, 'denied'],
    [500, 'failed'],
    [302, 'failed'],
    [204, 'failed'],
  ] as const)
    test(`that answers ${status} is ${code}`, () => {
      const library = new Library()
      library.page(URL, wavOf([1]), status)
      expect(library.fault(URL)).toBe(`${code}: ${URL} answered with status ${status}.`)
    })

  for (const [fault, code] of [
    ['timeout', 'timeout'],
    ['too-large', 'too-large'],
    ['refused', 'failed'],
    ['network', 'failed'],
    ['bad-url', 'failed'],
  ] as const)
    test(`that ends as ${fault} is ${code}`, () => {
      const library = new Library()
      library.pages.set(URL, { ok: false, code: fault, message: 'So it was.' })
      expect(library.fault(URL)).toBe(`${code}: ${URL}: So it was.`)
    })
})

describe('the cache', () => {
  test('reads and decodes once for all who ask meanwhile', () => {
    const library = new Library()
    library.page(URL, wavOf([1, 2]))
    const results: PromptResult[] = []
    for (let asker = 0; asker < 5; asker++) library.prompts.load(URL, result => results.push(result))
    library.clock.advance(10)
    expect(results).toHaveLength(5)
    expect(new Set(results.map(result => result.ok && result.sound.kind === 'pcm' && result.sound.samples)).size).toBe(
      1,
    )
    expect(library.asked).toHaveLength(1)
  })

  test('keeps a URL for an hour and a file for a minute', () => {
    const library = new Library()
    library.page(URL, wavOf([1]))
    library.file(`${ROOT}/a.wav`, [1])
    const asked = (location: string, afterMs: number): number => {
      library.clock.advance(afterMs)
      library.load(location)
      return library.asked.length
    }
    expect([asked(URL, 0), asked(URL, 3_590_000), asked(URL, 10_000)]).toEqual([1, 1, 2])
    expect([asked('a.wav', 0), asked('a.wav', 59_000), asked('a.wav', 1000)]).toEqual([3, 3, 4])
  })

  test('remembers no fault', () => {
    const library = new Library()
    expect(library.fault('a.wav')).toContain('missing')
    library.file(`${ROOT}/a.wav`, [1, 2])
    expect(library.samples('a.wav')).toEqual([1, 2])
  })

  test('drops what was not used for longest when it is full', () => {
    const library = new Library({ cacheBytes: 400 })
    for (const name of ['a', 'b', 'c']) library.file(`${ROOT}/${name}.wav`, new Int16Array(80))
    for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) library.load(`${name}.wav`)
    expect(library.asked.map(path => path.slice(ROOT.length + 1, ROOT.length + 2))).toEqual(['a', 'b', 'c', 'b'])
  })

  test('does not keep what is larger than itself, but delivers it', () => {
    const library = new Library({ cacheBytes: 100 })
    library.file(`${ROOT}/a.wav`, new Int16Array(80))
    expect(library.samples('a.wav')).toHaveLength(80)
    library.load('a.wav')
    expect(library.asked).toHaveLength(2)
  })

  test('a load that starts while the answer to another is being given out is answered too', () => {
    const library = new Library()
    library.page(URL, wavOf([1]))
    const results: PromptResult[] = []
    library.prompts.load(URL, () => library.prompts.load(URL, result => results.push(result)))
    library.clock.advance(20)
    expect(results).toHaveLength(1)
    expect(library.asked).toHaveLength(1)
  })
})
