import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Routed, STORES, type Store, type StoreOptions, type Written } from '../../src/store/index.ts'
import { application, endedLeg, leg, optionsWith, StillClock, trunk, user } from '../unit/store/fixtures.ts'

describe.each(STORES)('the $name store', kind => {
  let folder: string
  let clock: StillClock
  let store: Store

  const open = (changes: Partial<StoreOptions> = {}): Promise<Store> =>
    kind.open(join(folder, 'store.db'), optionsWith(clock, changes))

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'store-'))
    clock = new StillClock()
    store = await open()
  })

  afterEach(async () => {
    await store.close()
    expect(clock.timers).toBe(0)
    await rm(folder, { recursive: true })
  })

  function route(number: string): Routed | undefined {
    let routed: Routed | undefined
    store.routeNumber(number, result => {
      routed = result
    })
    return routed
  }

  describe('keeps records', () => {
    test('and gives back every field', async () => {
      await store.manage.applications.put(application)
      await store.manage.trunks.put(trunk)
      await store.manage.numbers.put({ pattern: '8000', applicationSid: 'app-1', trunk: 'carrier' })
      await store.manage.users.put(user)
      expect(await store.manage.applications.get('app-1')).toEqual(application)
      expect(await store.manage.trunks.get('carrier')).toEqual(trunk)
      expect(await store.manage.users.get(user)).toEqual(user)
      expect(await store.manage.numbers.list()).toEqual([
        { pattern: '8000', applicationSid: 'app-1', trunk: 'carrier' },
      ])
    })

    test('and leaves out what was left out', async () => {
      const bare = { sid: 'a', accountSid: 'b', name: 'c', programName: 'echo' }
      await store.manage.applications.put(bare)
      await store.manage.trunks.put({ ...trunk, outbound: false, mediaSources: [] })
      expect(await store.manage.applications.get('a')).toStrictEqual(bare)
      expect(await store.manage.trunks.get('carrier')).toMatchObject({ outbound: false, mediaSources: [] })
    })

    test('in the order of their keys', async () => {
      for (const sid of ['b', 'a', 'c']) await store.manage.applications.put({ ...application, sid })
      for (const [username, domain] of [
        ['bob', 'a.example'],
        ['al', 'b.example'],
        ['al', 'a.example'],
      ] as const)
        await store.manage.users.put({ username, domain })
      expect((await store.manage.applications.list()).map(({ sid }) => sid)).toEqual(['a', 'b', 'c'])
      expect(await store.manage.users.list()).toEqual([
        { username: 'al', domain: 'a.example' },
        { username: 'al', domain: 'b.example' },
        { username: 'bob', domain: 'a.example' },
      ])
    })

    test('replaces them, with nothing left of the old', async () => {
      await store.manage.applications.put(application)
      await store.manage.applications.put({ sid: 'app-1', accountSid: 'account-2', name: 'Echo' })
      expect(await store.manage.applications.list()).toStrictEqual([
        { sid: 'app-1', accountSid: 'account-2', name: 'Echo' },
      ])
    })

    test('removes them once', async () => {
      await store.manage.users.put(user)
      expect(await store.manage.users.remove({ username: 'alice', domain: 'EXAMPLE.com' })).toBe(true)
      expect(await store.manage.users.remove(user)).toBe(false)
      expect(await store.manage.users.get(user)).toBeUndefined()
    })

    test('does not see what becomes of an object that it was given', async () => {
      const fallbackDocument = [{ verb: 'say' }]
      await store.manage.applications.put({ ...application, fallbackDocument })
      fallbackDocument.push({ verb: 'hangup' })
      expect((await store.manage.applications.get('app-1'))?.fallbackDocument).toEqual([{ verb: 'say' }])
    })

    test('refuses a number of an application or a trunk that it does not have', async () => {
      const number = { pattern: '8000', applicationSid: 'app-1' }
      await expect(store.manage.numbers.put(number)).rejects.toMatchObject({ code: 'unknown-reference' })
      await store.manage.applications.put(application)
      await expect(store.manage.numbers.put({ ...number, trunk: 'carrier' })).rejects.toMatchObject({
        code: 'unknown-reference',
      })
      expect(await store.manage.numbers.list()).toEqual([])
    })

    test('keeps what a number names, until the number goes', async () => {
      await store.manage.applications.put(application)
      await store.manage.trunks.put(trunk)
      await store.manage.numbers.put({ pattern: '8000', applicationSid: 'app-1', trunk: 'carrier' })
      await expect(store.manage.applications.remove('app-1')).rejects.toMatchObject({ code: 'in-use' })
      await expect(store.manage.trunks.remove('carrier')).rejects.toMatchObject({ code: 'in-use' })
      await store.manage.applications.put({ ...application, name: 'Renamed' })
      expect(await store.manage.numbers.remove('8000')).toBe(true)
      expect(await store.manage.applications.remove('app-1')).toBe(true)
      expect(await store.manage.trunks.remove('carrier')).toBe(true)
    })

    test.each(['', '80 00', '8'.repeat(65)])('refuses the number pattern "%s"', async pattern => {
      await store.manage.applications.put(application)
      const put = store.manage.numbers.put({ pattern, applicationSid: 'app-1' })
      await expect(put).rejects.toMatchObject({ code: 'bad-number-pattern' })
    })

    test('takes text of any kind as text', async () => {
      const name = `'; DROP TABLE applications; -- "\u0001 𝄞 é`
      await store.manage.applications.put({ ...application, sid: name, name })
      expect(await store.manage.applications.get(name)).toMatchObject({ sid: name, name })
    })
  })

  describe('answers the call path', () => {
    test.each([
      ['+4512345678', 'exact'],
      ['+4512345679', 'block'],
      ['+4599999999', 'denmark'],
      ['+45', 'denmark'],
      ['8000', 'eight'],
      ['80001', undefined],
      ['+4', undefined],
      ['', undefined],
      ['*97', 'voicemail'],
      ['+4512*', 'block'],
    ])('%s belongs to %s', async (number, expected) => {
      const patterns = { exact: '+4512345678', block: '+4512*', denmark: '+45*', eight: '8000', voicemail: '*97' }
      for (const [sid, pattern] of Object.entries(patterns)) {
        await store.manage.applications.put({ ...application, sid })
        await store.manage.numbers.put({ pattern, applicationSid: sid })
      }
      const routed = route(number)
      expect(routed?.ok && routed.route?.application.sid).toBe(expected)
    })

    test('a star alone is every number', async () => {
      await store.manage.applications.put(application)
      await store.manage.numbers.put({ pattern: '*', applicationSid: 'app-1' })
      expect(route('anything')).toEqual({
        ok: true,
        route: { number: { pattern: '*', applicationSid: 'app-1' }, application },
      })
    })

    test('with what was changed a moment ago', async () => {
      expect(route('8000')).toEqual({ ok: true, route: undefined })
      expect([store.application('app-1'), store.trunk('carrier'), store.trunks()]).toEqual([undefined, undefined, []])
      await store.manage.applications.put(application)
      await store.manage.numbers.put({ pattern: '8000', applicationSid: 'app-1' })
      await store.manage.trunks.put(trunk)
      await store.manage.users.put(user)
      expect(route('8000')).toMatchObject({ route: { application } })
      expect(store.application('app-1')).toEqual(application)
      expect(store.trunk('carrier')).toEqual(trunk)
      expect(store.user('alice', 'Example.COM')).toEqual(user)
      await store.manage.numbers.remove('8000')
      await store.manage.users.remove(user)
      expect(route('8000')).toEqual({ ok: true, route: undefined })
      expect(store.user('alice', 'example.com')).toBeUndefined()
    })

    test('with trunks by priority, then by name', async () => {
      for (const [name, priority] of [
        ['c', 2],
        ['b', 1],
        ['a', 2],
      ] as const)
        await store.manage.trunks.put({ ...trunk, name, priority })
      expect(store.trunks().map(({ name }) => name)).toEqual(['b', 'a', 'c'])
    })
  })

  describe('writes one row for each leg', () => {
    test('at its start, when it is answered and at its end', async () => {
      const told: Written[] = []
      store.callStarted(leg('leg-1', { tag: { order: 7 } }), result => told.push(result))
      expect(told).toEqual([])
      clock.advance(5)
      expect(told).toEqual([{ ok: true }])
      expect(await store.manage.cdrs.get('leg-1')).toStrictEqual({
        ...leg('leg-1', { tag: { order: 7 } }),
        node: 'node-1',
      })

      const answered = leg('leg-1', { applicationSid: 'app-1', trunk: 'carrier', answeredAtMs: 1_700_000_002_000 })
      store.callAnswered(answered)
      clock.advance(100)
      expect(await store.manage.cdrs.get('leg-1')).toStrictEqual({ ...answered, node: 'node-1' })

      store.callEnded(endedLeg('leg-1', { cause: 'media_timeout' }), result => told.push(result))
      clock.advance(12)
      expect(told).toHaveLength(2)
      expect(await store.manage.cdrs.get('leg-1')).toStrictEqual({
        ...endedLeg('leg-1', { cause: 'media_timeout' }),
        node: 'node-1',
      })
      expect(clock.timers).toBe(0)
    })

    test('in one go when it starts and ends at once, and tells both', async () => {
      const told: string[] = []
      store.callStarted(leg('leg-1'), () => told.push('started'))
      store.callEnded(endedLeg('leg-1', { disposition: 'busy', sipStatus: 486 }), () => told.push('ended'))
      clock.advance(5)
      expect(told).toEqual(['started', 'ended'])
      expect((await store.manage.cdrs.list({})).cdrs).toMatchObject([{ disposition: 'busy', sipStatus: 486 }])
    })

    test('also when its start was never written', async () => {
      store.callEnded(endedLeg('leg-1'))
      clock.advance(5)
      expect(await store.manage.cdrs.get('leg-1')).toEqual({ ...endedLeg('leg-1'), node: 'node-1' })
    })

    test('and the first end stays', async () => {
      store.callEnded(endedLeg('leg-1'))
      clock.advance(5)
      store.callEnded(endedLeg('leg-1', { disposition: 'failed' }))
      store.callAnswered(leg('leg-1'))
      clock.advance(5)
      store.callEnded(endedLeg('leg-2'))
      store.callEnded(endedLeg('leg-2', { disposition: 'failed' }))
      const { cdrs } = await store.manage.cdrs.list({})
      expect(cdrs.map(({ legSid, disposition }) => [legSid, disposition])).toEqual([
        ['leg-2', 'completed'],
        ['leg-1', 'completed'],
      ])
    })

    test('with whole milliseconds', async () => {
      store.callEnded(endedLeg('leg-1', { durationMs: 1234.5678, billedMs: 0.2 }))
      expect(await store.manage.cdrs.get('leg-1')).toMatchObject({ durationMs: 1235, billedMs: 0 })
    })

    test('and those who ask see rows that are not written yet', async () => {
      store.callStarted(leg('leg-1'), () => {})
      expect(await store.manage.cdrs.get('leg-1')).toMatchObject({ legSid: 'leg-1' })
      store.callEnded(endedLeg('leg-1'))
    })

    test('a row that cannot be stored takes no other with it', async () => {
      const told: Written[] = []
      store.callEnded(endedLeg('good-1'), result => told.push(result))
      store.callEnded(endedLeg('bad', { media: { packets: 1n } }), result => told.push(result))
      store.callEnded(endedLeg('good-2'), result => told.push(result))
      clock.advance(5)
      expect(told).toMatchObject([{ ok: true }, { ok: false, code: 'rejected', queued: false }, { ok: true }])
      expect((await store.manage.cdrs.list({})).cdrs.map(({ legSid }) => legSid)).toEqual(['good-2', 'good-1'])
      expect(store.health()).toEqual({ pending: 0, lost: 1, failing: false })
    })

    test('but not for a tool that gave no node', async () => {
      const { node: _, ...options } = optionsWith(clock)
      const tool = await kind.open(':memory:', options)
      expect(() => tool.callStarted(leg('leg-1'), () => {})).toThrow(expect.objectContaining({ code: 'no-node' }))
      await tool.close()
    })
  })

  describe('lists rows', () => {
    beforeEach(() => {
      for (let index = 0; index < 7; index++)
        store.callEnded(
          endedLeg(`leg-${index}`, {
            // Two legs each start in the same millisecond.
            startedAtMs: 1000 * Math.floor(index / 2),
            sessionSid: index < 4 ? 'first' : 'second',
            direction: index % 2 ? 'outbound' : 'inbound',
            disposition: index === 6 ? 'busy' : 'completed',
          }),
        )
    })

    const sidsOf = async (query: Parameters<Store['manage']['cdrs']['list']>[0]): Promise<string[]> =>
      (await store.manage.cdrs.list(query)).cdrs.map(({ legSid }) => legSid.slice(4))

    test('the latest first', async () => {
      expect(await sidsOf({})).toEqual(['6', '5', '4', '3', '2', '1', '0'])
    })

    test('a page at a time, each row once', async () => {
      const pages: string[][] = []
      let after: string | undefined
      do {
        const page = await store.manage.cdrs.list({ limit: 3, ...(after === undefined ? {} : { after }) })
        pages.push(page.cdrs.map(({ legSid }) => legSid.slice(4)))
        after = page.next
      } while (after !== undefined)
      expect(pages).toEqual([['6', '5', '4'], ['3', '2', '1'], ['0']])
      expect((await store.manage.cdrs.list({ limit: 7 })).next).toBeUndefined()
    })

    test('by what they have in common', async () => {
      expect(await sidsOf({ sessionSid: 'first' })).toEqual(['3', '2', '1', '0'])
      expect(await sidsOf({ sessionSid: 'first', direction: 'outbound' })).toEqual(['3', '1'])
      expect(await sidsOf({ disposition: 'busy' })).toEqual(['6'])
      expect(await sidsOf({ startedFromMs: 1000, startedBeforeMs: 3000 })).toEqual(['5', '4', '3', '2'])
      expect(await sidsOf({ from: 'nobody' })).toEqual([])
    })

    test('never none and never all of a million', async () => {
      expect(await sidsOf({ limit: 0 })).toEqual(['6'])
      expect(await sidsOf({ limit: 1_000_000 })).toHaveLength(7)
    })

    test.each(['', 'x', '1.', "1.a' OR 1=1"])('and refuses or outlives the cursor "%s"', async after => {
      const page = await store.manage.cdrs.list({ after }).catch((error: { code: string }) => error.code)
      expect(['bad-cursor', { cdrs: expect.any(Array) }]).toContainEqual(page)
    })
  })

  describe('once closed', () => {
    test('has written what was waiting', async () => {
      const told: Written[] = []
      store.callEnded(endedLeg('leg-1'), result => told.push(result))
      await store.close()
      expect(told).toEqual([{ ok: true }])
    })

    test('says so to everyone and throws at nobody on the call path', async () => {
      await store.close()
      await store.close()
      const told: Written[] = []
      store.callStarted(leg('leg-1'), result => told.push(result))
      store.callEnded(endedLeg('leg-1'), result => told.push(result))
      clock.advance(0)
      expect(told).toMatchObject([
        { ok: false, code: 'closed' },
        { ok: false, code: 'closed' },
      ])
      expect(route('8000')).toMatchObject({ ok: false, code: 'closed' })
      expect(store.trunks()).toEqual([])
      await expect(store.manage.users.list()).rejects.toMatchObject({ code: 'closed' })
      await expect(store.manage.users.put(user)).rejects.toMatchObject({ code: 'closed' })
      await expect(store.manage.cdrs.get('leg-1')).rejects.toMatchObject({ code: 'closed' })
    })
  })
})

describe.each(STORES.filter(({ durable }) => durable))('the $name store, opened again', kind => {
  test('remembers, and ends what its node left open', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'store-'))
    const clock = new StillClock()
    const open = (node: string): Promise<Store> => kind.open(join(folder, 'store.db'), optionsWith(clock, { node }))

    const before = await open('node-1')
    await before.manage.applications.put(application)
    before.callStarted(leg('leg-1'), () => {})
    before.callEnded(endedLeg('leg-2'))
    await before.close()

    const other = await open('node-2')
    expect(await other.manage.cdrs.get('leg-1')).not.toHaveProperty('disposition')
    await other.close()

    const after = await open('node-1')
    expect(await after.manage.applications.list()).toEqual([application])
    expect(await after.manage.cdrs.get('leg-1')).toMatchObject({ disposition: 'node_crash', endedBy: 'switch' })
    expect(await after.manage.cdrs.get('leg-2')).toMatchObject({ disposition: 'completed' })
    await after.close()
    await rm(folder, { recursive: true })
  })
})
