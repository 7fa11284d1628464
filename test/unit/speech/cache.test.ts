import { describe, expect, it } from 'vitest'
import type { Folder, FolderEntry } from '../../../src/base/index.ts'
import { PromptCache, promptKey } from '../../../src/speech/index.ts'
import { VirtualClock } from '../media/virtual-clock.ts'
import { Listener, request, ScriptedProvider } from './studio.ts'

const HEADER_BYTES = 40

/** A disk that takes 1 ms for everything. */
class Shelf implements Folder {
  readonly clock = new VirtualClock()
  readonly entries = new Map<string, Uint8Array>()
  full = false

  list(done: (entries: readonly FolderEntry[]) => void): void {
    this.clock.after(1, () => done([...this.entries].map(([name, { length }]) => ({ name, bytes: length }))))
  }

  read(name: string, done: (bytes: Uint8Array | undefined) => void): void {
    this.clock.after(1, () => done(this.entries.get(name)))
  }

  write(name: string, bytes: Uint8Array, done: (ok: boolean) => void): void {
    this.clock.after(1, () => {
      if (!this.full) this.entries.set(name, bytes)
      done(!this.full)
    })
  }

  remove(name: string): void {
    this.entries.delete(name)
  }
}

class Studio {
  readonly shelf: Shelf
  readonly engine = new ScriptedProvider()
  readonly cache: PromptCache

  constructor(limitBytes = 1000, shelf = new Shelf()) {
    this.shelf = shelf
    this.cache = new PromptCache({ folder: shelf, limitBytes })
  }

  ask(text: string) {
    const listener = new Listener()
    const cancel = this.cache.around(this.engine).synthesize(request(text), listener)
    expect(listener.heard).toEqual([])
    return { listener, cancel }
  }

  pass(): void {
    this.shelf.clock.advance(5)
  }

  /** Asked, spoken if the cache has it not; what was heard. */
  hear(text: string, samples: readonly number[] = [1, 2, 3]): readonly number[] {
    const { listener } = this.ask(text)
    this.pass()
    if (this.engine.open.length > 0) this.engine.say(samples)
    this.pass()
    expect(listener.heard.at(-1)).toBe('end')
    return listener.samples
  }
}

const keyOf = (text: string): string => promptKey('scripted', request(text))

describe('a prompt', () => {
  it('is spoken once and then comes from the disk', () => {
    const studio = new Studio()
    expect(studio.hear('Hello.')).toEqual([1, 2, 3])
    expect(studio.hear('Hello.')).toEqual([1, 2, 3])
    expect(studio.engine.asked).toEqual(['Hello.@1'])
    expect(studio.cache.counts).toEqual({ hits: 1, misses: 1 })
  })

  it('is still there after a restart', () => {
    const before = new Studio()
    before.hear('Hello.')
    const after = new Studio(1000, before.shelf)
    expect(after.hear('Hello.')).toEqual([1, 2, 3])
    expect(after.engine.asked).toEqual([])
  })

  it('that failed is not kept', () => {
    const studio = new Studio()
    const { listener } = studio.ask('Hello.')
    studio.pass()
    studio.engine.open[0]?.sink.start(1000)
    studio.engine.end({ ok: false, code: 'engine-failed', message: 'Broken.' })
    studio.pass()
    expect(listener.heard).toEqual(['1000 Hz', 'engine-failed: Broken.'])
    expect(studio.shelf.entries.size).toBe(0)
  })

  it('is spoken again where the disk takes nothing', () => {
    const studio = new Studio()
    studio.shelf.full = true
    studio.hear('Hello.')
    studio.hear('Hello.')
    expect(studio.engine.asked).toHaveLength(2)
  })
})

