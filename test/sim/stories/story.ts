/**
 * A call story: one world with its application, told in virtual time. Invariants are watched after every event, and
 * every story ends with nothing left: no timer, port, call, transaction or hook, and one record for each leg.
 */
import { expect, test } from 'vitest'
import type { Problem } from '../../../src/base/index.ts'
import { dialectNamed } from '../../../src/dialects/index.ts'
import type { ApplicationInfo, Program } from '../../../src/flow/index.ts'
import type { PhoneCall, SimPhone } from '../peers/phone.ts'
import { Stranger } from '../peers/stranger.ts'
import type { Received, SimReply } from '../world/http.ts'
import { Invariants } from '../world/invariants.ts'
import { APPLICATION, SWITCH, World, type WorldOptions } from '../world/world.ts'
import { Wire } from './wire.ts'

export type Payload = Record<string, unknown>

/** What the application answers to a path: verbs, a reply with a status of its own, or either from the payload. */
export type Answer = readonly object[] | SimReply | ((payload: Payload, count: number) => readonly object[] | SimReply)

/** How long calls may take to end once a story is told. */
const LIMIT_MS = 120_000

/** The application of number 1, with a status hook. */
export const WATCHED: ApplicationInfo = {
  ...APPLICATION,
  statusHook: { url: 'http://app.test/status', method: 'POST' },
}

export class Story {
  readonly world: World
  readonly wire: Wire
  readonly #invariants: Invariants

  constructor(options: Partial<WorldOptions> = {}) {
    this.world = new World({ seed: 1, ...options })
    this.wire = new Wire(this.world)
    this.#invariants = new Invariants(this.world)
    this.world.applications.set('1', WATCHED)
  }

  get now(): number {
    return this.world.timeline.now
  }

  /** A phone that only calls. */
  phone(name: string, manners?: SimPhone['manners']): SimPhone {
    const phone = this.world.phone(name)
    if (manners) phone.manners = manners
    return phone
  }

  /** A host that may say anything. */
  stranger(address?: string): Stranger {
    const stranger = new Stranger(this.world, address)
    this.#invariants.strangers.add(stranger.address)
    this.wire.strangers.add(stranger.address)
    return stranger
  }

  /** What number 1 does: the answers to its hooks, by path. Unknown paths say nothing (204). */
  app(answers: Readonly<Record<string, Answer>>): void {
    const counts = new Map<string, number>()
    this.world.http.server = request => {
      const { pathname } = new URL(request.url)
      const answer = answers[pathname]
      const count = counts.get(pathname) ?? 0
      counts.set(pathname, count + 1)
      const payload = this.world.http.received.at(-1)?.payload ?? {}
      const given = typeof answer === 'function' ? answer(payload, count) : answer
      if (given === undefined) return { status: 204 }
      return isReply(given) ? given : { json: given }
    }
  }

  /** The application's fallback document. */
  fallback(verbs: readonly object[]): void {
    this.world.applications.set('1', { ...WATCHED, fallback: programOf(verbs) })
  }

  /** Calls number 1. */
  call(phone: SimPhone, options: Parameters<SimPhone['call']>[2] = {}, to = '1'): PhoneCall {
    return phone.call(to, SWITCH, options)
  }

  run(ms: number): void {
    const end = this.now + ms
    while (this.world.timeline.step(end)) this.#invariants.check()
    this.world.timeline.runUntil(end)
  }

  /** Runs until it is so; fails the story if it never is. */
  until(what: string, condition: () => boolean, limitMs = LIMIT_MS): void {
    const limit = this.now + limitMs
    while (!condition()) {
      if (!this.world.timeline.step(limit)) expect.fail(`${limitMs} ms later it is still not so: ${what}`)
      this.#invariants.check()
    }
  }

  /** The call of a phone that was rung, once there is one. */
  rung(phone: SimPhone): PhoneCall {
    this.until(`${phone.name} is rung`, () => phone.calls.length > 0)
    return phone.calls[0] as PhoneCall
  }

  /** Hooks that reached the application, in order. */
  hooks(path: string): readonly Received[] {
    return this.world.http.received.filter(({ request }) => new URL(request.url).pathname === path)
  }

  /** The only payload that a path got. */
  hook(path: string): Payload {
    const all = this.hooks(path)
    expect(
      all.map(({ payload }) => payload),
      `hooks to ${path}`,
    ).toHaveLength(1)
    return all[0]?.payload ?? {}
  }

  /** What the status hook heard of the legs of one direction. */
  statuses(direction: 'inbound' | 'outbound'): readonly unknown[] {
    return this.hooks('/status')
      .map(({ payload }) => payload)
      .filter(payload => payload['direction'] === direction && payload['event'] === undefined)
      .map(payload => payload['call_status'])
  }

  /** What the status hook heard of replies that could not be used. */
  get problems(): readonly Payload[] {
    return this.hooks('/status')
      .map(({ payload }) => payload)
      .filter(payload => payload['event'] === 'problem')
  }

  /** What was wrong with the only reply that could not be used. */
  get wrong(): readonly Problem[] {
    expect(this.problems).toHaveLength(1)
    return (this.problems[0]?.['problems'] ?? []) as readonly Problem[]
  }

  /** Once every call has ended by itself: nothing is left behind. */
  finish(): void {
    const { world } = this
    this.until('every call has ended', () => world.switch.calls.size === 0)
    this.#invariants.finish()
    expect(this.#invariants.violations).toEqual([])
    expect(this.wire.faults, 'what the switch said').toEqual([])
    const started = world.started.map(({ leg }) => leg.id).sort()
    const ended = world.ended.map(({ leg }) => leg.id).sort()
    expect(new Set(started).size, 'one record for each leg').toBe(started.length)
    expect(ended, 'every record is completed, once').toEqual(started)
  }
}

/** The statuses that a phone got to its INVITE, without 100. */
export const statusesOf = ({ statuses }: PhoneCall): readonly number[] => statuses.filter(status => status !== 100)

const isReply = (given: readonly object[] | SimReply): given is SimReply => !Array.isArray(given)

/** Alice calls and her dial comes to nothing: what her phone hears, and what her webhook. */
export function failedDial(s: Story): { readonly statuses: readonly number[]; readonly report: Payload | undefined } {
  const call = s.call(s.phone('alice'))
  s.until('it is over', () => call.ended)
  return { statuses: statusesOf(call), report: s.hook('/dial') }
}

/** A dial of phones by their URIs, which reports to /dial. */
export const dial = (phones: readonly SimPhone[], more: object = {}): object[] => [
  {
    verb: 'dial',
    answerOnBridge: true,
    actionHook: '/dial',
    target: phones.map(phone => ({ type: 'sip', sipUri: phone.uri })),
    ...more,
  },
]

/** Verbs as a program; throws if they are not right. */
export function programOf(verbs: readonly object[]): Program {
  const read = dialectNamed('jambonz')?.read(verbs)
  if (!read?.ok) throw new Error(JSON.stringify(read?.problems))
  return read.program
}

/** A test that is a story: it ends with nothing left. */
export function story(
  name: string,
  tell: (story: Story) => void | Promise<void>,
  options: Partial<WorldOptions> = {},
): void {
  test(name, async () => {
    const told = new Story(options)
    await tell(told)
    told.finish()
  })
}
