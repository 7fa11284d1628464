import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AnyEvent, LegInfo, Op } from '../../../src/flow/index.ts'
import { application, at, callee, dialOps, hookRef, leg, playOp, program, Scene } from './scene.ts'

const states: readonly LegInfo['state'][] = ['trying', 'ringing', 'early', 'up', 'ended']
const legState = fc.constantFrom(...states)

const ops: fc.Arbitrary<readonly Op[]> = fc
  .array(
    fc.constantFrom<readonly Op[]>(
      [playOp(), { op: 'await', at, until: ['hello'] }],
      [playOp({ task: 'early', policy: 'early', times: 0, timeoutMs: 50 })],
      dialOps(),
      dialOps({ group: 'again', answer: true, limitMs: 10 }),
      [{ op: 'echo', at, task: 'echo', leg: 'self', policy: 'auto' }],
      [{ op: 'await', at, until: [], timeoutMs: 20 }],
      [{ op: 'hook', at, hook: hookRef('/x'), report: { type: 'redirect' }, expect: 'flow' }],
      [{ op: 'set', at, tag: { x: 1 } }],
      [{ op: 'ring', at }],
      [{ op: 'answer', at }],
      [{ op: 'hangup', at, leg: 'self' }],
      [{ op: 'reject', at, status: 404 }],
    ),
    { maxLength: 6 },
  )
  .map(blocks => [...new Set(blocks)].flat())

const names = fc.constantFrom('1:hello', '2:hello', '1:early', '1:dial', '2:dial', '1:dial bridge', '1:again', '9:x')

const event: fc.Arbitrary<AnyEvent> = fc.oneof(
  legState.map((state): AnyEvent => ({ type: 'leg', leg: callee(state) })),
  legState.filter(state => state !== 'ended').map((state): AnyEvent => ({ type: 'leg', leg: leg(state) })),
  names.map((task): AnyEvent => ({ type: 'played', task, outcome: { result: 'completed', playedMs: 1 } })),
  names.map((task): AnyEvent => ({ type: 'collected', task, outcome: { result: 'timeout', digits: '' } })),
  names.map((bridge): AnyEvent => ({ type: 'bridged', bridge, outcome: { result: 'ended' } })),
  names.map((group): AnyEvent => ({ type: 'group-won', group, leg: callee('up') })),
  names.map((group): AnyEvent => ({ type: 'group-lost', group, outcome: 'busy', sipStatus: 486, message: 'busy' })),
  fc.constantFrom<AnyEvent>(
    { type: 'start' },
    { type: 'timer', name: 'await' },
    { type: 'timer', name: 'settle' },
    { type: 'timer', name: 'limit' },
    { type: 'timer', name: 'minute' },
    { type: 'timer', name: 'task 1:early' },
    { type: 'hangup', cause: 'test' },
  ),
  ops.map((list): AnyEvent => ({ type: 'replace', program: program(...list) })),
  fc
    .tuple(fc.integer({ min: 1, max: 12 }), ops)
    .map(
      ([sequence, list]): AnyEvent => ({ type: 'replied', sequence, reply: { ok: true, program: program(...list) } }),
    ),
  fc.integer({ min: 1, max: 12 }).map(
    (sequence): AnyEvent => ({
      type: 'replied',
      sequence,
      reply: { ok: false, code: 'x', message: 'x', problems: [] },
    }),
  ),
)

/** What Scene checks at every step holds for any events, and every session comes to its end. */
test('whatever happens to a session, it stays whole and ends when its legs have', () => {
  fc.assert(
    fc.property(ops, fc.array(event, { maxLength: 25 }), fc.boolean(), (list, events, direct) => {
      const scene = new Scene(
        direct ? { program: program(...list) } : { application: { ...application, fallback: program(...list) } },
      )
      for (const next of events) scene.send(next)
      scene.self('ended', { outcome: 'canceled' })
      scene.send({ type: 'timer', name: 'settle' })
      for (const id of scene.summary.openLegs) scene.send({ type: 'leg', leg: callee('ended', { id }) })
      expect(scene.summary.rest).toBe('nothing')
      expect(scene.allCalls.filter(effect => effect.type === 'end')).toHaveLength(1)
      expect(scene.history.filter(effect => effect.type === 'finish')).toHaveLength(1)
      expect(scene.summary.open).toEqual([])
    }),
    { numRuns: 400 },
  )
})

/** Every task, bridge and group that was started is stopped, or has reported its result, by the end. */
test('whatever happens to a session, nothing that it started is forgotten', () => {
  fc.assert(
    fc.property(ops, fc.array(event, { maxLength: 25 }), (list, events) => {
      const scene = new Scene({ program: program(...list) })
      const reported = new Set<string>()
      for (const next of events) {
        scene.send(next)
        if (next.type === 'played' || next.type === 'collected') reported.add(next.task)
        if (next.type === 'bridged') reported.add(next.bridge)
        if (next.type === 'group-won' || next.type === 'group-lost') reported.add(next.group)
      }
      scene.self('ended')
      const stopped = new Set(scene.allCalls.flatMap(stoppedBy))
      const left = scene.allCalls.flatMap(startedBy).filter(name => !stopped.has(name) && !reported.has(name))
      expect(left).toEqual([])
    }),
    { numRuns: 400 },
  )
})

type Call = Scene['allCalls'][number]

function startedBy(effect: Call): readonly string[] {
  switch (effect.type) {
    case 'play':
    case 'collect':
    case 'echo':
      return [effect.task]
    case 'bridge':
      return [effect.bridge]
    case 'originate':
      return [effect.group]
    default:
      return []
  }
}

function stoppedBy(effect: Call): readonly string[] {
  switch (effect.type) {
    case 'stop':
      return [effect.task]
    case 'unbridge':
      return [effect.bridge]
    case 'cancel-group':
      return [effect.group]
    default:
      return []
  }
}
