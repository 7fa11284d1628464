import { beforeEach, expect, it } from 'vitest'
import { Failure, noMetrics, silentLog } from '../../src/base/index.ts'
import { type Declarations, declare, keysOf, NOTHING_DECLARED } from '../../src/declared.ts'
import { type ApplicationRecord, openMemory, type Store } from '../../src/store/index.ts'
import { application, memoryLog, StillClock, trunk, user } from './store/fixtures.ts'

const OTHER: ApplicationRecord = { sid: 'app-2', accountSid: 'account-1', name: 'other', programName: 'echo' }

const ALL: Declarations = {
  applications: [application, OTHER],
  numbers: [
    { pattern: '1000', applicationSid: 'app-1', trunk: 'carrier' },
    { pattern: '2000', applicationSid: 'app-2' },
  ],
  trunks: [trunk],
  users: [user],
}

const NONE: Declarations = { applications: [], numbers: [], trunks: [], users: [] }

let store: Store
beforeEach(() => {
  store = openMemory({ clock: new StillClock(), log: silentLog, metrics: noMetrics, node: 'node-1' })
})

const patterns = async (): Promise<readonly string[]> =>
  (await store.manage.numbers.list()).map(({ pattern }) => pattern)

it('what is declared is in the store', async () => {
  await declare(store.manage, ALL, NOTHING_DECLARED, silentLog)
  expect(await store.manage.applications.list()).toEqual(ALL.applications)
  expect(await store.manage.trunks.list()).toEqual([trunk])
  expect(await store.manage.users.list()).toEqual([user])
  expect(await patterns()).toEqual(['1000', '2000'])
})

it('what is no longer declared is gone, and what somebody else made stays', async () => {
  await declare(store.manage, ALL, NOTHING_DECLARED, silentLog)
  await store.manage.numbers.put({ pattern: '3000', applicationSid: 'app-2' })
  const fewer = { ...ALL, applications: [OTHER], numbers: [{ pattern: '2000', applicationSid: 'app-2' }], trunks: [] }
  await declare(store.manage, fewer, keysOf(ALL), silentLog)
  expect(await patterns()).toEqual(['2000', '3000'])
  expect((await store.manage.applications.list()).map(({ sid }) => sid)).toEqual(['app-2'])
  expect(await store.manage.trunks.list()).toEqual([])
})

it('what somebody else has come to use is kept, with a word in the log', async () => {
  await declare(store.manage, ALL, NOTHING_DECLARED, silentLog)
  await store.manage.numbers.put({ pattern: '3000', applicationSid: 'app-2' })
  const log = memoryLog()
  await declare(store.manage, NONE, keysOf(ALL), log)
  expect(await patterns()).toEqual(['3000'])
  expect((await store.manage.applications.list()).map(({ sid }) => sid)).toEqual(['app-2'])
  expect(log.messages).toEqual(['No longer in the configuration, but still in use: kept'])
})

it('a number that moves to a new application does so at once', async () => {
  await declare(store.manage, ALL, NOTHING_DECLARED, silentLog)
  const renamed = { ...OTHER, sid: 'app-3' }
  const moved = {
    ...ALL,
    applications: [application, renamed],
    numbers: [{ pattern: '2000', applicationSid: 'app-3' }],
  }
  await declare(store.manage, moved, keysOf(ALL), silentLog)
  expect(await store.manage.numbers.list()).toEqual(moved.numbers)
  expect((await store.manage.applications.list()).map(({ sid }) => sid)).toEqual(['app-1', 'app-3'])
})

it('a record that cannot be removed for any other reason is an error', async () => {
  await declare(store.manage, ALL, NOTHING_DECLARED, silentLog)
  const failing = { ...store.manage.numbers, remove: () => Promise.reject(new Failure('unavailable', 'disk full')) }
  const manage = { ...store.manage, numbers: failing }
  await expect(declare(manage, NONE, keysOf(ALL), silentLog)).rejects.toMatchObject({ code: 'unavailable' })
})

it('a store that fails is no reason to go on', async () => {
  await store.close()
  await expect(declare(store.manage, ALL, NOTHING_DECLARED, silentLog)).rejects.toMatchObject({ code: 'closed' })
})
