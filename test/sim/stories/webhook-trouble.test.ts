/**
 * Applications that do not answer, or answer nonsense: what the caller gets, and what the status hook is told.
 */
import { describe, expect } from 'vitest'
import type { SimReply } from '../world/http.ts'
import { heardBetween, levelOf } from './sounds.ts'
import { type Payload, type Story, statusesOf, story, WATCHED } from './story.ts'

const SORRY_HZ = 950
const sorry = [{ verb: 'play', url: `tone_stream://%(600,0,${SORRY_HZ})` }, { verb: 'hangup' }]

interface Trouble {
  readonly name: string
  readonly reply: SimReply | undefined
  /** Of the problem report. */
  readonly message: RegExp
  /** Requests made until it is given up. */
  readonly attempts: number
  /** When the caller hears of it, since the call. */
  readonly withinMs: readonly [least: number, most: number]
}

const PROMPT = [0, 50] as const
/** An attempt, a pause of 250 ms, another. */
const RETRIED = [250, 320] as const

const troubles: readonly Trouble[] = [
  { name: 'is down', reply: { fault: 'refused' }, message: /refused/, attempts: 2, withinMs: RETRIED },
  { name: 'resets the connection', reply: { fault: 'network' }, message: /network/, attempts: 2, withinMs: RETRIED },
  { name: 'has no such host', reply: { fault: 'bad-url' }, message: /bad-url/, attempts: 1, withinMs: PROMPT },
  { name: 'never answers', reply: undefined, message: /deadline/, attempts: 2, withinMs: [9_900, 10_100] },
  {
    name: 'answers after 20 s',
    reply: { json: [], delayMs: 20_000 },
    message: /deadline/,
    attempts: 2,
    withinMs: [9_900, 10_100],
  },
  { name: 'answers 500', reply: { status: 500, text: 'oops' }, message: /500/, attempts: 2, withinMs: RETRIED },
  { name: 'answers 503', reply: { status: 503 }, message: /503/, attempts: 2, withinMs: RETRIED },
  { name: 'answers 429', reply: { status: 429 }, message: /429/, attempts: 2, withinMs: RETRIED },
  { name: 'answers 404', reply: { status: 404, text: 'not found' }, message: /404/, attempts: 1, withinMs: PROMPT },
  { name: 'answers 401', reply: { status: 401 }, message: /401/, attempts: 1, withinMs: PROMPT },
  { name: 'answers 302', reply: { status: 302 }, message: /302/, attempts: 1, withinMs: PROMPT },
  {
    name: 'answers garbage',
    reply: { text: '<html>hello</html>' },
    message: /not JSON/,
    attempts: 1,
    withinMs: PROMPT,
  },
  {
    name: 'answers half a document',
    reply: { text: '[{"verb":"hangup"' },
    message: /not JSON/,
    attempts: 1,
    withinMs: PROMPT,
  },
  { name: 'answers a number', reply: { text: '42' }, message: /list of verbs/, attempts: 1, withinMs: PROMPT },
  {
    name: 'answers 10 MB',
    reply: { text: `[${'"x",'.repeat(2_500_000)}"x"]` },
    message: /long/i,
    attempts: 1,
    withinMs: PROMPT,
  },
  {
    name: 'answers 100,000 brackets',
    reply: { text: '['.repeat(100_000) },
    message: /nested/,
    attempts: 1,
    withinMs: PROMPT,
  },
  {
    name: 'answers 2,000 verbs',
    reply: { json: Array.from({ length: 2_000 }, () => ({ verb: 'answer' })) },
    message: /1000 verbs/,
    attempts: 1,
    withinMs: PROMPT,
  },
]

/** Alice calls an application in trouble. */
function meet(s: Story, { reply }: Trouble): ReturnType<Story['call']> {
  const watched = { status: 204 }
  s.world.http.server = request => (request.url.endsWith('/status') ? watched : reply)
  const call = s.call(s.phone('alice'))
  s.until('something happens', () => call.ended || call.acked)
  return call
}

/** The report of what was wrong. */
function reported(s: Story, { message }: Trouble): Payload {
  s.run(100)
  expect(s.problems).toHaveLength(1)
  const [problem = {}] = s.problems
  expect(problem).toMatchObject({ hook: 'http://app.test/call' })
  expect(String(problem['message'])).toMatch(message)
  return problem
}

