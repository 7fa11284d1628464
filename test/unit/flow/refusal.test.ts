import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../../src/flow/index.ts'
import { at, dialOps, playOp, Scene } from './scene.ts'

const statuses: readonly (readonly [Outcome, number])[] = [
  ['busy', 486],
  ['no-answer', 480],
  ['declined', 603],
  ['failed', 502],
  ['error', 500],
  ['canceled', 480],
]

describe('R2: a caller who was never answered is refused by how the last dial went', () => {
  test.each(statuses)('after %s with %i, when the flow is over', (outcome, status) => {
    const scene = Scene.ringing(...dialOps()).lost('dial', outcome, 400)
    scene.reply({ ok: true })
    expect(scene.calls).toEqual([{ type: 'end', status, cause: 'the flow is over' }])
  })

  test.each(statuses)('after %s with %i, when the flow hangs up', (outcome, status) => {
    const scene = Scene.ringing(...dialOps(), { op: 'hangup', at, leg: 'self' }).lost('dial', outcome, 400)
    scene.reply({ ok: true })
    expect(scene.calls).toEqual([{ type: 'end', status }])
  })

  test('with 480 where nobody was dialled', () => {
    expect(Scene.ringing().calls).toEqual([{ type: 'end', status: 480, cause: 'the flow is over' }])
    expect(Scene.ringing({ op: 'end', at }).calls).toEqual([{ type: 'end', status: 480 }])
  })

  test('the last dial counts, not the first', () => {
    const scene = Scene.ringing(...dialOps(), ...dialOps({ group: 'again' }))
    scene.lost('dial', 'busy', 486).reply({ ok: true })
    scene.lost('again', 'no-answer', 408).reply({ ok: true })
    expect(scene.calls).toEqual([{ type: 'end', status: 480, cause: 'the flow is over' }])
  })

  test('header fields of the hang-up go on the refusal', () => {
    const scene = Scene.ringing({ op: 'hangup', at, leg: 'self', headers: { 'X-Why': 'closed' } })
    expect(scene.calls).toEqual([
      { type: 'reject', leg: 'a', status: 480, headers: { 'X-Why': 'closed' } },
      { type: 'end', status: 480 },
    ])
  })

  test('a refusal by the flow has the status it wants, and ends the program', () => {
    const scene = Scene.ringing({ op: 'reject', at, status: 404, reason: 'Nobody' }, playOp())
    expect(scene.calls).toEqual([
      { type: 'reject', leg: 'a', status: 404, reason: 'Nobody' },
      { type: 'end', status: 404 },
    ])
    scene.self('ended', { outcome: 'failed' })
    expect(scene.summary.rest).toBe('nothing')
  })

  test('an answered caller cannot be refused any more and is hung up', () => {
    const scene = Scene.answered({ op: 'reject', at, status: 404, headers: { 'X-Why': 'closed' } }, playOp())
    expect(scene.calls).toEqual([{ type: 'hangup', leg: 'a', headers: { 'X-Why': 'closed' } }])
    scene.self('ended', { outcome: 'completed' })
    expect(scene.calls.map(effect => effect.type)).toEqual(['end'])
  })
})
