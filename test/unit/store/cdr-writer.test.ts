import { beforeEach, describe, expect, test } from 'vitest'
import type { Clock } from '../../../src/base/index.ts'
import type { CdrSink, Commit } from '../../../src/store/cdr-sink.ts'
import { CdrWriter } from '../../../src/store/cdr-writer.ts'
import type { Written } from '../../../src/store/index.ts'
import type { Cdr } from '../../../src/store/records.ts'
import { endedLeg, leg, memoryLog, optionsWith, StillClock } from './fixtures.ts'

/** Commits as it is told to, and remembers what it was given. */
class ScriptedSink implements CdrSink {
  readonly commits: string[][] = []
  readonly times: number[] = []
  readonly #clock: Clock
  readonly beats: number[] = []
  /** What the next commits come to; at the end of it all go well. */
  script: Commit[] = []
  /** Rows of these legs cannot be stored. */
  bad = new Set<string>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  commit(rows: readonly Cdr[]): Commit {
    this.times.push(this.#clock.now())
    this.commits.push(rows.map(({ legSid, endedAtMs }) => (endedAtMs === undefined ? legSid : `${legSid} ended`)))
    if (rows.some(({ legSid }) => this.bad.has(legSid))) return { ok: false, code: 'rejected', message: 'bad row' }
    return this.script.shift() ?? { ok: true }
  }

  beat(_node: string, atMs: number): void {
    this.beats.push(atMs)
  }

  abandoned() {
    return { rows: [], aliveAtMs: 0 }
  }
}

const FULL: Commit = { ok: false, code: 'unavailable', message: 'disk full' }

describe('the writer of call detail rows', () => {
  let clock: StillClock
  let sink: ScriptedSink
  let log: ReturnType<typeof memoryLog>
  let writer: CdrWriter
  let told: string[]

  beforeEach(() => {
    clock = new StillClock()
    sink = new ScriptedSink(clock)
    log = memoryLog()
    writer = new CdrWriter(sink, optionsWith(clock, { log }))
    told = []
  })

  const tell = (name: string) => (result: Written) =>
    told.push(result.ok ? `${name} ok` : `${name} ${result.code}${result.queued ? ', queued' : ''}`)
  const start = (sid: string) => writer.started({ ...leg(sid), node: 'n' }, tell(sid))
  const end = (sid: string) => writer.ended({ ...endedLeg(sid), node: 'n' }, tell(`${sid} end`))

  describe('on a good day', () => {
    test('commits a lone row in the next turn, and tells its owner afterwards', () => {
      start('a')
      expect([sink.commits, told]).toEqual([[], []])
      clock.advance(0)
      expect([sink.commits, told]).toEqual([[['a']], ['a ok']])
    })

    test('commits at most every 12 ms, and then what has come together', () => {
      start('a')
      clock.advance(3)
      start('b')
      clock.advance(8)
      start('c')
      expect(sink.commits).toEqual([['a']])
      clock.advance(1)
      expect([sink.commits, told]).toEqual([
        [['a'], ['b', 'c']],
        ['a ok', 'b ok', 'c ok'],
      ])
    })

    test('lets a row that nobody waits for go along with the next, or by itself after 100 ms', () => {
      writer.ended({ ...endedLeg('a'), node: 'n' })
      clock.advance(50)
      start('b')
      clock.advance(0)
      expect(sink.commits).toEqual([['a ended', 'b']])
      writer.ended({ ...endedLeg('c'), node: 'n' })
      clock.advance(99)
      expect(sink.commits).toHaveLength(1)
      clock.advance(1)
      expect(sink.commits[1]).toEqual(['c ended'])
    })

    test('writes one row for a leg that ends before its start is written', () => {
      start('a')
      end('a')
      clock.advance(5)
      expect([sink.commits, told]).toEqual([[['a ended']], ['a ok', 'a end ok']])
    })

    test('does not let an earlier row replace an end that waits', () => {
      end('a')
      start('a')
      clock.advance(5)
      expect(sink.commits).toEqual([['a ended']])
    })

    test('writes at most 200 rows in a turn', () => {
      for (let index = 0; index < 450; index++) end(`${index}`)
      clock.advance(5)
      expect(sink.commits.map(rows => rows.length)).toEqual([200])
      clock.advance(30)
      expect(sink.commits.map(rows => rows.length)).toEqual([200, 200, 50])
      expect(clock.timers).toBe(0)
    })

    test('takes a row that an owner writes when it is told of another', () => {
      writer.started({ ...leg('a'), node: 'n' }, () => end('a'))
      clock.advance(12)
      expect(sink.commits).toEqual([['a'], ['a ended']])
    })

    test('survives an owner that throws', () => {
      writer.started({ ...leg('a'), node: 'n' }, () => {
        throw new Error('not my day')
      })
      start('b')
      clock.advance(5)
      expect(told).toEqual(['b ok'])
      expect(log.messages).toEqual(['a listener to the store failed'])
    })
  })

  describe('with a disk that fails', () => {
    test('tells at once, keeps the row and writes it later', () => {
      sink.script = [FULL]
      start('a')
      clock.advance(5)
      expect(told).toEqual(['a unavailable, queued'])
      expect(writer.health()).toEqual({ pending: 1, lost: 0, failing: true })
      clock.advance(250)
      expect(sink.commits).toEqual([['a'], ['a']])
      expect(told).toHaveLength(1)
      expect(writer.health()).toEqual({ pending: 0, lost: 0, failing: false })
    })

    test('lets nobody wait for a disk that is known to fail, and never answers within the call', () => {
      sink.script = [FULL]
      start('a')
      clock.advance(5)
      told = []
      start('b')
      end('a')
      expect(told).toEqual([])
      clock.advance(0)
      expect(told).toEqual(['b unavailable, queued', 'a end unavailable, queued'])
      expect(sink.commits).toHaveLength(1)
      clock.advance(250)
      expect(sink.commits[1]).toEqual(['a ended', 'b'])
    })

    test('tries again after 250 ms, then less and less often, but every 5 s', () => {
      sink.script = Array.from({ length: 8 }, () => FULL)
      end('a')
      clock.advance(60_000)
      const waits = sink.times.slice(1).map((time, index) => time - (sink.times[index] as number))
      expect(waits).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000, 5000])
      expect(log.messages).toEqual(['the store takes no call detail rows; they wait'])
      expect(clock.timers).toBe(0)
    })

    test('tells those of later turns too, and starts afresh after a success', () => {
      sink.script = [FULL]
      for (let index = 0; index < 201; index++) end(`${index}`)
      clock.advance(5)
      expect(told).toHaveLength(201)
      clock.advance(255)
      told = []
      start('x')
      clock.advance(12)
      expect(told).toEqual(['x ok'])
    })

    test('keeps 10,000 rows, and gives up those of legs that live before those that ended', () => {
      start('first')
      clock.advance(0)
      told = []
      sink.script = Array.from({ length: 100 }, () => FULL)
      start('living')
      for (let index = 0; index < 10_000; index++) end(`${index}`)
      clock.advance(0)
      expect(told).toEqual(['living overflow'])
      expect(writer.health()).toMatchObject({ pending: 10_000, lost: 0 })
      end('one more')
      clock.advance(0)
      expect(told).toEqual(['living overflow', '0 end overflow'])
      expect(writer.health()).toMatchObject({ pending: 10_000, lost: 1 })
      writer.close()
    })
  })

