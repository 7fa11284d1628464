import { expect, test } from 'vitest'
import { Outbox } from '../../../src/media/outbox.ts'
import { Timeline } from '../../sim/world/clock.ts'

function outbox() {
  const timeline = new Timeline()
  const clock = timeline.clock()
  const posted: string[] = []
  const box = new Outbox<string>(
    clock,
    message => message !== 'later',
    messages => posted.push(messages.join(' ')),
  )
  return { timeline, clock, posted, box }
}

const endOfTurn = (): Promise<void> => Promise.resolve()

test('urgent messages of a turn leave together at its end', async () => {
  const { posted, box } = outbox()
  box.put('a')
  box.put('b')
  expect(posted).toEqual([])
  await endOfTurn()
  expect(posted).toEqual(['a b'])
})

test('a message that nobody waits for goes along with the next, in its order', async () => {
  const { posted, clock, box } = outbox()
  box.put('later')
  await endOfTurn()
  expect(posted).toEqual([])
  box.put('a')
  await endOfTurn()
  expect(posted).toEqual(['later a'])
  expect(clock.armed).toBe(0)
})

test('under load what is urgent shares a message, 3 ms after the one before', async () => {
  const { timeline, posted, clock, box } = outbox()
  box.put('a')
  await endOfTurn()
  timeline.runUntil(1)
  box.put('later')
  box.put('b')
  await endOfTurn()
  timeline.runUntil(2)
  box.put('c')
  await endOfTurn()
  expect(posted).toEqual(['a'])
  timeline.runUntil(3)
  expect(posted).toEqual(['a', 'later b c'])
  expect(clock.armed).toBe(0)
  timeline.runUntil(10)
  box.put('d')
  await endOfTurn()
  expect(posted).toEqual(['a', 'later b c', 'd'])
})

test('without company it leaves after 20 ms', () => {
  const { timeline, posted, box } = outbox()
  box.put('later')
  timeline.runUntil(19)
  box.put('later')
  expect(posted).toEqual([])
  timeline.runUntil(20)
  expect(posted).toEqual(['later later'])
})

test('what is cleared never leaves', async () => {
  const { timeline, posted, clock, box } = outbox()
  box.put('later')
  box.put('a')
  box.clear()
  await endOfTurn()
  timeline.runUntil(100)
  expect(posted).toEqual([])
  expect(clock.armed).toBe(0)
})
