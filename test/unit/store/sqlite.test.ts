import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3, { type Database } from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Cdr, Store, Written } from '../../../src/store/index.ts'
import { createSqliteStore, openSqlite } from '../../../src/store/sqlite.ts'
import { application, endedLeg, leg, memoryLog, optionsWith, StillClock } from './fixtures.ts'

const T0 = 1_700_000_000_000

describe('a store in a file', () => {
  let folder: string
  let path: string
  let clock: StillClock
  const stores: Store[] = []

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'store-'))
    path = join(folder, 'store.db')
    clock = new StillClock()
  })

  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close()
    rmSync(folder, { recursive: true, force: true })
  })

  function kept(store: Store): Store {
    stores.push(store)
    return store
  }

  const open = (log = memoryLog()): Store => kept(openSqlite(path, optionsWith(clock, { log })))

  /** A store over a connection that the test can put into difficulties. */
  function openOver(log = memoryLog()): { store: Store; database: Database } {
    const database = new BetterSqlite3(path)
    return { store: kept(createSqliteStore(database, optionsWith(clock, { log }))), database }
  }

  describe('after a crash', () => {
    /** The first store is left as it is: a killed process closes nothing. */
    const crashAndReopen = async (): Promise<readonly Cdr[]> => (await open().manage.cdrs.list({})).cdrs

    test('ends the rows that were open with the last second in which the node lived', async () => {
      const store = open()
      store.callStarted(leg('leg-1', { startedAtMs: T0 }), () => {})
      clock.advance(2500)
      store.callAnswered(leg('leg-1', { startedAtMs: T0, answeredAtMs: T0 + 2500 }))
      clock.advance(10_000)
      store.callEnded(endedLeg('leg-2'))
      clock.advance(100)
      expect(await crashAndReopen()).toEqual([
        { ...endedLeg('leg-2'), node: 'node-1' },
        {
          ...leg('leg-1', { startedAtMs: T0, answeredAtMs: T0 + 2500 }),
          node: 'node-1',
          endedAtMs: T0 + 12_000,
          durationMs: 12_000,
          billedMs: 9_500,
          disposition: 'node_crash',
          endedBy: 'switch',
          cause: 'node_crash',
        },
      ])
    })

    test('ends a leg of its last second when that leg was last heard of', async () => {
      const store = open()
      store.callStarted(leg('leg-1', { startedAtMs: T0 }), () => {})
      clock.advance(5)
      store.callAnswered(leg('leg-1', { startedAtMs: T0, ringingAtMs: T0 + 300 }))
      clock.advance(100)
      expect(await crashAndReopen()).toMatchObject([{ endedAtMs: T0 + 300, durationMs: 300, billedMs: 0 }])
    })

    test('says how many there were, and ends each once', async () => {
      for (const sid of ['a', 'b']) open().callStarted(leg(sid), () => {})
      clock.advance(5)
      const log = memoryLog()
      const store = open(log)
      expect(log.messages).toEqual(['calls of this node were open when it last ended; their rows are closed'])
      const [row] = (await store.manage.cdrs.list({})).cdrs
      clock.advance(5000)
      const again = memoryLog()
      expect((await open(again).manage.cdrs.list({})).cdrs[0]).toEqual(row)
      expect(again.messages).toEqual([])
    })

    test('is not brought about by a tool that looks in', async () => {
      const store = open()
      store.callStarted(leg('leg-1'), () => {})
      clock.advance(5)
      const { node: _, ...options } = optionsWith(clock)
      kept(openSqlite(path, options))
      expect(await store.manage.cdrs.get('leg-1')).not.toHaveProperty('endedAtMs')
    })
  })

  describe('on a disk in trouble', () => {
    test('that is full, keeps the rows until there is room, and the calls go on', async () => {
      const log = memoryLog()
      const { store, database } = openOver(log)
      await store.manage.applications.put(application)
      await store.manage.numbers.put({ pattern: '8000', applicationSid: 'app-1' })
      database.pragma(`max_page_count = ${database.pragma('page_count', { simple: true })}`)
      const told: Written[] = []
      const cause = 'x'.repeat(5000)
      for (let index = 0; index < 20; index++)
        store.callEnded(endedLeg(`leg-${index}`, { cause }), result => told.push(result))
      clock.advance(5)
      expect(told).toHaveLength(20)
      expect(told[0]).toMatchObject({ ok: false, code: 'unavailable', message: /full/, queued: true })
      expect(store.health()).toEqual({ pending: 20, lost: 0, failing: true })
      expect(store.application('app-1')).toEqual(application)
      store.routeNumber('8000', result => expect(result).toMatchObject({ ok: true, route: { application } }))
      clock.advance(0)
      await expect(store.manage.applications.put({ ...application, name: cause })).rejects.toMatchObject({
        code: 'unavailable',
      })

      database.pragma('max_page_count = 1000000')
      clock.advance(250)
      expect(store.health()).toEqual({ pending: 0, lost: 0, failing: false })
      expect((await store.manage.cdrs.list({})).cdrs).toHaveLength(20)
      expect(log.messages).toEqual(['the store takes no call detail rows; they wait'])
    })

    test('that another process has locked, writes when the lock is gone', async () => {
      const { store } = openOver()
      const other = new BetterSqlite3(path)
      other.exec('BEGIN IMMEDIATE')
      const told: Written[] = []
      store.callStarted(leg('leg-1'), result => told.push(result))
      clock.advance(5)
      expect(told).toMatchObject([{ ok: false, code: 'unavailable', message: /locked/, queued: true }])
      other.exec('ROLLBACK')
      other.close()
      clock.advance(250)
      expect(await store.manage.cdrs.get('leg-1')).toMatchObject({ legSid: 'leg-1' })
    })

    test('that can no longer be read, routes calls as before', async () => {
      const log = memoryLog()
      const { store } = openOver(log)
      await store.manage.applications.put(application)
      expect(store.application('app-1')).toEqual(application)
      const other = new BetterSqlite3(path)
      other.exec('ALTER TABLE users RENAME TO lost')
      for (let count = 0; count < 3; count++) {
        clock.advance(200)
        expect(store.application('app-1')).toEqual(application)
      }
      expect(log.messages).toEqual(['the store cannot be read; calls use what it said last'])
      other.exec('ALTER TABLE lost RENAME TO users')
      other.exec("UPDATE applications SET name = 'New'")
      other.close()
      clock.advance(200)
      expect(store.application('app-1')?.name).toBe('New')
    })

    test('that was never readable, says so and throws at nobody', () => {
      const { store } = openOver()
      const other = new BetterSqlite3(path)
      other.exec('ALTER TABLE users RENAME TO lost')
      other.close()
      expect([store.trunks(), store.trunk('a'), store.user('a', 'b')]).toEqual([[], undefined, undefined])
      store.routeNumber('8000', result => expect(result).toMatchObject({ ok: false, code: 'unavailable' }))
      clock.advance(0)
      expect.assertions(2)
    })
  })

  test('sees within 200 ms what a tool beside it changes', async () => {
    const store = open()
    expect(store.application('app-1')).toBeUndefined()
    const { node: _, ...options } = optionsWith(clock)
    const tool = kept(openSqlite(path, options))
    await tool.manage.applications.put(application)
    clock.advance(200)
    expect(store.application('app-1')).toEqual(application)
  })

  test('writes ahead, and syncs to the disk only now and then', () => {
    const { database } = openOver()
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(database.pragma('synchronous', { simple: true })).toBe(1)
    expect(database.pragma('busy_timeout', { simple: true })).toBe(50)
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0)
  })

  test('finds rows by session, by time and by node without reading all of them', () => {
    const { database } = openOver()
    const planOf = (where: string): string =>
      JSON.stringify(database.prepare(`EXPLAIN QUERY PLAN SELECT * FROM cdrs WHERE ${where}`).all())
    expect(planOf("session_sid = 'x'")).toContain('cdrs_session')
    expect(planOf('started_at_ms > 5 ORDER BY started_at_ms DESC LIMIT 10')).toContain('cdrs_started')
    expect(planOf("node = 'x' AND ended_at_ms IS NULL")).toContain('cdrs_open')
  })

  test.each([
    [
      'is no database',
      () => writeFileSync(path, 'not a database, but long enough to be looked at '.repeat(50)),
      'unreadable',
    ],
    ['has no folder', () => rmSync(folder, { recursive: true }), 'unreadable'],
    ['a later version made', () => new BetterSqlite3(path).exec(LATER).close(), 'schema-too-new'],
  ])('is not opened when it %s', (_, prepare, code) => {
    prepare()
    expect(() => openSqlite(path, optionsWith(clock))).toThrow(expect.objectContaining({ code }))
  })
})

const LATER = `
  CREATE TABLE schema_versions (version INTEGER PRIMARY KEY, applied_at_ms INTEGER NOT NULL) STRICT;
  INSERT INTO schema_versions VALUES (999, 0)`