  describe('with a row that cannot be stored', () => {
    test('writes the others one by one', () => {
      sink.bad = new Set(['b'])
      for (const sid of ['a', 'b', 'c']) end(sid)
      clock.advance(5)
      expect(sink.commits).toEqual([['a ended', 'b ended', 'c ended'], ['a ended'], ['b ended'], ['c ended']])
      expect(told).toEqual(['a end ok', 'b end rejected', 'c end ok'])
      expect(writer.health()).toEqual({ pending: 0, lost: 1, failing: false })
      expect(log.messages).toEqual(['a call detail row cannot be stored'])
    })

    test('stops doing so when the disk fails on the way', () => {
      sink.bad = new Set(['a'])
      for (const sid of ['a', 'b', 'c']) end(sid)
      sink.script = [FULL]
      clock.advance(5)
      expect(sink.commits).toHaveLength(3)
      expect(told).toEqual(['a end rejected', 'b end unavailable, queued', 'c end unavailable, queued'])
      clock.advance(250)
      expect(sink.commits[3]).toEqual(['b ended', 'c ended'])
    })
  })

  describe('says once a second that the node lives', () => {
    test('while there are legs, and not a moment longer', () => {
      start('a')
      clock.advance(1500)
      start('b')
      end('a')
      clock.advance(1000)
      end('b')
      clock.advance(5)
      expect(sink.beats.map(atMs => atMs - 1_700_000_000_000)).toEqual([1000, 2000])
      expect(clock.timers).toBe(0)
    })

    test('but does not bother a disk that fails', () => {
      sink.script = Array.from({ length: 3 }, () => FULL)
      start('a')
      clock.advance(1100)
      expect(sink.beats).toEqual([])
      writer.close()
    })
  })

  describe('when it is closed', () => {
    test('writes what waits, all of it', () => {
      for (let index = 0; index < 450; index++) end(`${index}`)
      writer.close()
      expect(sink.commits.flat()).toHaveLength(450)
      expect(told).toHaveLength(450)
      expect(clock.timers).toBe(0)
    })

    test('gives up, and says so, when the disk fails', () => {
      sink.script = [FULL]
      start('a')
      end('b')
      writer.close()
      writer.close()
      expect(told).toEqual(['a unavailable, queued', 'b end unavailable, queued'])
      expect(writer.health()).toMatchObject({ pending: 0, lost: 1 })
      expect(log.messages.at(-1)).toMatch(/^call detail rows lost/)
      expect(clock.timers).toBe(0)
    })

    test('takes nothing more', () => {
      writer.close()
      start('a')
      expect(told).toEqual([])
      clock.advance(0)
      expect([told, sink.commits]).toEqual([['a closed'], []])
      expect(clock.timers).toBe(0)
    })
  })
})