describe('K07 R9 the call hook', () => {
  for (const trouble of troubles) {
    story(`K07 R9 ${trouble.name}: 502, reported, in time`, s => {
      const call = meet(s, trouble)
      expect(statusesOf(call)).toEqual([502])
      const [least, most] = trouble.withinMs
      expect(s.now).toBeGreaterThanOrEqual(least)
      expect(s.now).toBeLessThanOrEqual(most)
      expect(s.hooks('/call')).toHaveLength(trouble.attempts)
      reported(s, trouble)
      s.finish()
      expect(s.world.ended[0]?.leg).toMatchObject({ outcome: 'failed', sipStatus: 502, endedBy: 'switch' })
      expect(s.world.ended[0]?.leg.cause).toMatch(/^hook failed: /)
    })

    story(`K07 R9 ${trouble.name}: the fallback document runs`, s => {
      s.fallback(sorry)
      const call = meet(s, trouble)
      s.until('it is over', () => call.ended)
      expect(statusesOf(call)).toEqual([200])
      expect(levelOf(heardBetween(call, 0, s.now), SORRY_HZ)).toBeGreaterThan(-14)
      reported(s, trouble)
    })
  }

  story('K07 R9 is down for a moment: the second attempt serves, signed anew, under the same name', s => {
    s.world.applications.set('1', { ...WATCHED, secret: 'shh' })
    s.app({ '/call': (_, count) => (count === 0 ? { fault: 'network' } : [{ verb: 'sip:decline', status: 404 }]) })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(statusesOf(call)).toEqual([404])
    const [first, second] = s.hooks('/call')
    expect(second?.request.headers['idempotency-key']).toBe(first?.request.headers['idempotency-key'])
    expect(second?.request.headers['webhook-id']).toBe(first?.request.headers['webhook-id'])
    expect(s.problems).toEqual([])
  })

  story('K07 R9 is slow: 5 s are in time, and the caller hears nothing but 100 meanwhile', s => {
    s.app({ '/call': () => ({ json: [{ verb: 'sip:decline', status: 404 }], delayMs: 5_000 }) })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(call.statuses).toEqual([100, 404])
  })

  story('K07 R9 cannot be found at all: relative, without anything to be relative to', s => {
    s.world.applications.set('1', { ...WATCHED, callHook: { url: '/call', method: 'POST' } })
    s.app({})
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(statusesOf(call)).toEqual([502])
  })

  for (const [name, reply] of [
    ['204', { status: 204 }],
    ['200 without a body', { status: 200 }],
    ['an empty list', { json: [] }],
    ['null', { text: 'null' }],
    ['an object that is no verb', { json: { ok: true } }],
  ] as const) {
    story(`K07 R9 has nothing to say (${name}): 480, and that is no problem`, s => {
      s.app({ '/call': () => reply })
      const call = s.call(s.phone('alice'))
      s.until('it is over', () => call.ended)
      expect(statusesOf(call)).toEqual([480])
      s.run(100)
      expect(s.problems).toEqual([])
    })
  }
})

describe('K07 R9 a hook in the middle of an answered call', () => {
  const menu = { verb: 'gather', numDigits: 1, timeout: 1, actionHook: '/menu' }

  story('K07 R9 fails: the fallback document runs in the call as it is', s => {
    s.fallback(sorry)
    s.app({ '/call': [menu], '/menu': { status: 404 } })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(statusesOf(call)).toEqual([200])
    expect(levelOf(heardBetween(call, 0, s.now), SORRY_HZ)).toBeGreaterThan(-14)
    s.run(100)
    expect(s.problems).toHaveLength(1)
    expect(s.problems[0]?.['hook']).toBe('/menu')
  })

  story('K07 R9 fails without a fallback: the call is hung up, and the record says why', s => {
    s.app({ '/call': [menu], '/menu': { status: 500 } })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(call.byeReceived).toBe(true)
    s.finish()
    expect(s.world.ended[0]?.leg.cause).toMatch(/^hook failed: /)
  })

  story('K07 R9 fails twice: the fallback runs once, and its own failure ends the call', s => {
    s.fallback([menu])
    s.app({ '/call': [menu], '/menu': { status: 404 } })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(s.hooks('/menu')).toHaveLength(2)
    s.run(100)
    expect(s.problems).toHaveLength(2)
  })

  story('K07 R9 brings an unknown verb: its path is named, and the fallback runs', s => {
    s.fallback(sorry)
    s.app({
      '/call': [menu],
      '/menu': [{ verb: 'answer' }, { verb: 'play', url: 'a.wav' }, { verb: 'fly', to: 'moon' }],
    })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    s.run(100)
    expect(s.wrong).toEqual([{ path: '$[2]', code: 'unknown-verb', message: 'There is no verb "fly".' }])
    expect(levelOf(heardBetween(call, 0, s.now), SORRY_HZ)).toBeGreaterThan(-14)
  })
})

describe('K07 a document that is not right names every place', () => {
  const documents: readonly { readonly document: unknown; readonly paths: readonly string[] }[] = [
    { document: [{ verb: 'fly' }, { verb: 'conference', name: 'x' }], paths: ['$[0]', '$[1]'] },
    { document: [{ verb: 'pause' }], paths: ['$[0].length'] },
    { document: [{ verb: 'play' }], paths: ['$[0].url'] },
    { document: [{ verb: 'gather', numDigits: -1, finishOnKey: 'x' }], paths: ['$[0].finishOnKey', '$[0].numDigits'] },
    { document: [{ verb: 'answer', loud: true }], paths: ['$[0].loud'] },
    { document: [{ verb: 'say', text: 'Hello there' }], paths: ['$[0].text'] },
    { document: [{ play: { url: '../../etc/passwd' } }], paths: ['$[0].url'] },
    {
      document: [{ verb: 'dial', target: [{ type: 'user', name: 'bob', confirmHook: '/x' }] }],
      paths: ['$[0].target[0].confirmHook'],
    },
    { document: ['hangup'], paths: ['$[0]'] },
  ]
  for (const { document, paths } of documents) {
    story(`K07 ${JSON.stringify(document)}`, s => {
      s.app({ '/call': () => ({ json: document }) })
      const call = s.call(s.phone('alice'))
      s.until('it is over', () => call.ended)
      expect(statusesOf(call)).toEqual([502])
      s.run(100)
      expect(s.wrong.map(({ path }) => path).toSorted()).toEqual(paths)
      for (const { message } of s.wrong) expect(message).toMatch(/\.$/)
    })
  }
})
