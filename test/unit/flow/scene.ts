/**
 * A session under test: events in, effects out, with what must hold after every step checked at every step.
 */
import { expect } from 'vitest'
import type { AskReply, AskRequest, BridgeResult, CallEffect, LegInfo } from '../../../src/flow/port.ts'
import type { HookRef, Op, Outcome, Program } from '../../../src/flow/program.ts'
import {
  type AnyEffect,
  type AnyEvent,
  type SessionParams,
  type SessionState,
  startState,
  summaryOf,
} from '../../../src/flow/state.ts'
import { step } from '../../../src/flow/step.ts'

export const at = { path: '$[0]', verb: 'test' }

export const program = (...ops: readonly Op[]): Program => ({ dialect: 'jambonz', ops })

export const hookRef = (url: string): HookRef => ({ url, method: 'POST' })

export const application: SessionParams['application'] = {
  sid: 'app-1',
  accountSid: 'account-1',
  dialect: 'jambonz',
  callHook: hookRef('https://app.example/call'),
  statusHook: hookRef('https://app.example/status'),
}

export function leg(state: LegInfo['state'], more: Partial<LegInfo> = {}): LegInfo {
  return {
    id: 'a',
    direction: 'inbound',
    callId: 'call-a',
    from: '+4930901820',
    to: '+4930901821',
    state,
    sipStatus: state === 'up' ? 200 : 100,
    sipReason: state === 'up' ? 'OK' : 'Trying',
    peerAddress: '192.0.2.7',
    ...more,
  }
}

export const callee = (state: LegInfo['state'], more: Partial<LegInfo> = {}): LegInfo =>
  leg(state, { id: 'b', parentId: 'a', direction: 'outbound', callId: 'call-b', to: 'bob', ...more })

export class Scene {
  state: SessionState
  /** Of the last step. */
  effects: readonly AnyEffect[] = []
  readonly history: AnyEffect[] = []
  #ended = false

  constructor(params: Partial<SessionParams> = {}) {
    this.state = startState({ id: 'session-1', application, self: leg('trying'), ...params })
    this.send({ type: 'start' })
  }

  /** A session whose caller is answered and whose flow is this. */
  static answered(...ops: readonly Op[]): Scene {
    return new Scene({ program: program(...ops), self: leg('up') })
  }

  /** A session whose caller hears nothing yet and whose flow is this. */
  static ringing(...ops: readonly Op[]): Scene {
    return new Scene({ program: program(...ops) })
  }

  send(event: AnyEvent): this {
    const before = JSON.stringify(this.state)
    const [state, effects] = step(this.state, event)
    expect(JSON.stringify(this.state), 'a step changes nothing in place').toBe(before)
    expect(step(this.state, event), 'the same input gives the same output').toEqual([state, effects])
    expect(JSON.parse(JSON.stringify(state)), 'a session is plain data').toEqual(state)
    expect(state.rest.on).not.toBe('running')
    this.state = state
    this.effects = effects
    this.history.push(...effects)
    this.#checkEnd()
    return this
  }

  self(state: LegInfo['state'], more: Partial<LegInfo> = {}): this {
    return this.send({ type: 'leg', leg: { ...this.state.self, ...leg(state), ...more } })
  }

  other(state: LegInfo['state'], more: Partial<LegInfo> = {}): this {
    return this.send({ type: 'leg', leg: callee(state, more) })
  }

  /** Answers the request that the session waits for. */
  reply(reply: AskReply): this {
    const { rest } = this.state
    if (rest.on !== 'reply') throw new Error(`The session rests on ${rest.on}.`)
    return this.send({ type: 'replied', sequence: rest.sequence, reply })
  }

  replyWith(...ops: readonly Op[]): this {
    return this.reply({ ok: true, program: program(...ops) })
  }

  /** The bridge of a dial is over. */
  parted(name: string, result: BridgeResult['result'] = 'ended'): this {
    return this.send({ type: 'bridged', bridge: this.global(`${name} bridge`), outcome: { result } })
  }

  won(name: string, more: Partial<LegInfo> = {}): this {
    return this.send({ type: 'group-won', group: this.global(name), leg: callee('up', more) })
  }

  lost(name: string, outcome: Outcome, sipStatus: number): this {
    const message = `it was ${outcome}`
    return this.send({ type: 'group-lost', group: this.global(name), outcome, sipStatus, message })
  }

  global = (name: string): string => `${this.state.generation}:${name}`

  /** Effects on the call in the last step. */
  get calls(): readonly CallEffect[] {
    return callsIn(this.effects)
  }

  get allCalls(): readonly CallEffect[] {
    return callsIn(this.history)
  }

  /** Requests made in the last step. */
  get asks(): readonly AskRequest[] {
    return asksIn(this.effects)
  }

  get allAsks(): readonly AskRequest[] {
    return asksIn(this.history)
  }

  get summary(): ReturnType<typeof summaryOf> {
    return summaryOf(this.state)
  }

  #checkEnd(): void {
    const types = this.calls.map(effect => effect.type)
    if (this.#ended) expect(types, 'the end is the last thing the call hears').toEqual([])
    if (types.includes('end')) expect(types.indexOf('end'), 'and nothing comes with it after it').toBe(types.length - 1)
    this.#ended ||= types.includes('end')
    if (this.state.rest.on !== 'nothing') return
    expect(this.#ended, 'nobody finishes without an end').toBe(true)
    expect(this.summary.open).toEqual([])
  }
}

const callsIn = (effects: readonly AnyEffect[]): readonly CallEffect[] =>
  effects.flatMap(effect => (effect.type === 'call' ? [effect.effect] : []))

const asksIn = (effects: readonly AnyEffect[]): readonly AskRequest[] =>
  effects.flatMap(effect => (effect.type === 'ask' ? [effect.request] : []))

interface Dial {
  readonly group?: string
  readonly answer?: boolean
  readonly limitMs?: number
}

/** The dial of every dialect: ring, wait, join, report. */
export function dialOps({ group = 'dial', answer = false, limitMs }: Dial = {}): readonly Op[] {
  const bridge = `${group} bridge`
  const limit = limitMs === undefined ? {} : { limitMs }
  const won: readonly Op[] = [
    { op: 'bridge', at, bridge, a: 'self', b: { winnerOf: group }, ...limit },
    { op: 'await', at, until: [bridge] },
    { op: 'hangup', at, leg: { winnerOf: group } },
  ]
  const targets = [{ type: 'user', path: '$.target[0]', name: 'bob' }] as const
  return [
    { op: 'originate', at, group, targets, ringTimeoutMs: 60_000, alerting: { relay: true } },
    ...(answer ? [{ op: 'answer' as const, at }] : []),
    { op: 'await', at, until: [group] },
    { op: 'branch', at, on: group, cases: { won } },
    { op: 'hook', at, hook: hookRef('/dialed'), report: { type: 'dial', group }, expect: 'flow', always: true },
  ]
}

export const playOp = (more: Partial<Extract<Op, { op: 'play' }>> = {}): Op => ({
  op: 'play',
  at,
  task: 'hello',
  leg: 'self',
  sources: [{ kind: 'audio', location: 'hello.wav' }],
  times: 1,
  policy: 'auto',
  ...more,
})

export const collectOp = (more: Partial<Extract<Op, { op: 'collect' }>> = {}): Op => ({
  op: 'collect',
  at,
  task: 'pin',
  leg: 'self',
  minDigits: 1,
  maxDigits: 4,
  finishKeys: '#',
  firstDigitTimeoutMs: 5_000,
  interDigitTimeoutMs: 2_000,
  policy: 'auto',
  ...more,
})