describe('a damaged entry is spoken anew and replaced', () => {
  it.each<[story: string, damage: (bytes: Uint8Array) => Uint8Array]>([
    ['a sample changed', bytes => bytes.with(HEADER_BYTES, 99)],
    ['cut short', bytes => bytes.slice(0, -2)],
    ['cut within a sample', bytes => bytes.slice(0, -1)],
    ['another version', bytes => bytes.with(3, 0x39)],
    ['empty', () => new Uint8Array()],
  ])('%s', (_story, damage) => {
    const studio = new Studio()
    studio.hear('Hello.')
    const whole = studio.shelf.entries.get(keyOf('Hello.')) as Uint8Array
    studio.shelf.entries.set(keyOf('Hello.'), damage(new Uint8Array(whole)))
    expect(studio.hear('Hello.')).toEqual([1, 2, 3])
    expect(studio.engine.asked).toHaveLength(2)
    expect(studio.shelf.entries.get(keyOf('Hello.'))).toEqual(whole)
  })
})

describe('room', () => {
  const ENTRY_BYTES = HEADER_BYTES + 6

  it('is made by the least recently used', () => {
    const studio = new Studio(3 * ENTRY_BYTES)
    for (const text of ['a', 'b', 'c', 'a', 'd']) studio.hear(text)
    expect([...studio.shelf.entries.keys()].sort()).toEqual(['a', 'c', 'd'].map(keyOf).sort())
  })

  it('is made at the start, oldest first', () => {
    const before = new Studio(3 * ENTRY_BYTES)
    for (const text of ['a', 'b', 'c']) before.hear(text)
    new Studio(ENTRY_BYTES, before.shelf).pass()
    expect([...before.shelf.entries.keys()]).toEqual([keyOf('c')])
  })

  it('is not made for what is larger than all of it', () => {
    const studio = new Studio(ENTRY_BYTES)
    studio.hear('a')
    studio.hear('long', [1, 2, 3, 4])
    expect([...studio.shelf.entries.keys()]).toEqual([keyOf('a')])
  })

  it('counts an entry that was replaced once', () => {
    const studio = new Studio(2 * ENTRY_BYTES)
    studio.hear('a')
    studio.shelf.entries.set(keyOf('a'), new Uint8Array())
    studio.hear('a')
    studio.hear('b')
    expect(studio.shelf.entries.size).toBe(2)
  })
})

describe('callers of one prompt at the same time', () => {
  it('share one synthesis, and the late one hears all of it', () => {
    const studio = new Studio()
    const first = studio.ask('Hello.').listener
    studio.pass()
    const sink = studio.engine.open[0]?.sink
    sink?.start(1000)
    sink?.write(Int16Array.of(1, 2))
    const second = studio.ask('Hello.').listener
    sink?.write(Int16Array.of(3))
    sink?.end({ ok: true })
    expect(studio.engine.asked).toHaveLength(1)
    for (const { samples, heard } of [first, second]) {
      expect(samples).toEqual([1, 2, 3])
      expect(heard[0]).toBe('1000 Hz')
      expect(heard.at(-1)).toBe('end')
    }
  })

  it('do not lose it when one of them leaves', () => {
    const studio = new Studio()
    const first = studio.ask('Hello.')
    const second = studio.ask('Hello.')
    studio.pass()
    first.cancel()
    first.cancel()
    studio.engine.say([1])
    expect(first.listener.heard).toEqual([])
    expect(second.listener.samples).toEqual([1])
  })

  it('stop the engine when all of them have left; the next one starts anew', () => {
    const studio = new Studio()
    const callers = [studio.ask('Hello.'), studio.ask('Hello.')]
    studio.pass()
    for (const { cancel } of callers) cancel()
    expect(studio.engine.cancelled).toBe(1)
    expect(studio.hear('Hello.')).toEqual([1, 2, 3])
  })

  it('who leave while the disk is read never wake the engine', () => {
    const studio = new Studio()
    studio.ask('Hello.').cancel()
    studio.pass()
    expect(studio.engine.asked).toEqual([])
  })
})

it('the key differs with everything that changes the sound', () => {
  const base = request('a')
  const keys = [
    promptKey('one', base),
    promptKey('two', base),
    promptKey('one', { ...base, text: 'b' }),
    promptKey('one', { ...base, language: 'de' }),
    promptKey('one', { ...base, voice: 'bob' }),
    promptKey('one', { ...base, rate: 2 }),
  ]
  expect(new Set(keys).size).toBe(keys.length)
  expect(keys[0]).toMatch(/^[\da-f]{64}$/)
})
