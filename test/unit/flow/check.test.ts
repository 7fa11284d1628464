import { describe, expect, test } from 'vitest'
import { checkProgram, flowLimits, type Op } from '../../../src/flow/index.ts'
import { at, dialOps, hookRef, playOp, program } from './scene.ts'

const codes = (...ops: readonly Op[]): readonly string[] => checkProgram(program(...ops)).map(problem => problem.code)

const nested = (depth: number): Op =>
  depth === 0 ? { op: 'end', at } : { op: 'branch', at, on: 'hello', cases: { completed: [nested(depth - 1)] } }

describe('a program before it runs', () => {
  test('is fine', () => {
    expect(checkProgram(program(...dialOps(), playOp()))).toEqual([])
  })

  test('has at most a thousand operations, those of branches included', () => {
    const many = (count: number): Op[] => Array.from({ length: count }, () => ({ op: 'set', at }))
    expect(codes(...many(flowLimits.ops))).toEqual([])
    expect(codes(...many(flowLimits.ops + 500))).toEqual(['too-long'])
    const branch: Op = { op: 'branch', at, on: 'hello', cases: { a: many(600) }, otherwise: many(600) }
    expect(codes(playOp(), branch)).toEqual(['too-long'])
  })

  test('is nested at most 32 deep', () => {
    expect(codes(playOp(), nested(flowLimits.nesting))).toEqual([])
    expect(codes(playOp(), nested(flowLimits.nesting + 1))).toEqual(['too-deep'])
  })

  test('gives every name once', () => {
    expect(codes(playOp(), playOp())).toEqual(['duplicate-name'])
  })

  test.each<[string, Op]>([
    ['await', { op: 'await', at, until: ['ghost'] }],
    ['branch', { op: 'branch', at, on: 'ghost', cases: {} }],
    ['stop', { op: 'stop', at, task: 'ghost' }],
    ['play', playOp({ leg: { winnerOf: 'ghost' } })],
    ['hangup', { op: 'hangup', at, leg: { winnerOf: 'ghost' } }],
    ['bridge', { op: 'bridge', at, bridge: 'x', a: 'self', b: { winnerOf: 'ghost' } }],
    ['play report', { op: 'hook', at, hook: hookRef('/'), report: { type: 'play', task: 'ghost' }, expect: 'flow' }],
    [
      'gather report',
      { op: 'hook', at, hook: hookRef('/'), report: { type: 'gather', task: 'ghost' }, expect: 'flow' },
    ],
    ['dial report', { op: 'hook', at, hook: hookRef('/'), report: { type: 'dial', group: 'ghost' }, expect: 'flow' }],
  ])('does not speak of what there is not: %s', (_, op) => {
    expect(codes(op)).toEqual(['unknown-name'])
  })

  test('D02: dials one to ten targets', () => {
    const [originate] = dialOps() as [Extract<Op, { op: 'originate' }>]
    const targets = (count: number) => Array.from({ length: count }, () => originate.targets[0] as never)
    expect(codes({ ...originate, targets: targets(10) })).toEqual([])
    expect(codes({ ...originate, targets: targets(11) })).toEqual(['bad-targets'])
    expect(codes({ ...originate, targets: [] })).toEqual(['bad-targets'])
  })
})
