/**
 * What every dialect owes to those who use it, and the documents that it is known by.
 */
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Problem } from '../../src/base/index.ts'
import { type Dialect, dialects } from '../../src/dialects/index.ts'
import { type AskRequest, checkProgram, type HookEvent, type LegInfo, type Op } from '../../src/flow/index.ts'

interface Vector {
  readonly story: string
  /** Lines of JSON as somebody wrote it, or else the document. */
  readonly text?: readonly string[]
  readonly document?: object
  readonly ops?: readonly Op[]
  /** Path and code. */
  readonly problems?: readonly string[]
  readonly warnings: readonly string[]
}

const vectors = new URL('../vectors/', import.meta.url)

const readJson = (path: string): unknown => JSON.parse(readFileSync(new URL(path, vectors), 'utf8'))

const vectorsOf = (dialect: Dialect): readonly Vector[] =>
  readdirSync(new URL(`dialects/${dialect.name}/`, vectors)).map(
    file => readJson(`dialects/${dialect.name}/${file}`) as Vector,
  )

const briefly = (problems: readonly Problem[]): readonly string[] => problems.map(({ path, code }) => `${path} ${code}`)

const legs: readonly LegInfo[] = (['trying', 'ringing', 'early', 'up', 'ended'] as const).map(state => ({
  id: 'a',
  direction: 'inbound',
  callId: 'call-a',
  from: '+4930901820',
  to: '+4930901821',
  state,
  sipStatus: 200,
  sipReason: 'OK',
  peerAddress: '192.0.2.7',
}))
const [leg] = legs as [LegInfo]

const events: readonly HookEvent[] = [
  { type: 'call' },
  ...legs.map(each => ({ type: 'status' as const, leg: each })),
  { type: 'redirect' },
  { type: 'play', outcome: { result: 'completed', playedMs: 1_234 } },
  { type: 'gather', outcome: { result: 'digits', digits: '12' } },
  { type: 'dial', outcome: 'busy', sipStatus: 486, message: 'Busy Here', durationMs: 0 },
  { type: 'problem', hook: { url: '/x', method: 'POST' }, message: 'No answer.', problems: [] },
]

const request = (event: HookEvent, method: 'GET' | 'POST'): AskRequest => ({
  sessionId: 'session-1',
  sequence: 1,
  application: { sid: 'app-1', accountSid: 'account-1', dialect: 'x', secret: 'S3cr3t' },
  hook: { url: 'https://app.example/', method, basicAuth: { username: 'u', password: 'S3cr3t' } },
  event,
  self: leg,
  tag: {},
  expect: 'flow',
})

const expectSound = (problems: readonly Problem[]): void => {
  for (const { path, code, message } of problems) {
    expect(path).toMatch(/^\$/)
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(message).toMatch(/^.{3,}\.$/su)
  }
}

describe.each(dialects.map(dialect => [dialect.name, dialect] as const))('the dialect %s', (name, dialect) => {
  test('stands once in the registry', () => {
    expect(dialects.filter(other => other.name === name)).toHaveLength(1)
  })

  test.each(vectorsOf(dialect).map(vector => [vector.story, vector] as const))('%s', (_, vector) => {
    const result = dialect.read(vector.text?.join('\n') ?? vector.document ?? {})
    expect(briefly(result.warnings)).toEqual(vector.warnings)
    expectSound(result.warnings)
    if (!result.ok) {
      expect(briefly(result.problems)).toEqual(vector.problems)
      expectSound(result.problems)
      return
    }
    expect(vector.problems).toBeUndefined()
    expect(result.program).toEqual({ dialect: name, ops: vector.ops })
    expect(checkProgram(result.program)).toEqual([])
    expect(JSON.parse(JSON.stringify(result.program))).toEqual(result.program)
  })

  test('reads a document the same as text and as an object', () => {
    for (const { document } of vectorsOf(dialect)) {
      if (document) expect(dialect.read(JSON.stringify(document))).toEqual(dialect.read(document))
    }
  })

  test('never throws, whatever the document', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map(value => JSON.stringify(value)),
      fc.constantFrom(...vectorsOf(dialect).map(vector => vector.text?.join('\n') ?? JSON.stringify(vector.document))),
    )
    const cut = fc.tuple(anything, fc.nat(400), fc.nat(20), fc.string({ maxLength: 3 }))
    fc.assert(
      fc.property(cut, ([text, at, length, more]) => {
        const result = dialect.read(`${text.slice(0, at)}${more}${text.slice(at + length)}`)
        if (result.ok) expect(checkProgram(result.program)).toEqual([])
        else expect(result.problems.length).toBeGreaterThan(0)
      }),
      { numRuns: 1_500 },
    )
  })

  test('never throws, whatever the object', () => {
    fc.assert(
      fc.property(fc.anything({ maxDepth: 4 }), value => {
        if (typeof value === 'object' && value !== null) dialect.read(value)
      }),
      { numRuns: 1_000 },
    )
  })

  test('survives documents made to break it', () => {
    const bombs: readonly string[] = [
      '['.repeat(1_000_000),
      '{"a":'.repeat(200_000),
      `[${'[],'.repeat(100)}${'['.repeat(33)}${']'.repeat(33)}]`,
      `[${Array(1_000_000).fill('0').join(',')}`,
      JSON.stringify([{ verb: 'x', text: 'y'.repeat(2_000_000) }]),
      `/*${'*'.repeat(100_000)}`,
      '/*',
      '[/*',
      '[{"verb":"hangup"}]/*',
      '[//',
      `"${'\\u0000'.repeat(50_000)}`,
    ]
    for (const text of bombs) {
      const result = dialect.read(text)
      expect(result.ok).toBe(false)
      if (!result.ok) expectSound(result.problems)
    }
  })

  test('leaves prototypes alone', () => {
    const { prototype } = readJson('hostile-inputs.json') as { prototype: readonly string[] }
    for (const text of [...prototype, ...prototype.map(inner => `[{"verb":"tag","data":${inner}}]`)]) dialect.read(text)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  test.each(events.map(event => [event.type, event] as const))(
    'writes %s as plain JSON without secrets',
    (_, event) => {
      for (const method of ['GET', 'POST'] as const) {
        const payload = dialect.write(request(event, method))
        const text = JSON.stringify(payload)
        expect(JSON.parse(text)).toEqual(payload)
        expect(text).not.toContain('S3cr3t')
        expect(text.length).toBeGreaterThan(2)
      }
    },
  )

  test('signs the same for the same, and otherwise for anything else', () => {
    const sign = (secret: string, at: number, body: string): string => JSON.stringify(dialect.sign?.(secret, at, body))
    if (!dialect.sign) return
    expect(sign('a', 1, 'x')).toBe(sign('a', 1, 'x'))
    expect(new Set([sign('a', 1, 'x'), sign('b', 1, 'x'), sign('a', 2, 'x'), sign('a', 1, 'y')]).size).toBe(4)
  })
})
