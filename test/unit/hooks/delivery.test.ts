import { describe, expect, test } from 'vitest'
import { hookLimits } from '../../../src/hooks/index.ts'
import type { SimReply } from '../../sim/world/http.ts'
import { Desk } from './desk.ts'

/** Answers with these, one after the other; the last for ever. */
const inTurn = (...replies: readonly (SimReply | undefined)[]) => {
  let next = 0
  return () => replies[Math.min(next++, replies.length - 1)]
}

const flow = { json: [{ verb: 'answer' }] }

describe('a second attempt', () => {
  test.each<[string, SimReply]>([
    ['the connection is refused', { fault: 'refused' }],
    ['the connection breaks', { fault: 'network' }],
    ['the connection takes too long', { fault: 'timeout', delayMs: 2_000 }],
    ['the server has an error', { status: 500 }],
    ['the server is overloaded', { status: 503 }],
    ['the server wants us to slow down', { status: 429 }],
  ])('is made when %s', async (_, first) => {
    const desk = new Desk(inTurn(first, flow))
    desk.send()
    expect(desk.reply).toMatchObject({ ok: true, program: { ops: [{ op: 'answer' }] } })
    expect(desk.traces.map(trace => trace.attempt)).toEqual([1, 2])
    expect(await desk.metric('cordboard_hook_retries_total 1')).toBe(true)
    expect(await desk.metric('cordboard_hooks_total{result="ok"} 1')).toBe(true)
  })

  test.each<[string, SimReply, string]>([
    ['the answer is there', { status: 404 }, 'status'],
    ['the answer is garbage', { text: 'oops' }, 'bad-document'],
    ['the answer is too long', { fault: 'too-large' }, 'too-large'],
    ['the client refuses the URL', { fault: 'bad-url' }, 'bad-url'],
  ])('is not made when %s', (_, first, code) => {
    const desk = new Desk(inTurn(first, flow))
    desk.send()
    expect(desk.reply).toMatchObject({ ok: false, code })
    expect(desk.http.received).toHaveLength(1)
  })

  test('comes a moment later, and is the last', () => {
    const desk = new Desk(() => ({ status: 500, delayMs: 10 }))
    desk.send()
    expect(desk.reply).toMatchObject({ ok: false, code: 'status' })
    expect(desk.received).toEqual(['0 POST /hook', '260 POST /hook'])
  })

  test('after a server that never answers ends within ten seconds in all', () => {
    const desk = new Desk(() => undefined)
    desk.send()
    expect(desk.reply).toMatchObject({ ok: false, code: 'timeout' })
    expect(desk.received).toEqual(['0 POST /hook', '6250 POST /hook'])
    expect(desk.replies[0]?.atMs).toBe(hookLimits.totalMs)
    expect(desk.clock.armed).toBe(0)
  })
})

describe('an answer of ten megabytes', () => {
  test('ends as too large', () => {
    const desk = new Desk(() => ({ text: ' '.repeat(10_485_760) }))
    desk.send()
    expect(desk.reply).toMatchObject({ ok: false, code: 'too-large' })
  })
})

describe('a request that is given up', () => {
  test('is aborted, and nobody hears of it', async () => {
    const desk = new Desk(() => undefined)
    const giveUp = desk.send()
    desk.timeline.runUntil(1_000)
    giveUp()
    giveUp()
    desk.timeline.runUntil(60_000)
    expect([desk.replies, desk.http.pending, desk.clock.armed, desk.ask.pending]).toEqual([[], 0, 0, 0])
    expect(await desk.metric('cordboard_hooks_total{result="canceled"} 1')).toBe(true)
  })

  test('between two attempts is not tried again', () => {
    const desk = new Desk(() => ({ status: 500, delayMs: 10 }))
    const giveUp = desk.send()
    desk.timeline.runUntil(100)
    giveUp()
    desk.timeline.runUntil(60_000)
    expect([desk.http.received.length, desk.clock.armed]).toEqual([1, 0])
  })

  test('before it could be refused is not answered either', () => {
    const desk = new Desk(() => undefined)
    desk.send({ hook: { url: 'ftp://x/', method: 'POST' } })()
    desk.timeline.runUntil(1_000)
    expect([desk.replies, desk.clock.armed]).toEqual([[], 0])
  })

  test('with all others, when the switch stops', () => {
    const desk = new Desk(() => undefined)
    for (const sessionId of ['x', 'y']) for (let n = 0; n < 3; n++) desk.notify({ sessionId })
    desk.send({ sessionId: 'x' })
    desk.ask.close()
    desk.ask.close()
    desk.timeline.runUntil(60_000)
    expect([desk.replies, desk.http.pending, desk.clock.armed, desk.ask.pending]).toEqual([[], 0, 0, 0])
  })
})

test('the trace of an attempt tells where, when and how, and nothing of what was said', () => {
  const desk = new Desk(() => ({ status: 500, delayMs: 30 }))
  const hook = { url: 'https://u:S3cr3t@app.example/x?token=S3cr3t', method: 'GET' } as const
  desk.send({ hook, event: { type: 'gather', outcome: { result: 'digits', digits: '4711' } } })
  desk.timeline.runUntil(20)
  desk.timeline.runUntil(40)
  expect(desk.traces).toEqual([
    {
      sessionId: 'session-1',
      sequence: 1,
      event: 'gather',
      attempt: 1,
      method: 'GET',
      url: 'https://app.example/x',
      result: 500,
      durationMs: 30,
      dropped: [],
    },
  ])
})
