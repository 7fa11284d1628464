import { expect, test } from 'vitest'
import { createMemoryDisk, openMemory, type Written } from '../../../src/store/index.ts'
import { application, endedLeg, leg, optionsWith, StillClock } from './fixtures.ts'

test('what a memory store held outlives it, and open rows end with the crash', async () => {
  const clock = new StillClock()
  const disk = createMemoryDisk()
  const before = openMemory(optionsWith(clock), disk)
  await before.manage.applications.put(application)
  before.callStarted(leg('leg-1'), () => {})
  clock.advance(3500)

  const after = openMemory(optionsWith(clock), disk)
  expect(after.application('app-1')).toEqual(application)
  expect(await after.manage.cdrs.get('leg-1')).toMatchObject({
    disposition: 'node_crash',
    durationMs: 3000,
    billedMs: 0,
  })
  await before.close()
  await after.close()
})

test('a memory store can be given a full disk', async () => {
  const clock = new StillClock()
  const disk = createMemoryDisk()
  const store = openMemory(optionsWith(clock), disk)
  const told: Written[] = []
  disk.failure = 'no space left'
  store.callEnded(endedLeg('leg-1'), result => told.push(result))
  clock.advance(5)
  expect(told).toEqual([{ ok: false, code: 'unavailable', message: 'no space left', queued: true }])
  await expect(store.manage.applications.put(application)).rejects.toMatchObject({ code: 'unavailable' })
  disk.failure = undefined
  clock.advance(250)
  expect(await store.manage.cdrs.get('leg-1')).toMatchObject({ disposition: 'completed' })
  await store.close()
  expect(clock.timers).toBe(0)
})
