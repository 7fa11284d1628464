import { describe, expect, test } from 'vitest'
import { hookLimits } from '../../../src/hooks/index.ts'
import type { SimServer } from '../../sim/world/http.ts'
import { Desk } from './desk.ts'

/** Status hooks take so long, flow hooks as long as they like. */
const server =
  (statusMs: number | undefined, flowMs = 20): SimServer =>
  ({ url }) => {
    if (!url.includes('/status')) return { json: [], delayMs: flowMs }
    return statusMs === undefined ? undefined : { status: 200, delayMs: statusMs }
  }

describe('the order of one session', () => {
  test('I14: notifications go one after the other', () => {
    const desk = new Desk(server(100))
    for (let n = 0; n < 3; n++) desk.notify()
    desk.timeline.runUntil(1_000)
    expect(desk.received).toEqual(['0 POST /status', '100 POST /status', '200 POST /status'])
    expect(desk.replies.map(({ sequence }) => sequence)).toEqual([1, 2, 3])
  })

  test('a notification does not overtake the question before it', () => {
    const desk = new Desk(server(10, 3_000))
    desk.send()
    desk.notify()
    desk.notify()
    desk.timeline.runUntil(10_000)
    expect(desk.received).toEqual(['0 POST /hook', '3000 POST /status', '3010 POST /status'])
  })

  test('a question waits for notifications that are quick', () => {
    const desk = new Desk(server(100))
    desk.notify()
    desk.notify()
    desk.send()
    desk.notify()
    desk.timeline.runUntil(10_000)
    expect(desk.received).toEqual(['0 POST /status', '100 POST /status', '200 POST /hook', '220 POST /status'])
    expect(desk.clock.armed).toBe(0)
  })

  test('a question overtakes notifications that are slow, after half a second', () => {
    const desk = new Desk(server(2_000))
    desk.notify()
    desk.notify()
    desk.send()
    desk.notify()
    desk.timeline.runUntil(60_000)
    expect(desk.received).toEqual(['0 POST /status', '500 POST /hook', '2000 POST /status', '4000 POST /status'])
    expect(desk.replies.map(({ sequence }) => sequence)).toEqual([3, 1, 2, 4])
  })

  test('a dead status hook costs a call half a second and not more', () => {
    const desk = new Desk(server(undefined))
    for (let n = 0; n < 20; n++) desk.notify()
    desk.send()
    desk.timeline.runUntil(700)
    expect(desk.replies).toMatchObject([{ sequence: 21, atMs: hookLimits.patienceMs + 20, reply: { ok: true } }])
  })

  test('the wait of a question counts towards its ten seconds', () => {
    const desk = new Desk(() => undefined)
    desk.notify()
    desk.send()
    desk.timeline.runUntil(60_000)
    expect(desk.replies.find(({ sequence }) => sequence === 2)?.atMs).toBe(hookLimits.totalMs)
  })

  test('a notification that is given up lets the next one go', () => {
    const desk = new Desk(server(2_000))
    const giveUp = desk.notify()
    desk.notify()
    desk.timeline.runUntil(100)
    giveUp()
    desk.timeline.runUntil(10_000)
    expect(desk.received).toEqual(['0 POST /status', '100 POST /status'])
  })

  test('sessions do not wait for each other', () => {
    const desk = new Desk(server(1_000))
    desk.notify({ sessionId: 'x' })
    desk.notify({ sessionId: 'y' })
    expect(desk.received).toEqual(['0 POST /status', '0 POST /status'])
  })
})

describe('a status hook that does not keep up', () => {
  test('loses the oldest notifications, never the last, and they are counted', async () => {
    const desk = new Desk(server(undefined))
    const count = hookLimits.waitingNotifications + 11
    for (let n = 0; n < count; n++) desk.notify()
    expect(desk.replies).toEqual([])
    desk.timeline.runUntil(0)
    const dropped = desk.replies.filter(({ reply }) => !reply.ok && reply.code === 'dropped')
    expect(dropped.map(({ sequence }) => sequence)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    expect(desk.ask.pending).toBe(count - 10)
    expect(await desk.metric('cordboard_hook_drops_total 10')).toBe(true)
    expect(await desk.metric(`cordboard_hooks_pending ${count - 10}`)).toBe(true)
  })

  test('never loses a question', () => {
    const desk = new Desk(server(undefined, 5_000))
    desk.notify()
    desk.send()
    for (let n = 0; n < hookLimits.waitingNotifications + 5; n++) desk.notify()
    desk.timeline.runUntil(6_000)
    expect(desk.replies.filter(({ reply }) => reply.ok)).toMatchObject([{ sequence: 2 }])
  })

  test('leaves nothing behind when it is all over', () => {
    const desk = new Desk(server(undefined))
    for (let n = 0; n < 100; n++) desk.notify()
    desk.timeline.runUntil(10_000_000)
    expect([desk.replies.length, desk.ask.pending, desk.clock.armed, desk.http.pending]).toEqual([100, 0, 0, 0])
  })
})
