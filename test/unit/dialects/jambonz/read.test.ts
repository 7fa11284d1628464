import { describe, expect, test } from 'vitest'
import { dialectNamed, type ReadResult } from '../../../../src/dialects/index.ts'

const read = (document: string | object): ReadResult => {
  const result = dialectNamed('jambonz')?.read(document)
  if (!result) throw new Error('There is no such dialect.')
  return result
}

const many = (count: number, verb: object): readonly object[] => Array.from({ length: count }, () => verb)

describe('a document', () => {
  test('has at most a thousand verbs', () => {
    expect(read(many(1_000, { verb: 'pause', length: 0 }))).toMatchObject({
      ok: true,
      program: { ops: { length: 1_000 } },
    })
    expect(read(many(1_001, { verb: 'pause', length: 0 }))).toMatchObject({
      problems: [{ path: '$', code: 'too-many' }],
    })
  })

  test('compiles to at most a thousand operations, and the verb that is too much is named', () => {
    const dial = { verb: 'dial', target: [{ type: 'user', name: 'bob' }] }
    expect(read(many(300, dial))).toMatchObject({ problems: [{ path: '$[125]', code: 'too-long' }] })
  })

  test('with thousands of mistakes has the first hundred reported, each in a line', () => {
    const keys = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`x${index}`, 1]))
    const result = read([
      { verb: 'answer', ...keys },
      { verb: 'answer', ['long'.repeat(5_000)]: 1 },
    ])
    expect(result.ok).toBe(false)
    if (!result.ok) expect(result.problems).toHaveLength(100)
    const long = read([{ verb: 'answer', ['long'.repeat(5_000)]: 1 }])
    expect(long.ok).toBe(false)
    if (!long.ok) expect(JSON.stringify(long.problems).length).toBeLessThan(1_500)
  })

  test('with thousands of harmless oddities has the first hundred of them said, and runs', () => {
    const result = read(many(500, { verb: 'answer', id: 'x' }))
    expect(result.ok).toBe(true)
    expect(result.warnings).toHaveLength(100)
  })

  test('with a mistake in every verb names them all', () => {
    const result = read([{ verb: 'pause' }, { verb: 'answer' }, { verb: 'sing' }, { verb: 'tag' }])
    expect(result).toMatchObject({
      ok: false,
      problems: [{ path: '$[0].length' }, { path: '$[2]' }, { path: '$[3].data' }],
    })
  })
})
