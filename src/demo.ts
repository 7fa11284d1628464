/**
 * What the switch offers before anybody has configured it: five numbers, two users, and the programs behind them,
 * which any application of a configuration may use too (`program: echo`).
 */
import type { Op, Origin, Program, Target } from './flow/index.ts'
import { melodyWav, type Note } from './melody.ts'

/** Makes the program for one call; `to` is what was dialled. */
export type BuiltInProgram = (call: { readonly to: string }) => Program

/** A sound of a built-in program. */
export interface DemoPrompt {
  readonly program: string
  /** Below the prompt directory. */
  readonly path: string
  readonly bytes: () => Uint8Array
}

const MENU_PROMPT = 'demo/menu.wav'
const MENU_ROUNDS = 5
const MENU_PATIENCE_MS = 5_000
const TONE_MS = 10_000
const RING_MS = 30_000
const REGRET_MS = 3_000

/** Users of the demo, rung where a SIPp or a softphone on this machine would listen. */
export const demoUsers = [
  { name: 'alice', contact: 'sip:alice@127.0.0.1:5062' },
  { name: 'bob', contact: 'sip:bob@127.0.0.1:5064' },
] as const

export const demoNumbers = [
  { number: '1000', program: 'wait', does: 'answers and waits for you to hang up' },
  { number: '1001', program: 'echo', does: 'sends back what you say' },
  { number: '1002', program: 'tone', does: 'plays a tone of 1000 Hz' },
  { number: '1003', program: 'menu', does: 'plays a melody; press 1 for the tone, 2 for the echo, 3 to ring all' },
  { number: '1004', program: 'ring-all', does: 'rings alice and bob at once' },
] as const

export const builtInPrograms: Readonly<Record<string, BuiltInProgram>> = {
  wait: () => program('wait', at => [{ op: 'answer', at }, untilHangup(at)]),
  echo: () => program('echo', at => echo(at, 'echo')),
  tone: () => program('tone', at => tone(at, 'tone')),
  menu: () => program('menu', menu),
  'ring-all': () => program('ring-all', at => ringAll(at, 'phones', [])),
}

/** Rising for a question, then once more. */
export const demoPrompts: readonly DemoPrompt[] = [
  { program: 'menu', path: MENU_PROMPT, bytes: () => melodyWav([...QUESTION, rest(250), ...QUESTION]) },
]

const note = (frequencyHz: number, durationMs: number): Note => ({ frequencyHz, durationMs })
const rest = (durationMs: number): Note => note(0, durationMs)

/** C, E, G and the C above. */
const QUESTION: readonly Note[] = [note(523, 200), note(659, 200), note(784, 200), note(1047, 450)]

function program(verb: string, ops: (at: Origin) => readonly Op[]): Program {
  return { dialect: 'built-in', ops: ops({ path: '$', verb }) }
}

const untilHangup = (at: Origin): Op => ({ op: 'await', at, until: [] })

const hangup = (at: Origin): Op => ({ op: 'hangup', at, leg: 'self' })

const echo = (at: Origin, task: string): readonly Op[] => [
  { op: 'echo', at, task, leg: 'self', policy: 'auto' },
  untilHangup(at),
]

const tone = (at: Origin, task: string): readonly Op[] => [
  {
    op: 'play',
    at,
    task,
    leg: 'self',
    sources: [{ kind: 'sine', frequencyHz: 1_000, levelDbm0: -10, durationMs: TONE_MS }],
    times: 1,
    policy: 'auto',
  },
  { op: 'await', at, until: [task] },
  hangup(at),
]

/** The first phone to be answered is joined; `otherwise` is for when none is. */
function ringAll(at: Origin, group: string, otherwise: readonly Op[]): readonly Op[] {
  const targets = demoUsers.map(({ name }): Target => ({ type: 'user', path: at.path, name }))
  const bridge = `${group} joined`
  const joined: readonly Op[] = [
    { op: 'bridge', at, bridge, a: 'self', b: { winnerOf: group } },
    { op: 'await', at, until: [bridge] },
  ]
  return [
    { op: 'ring', at },
    { op: 'originate', at, group, targets, ringTimeoutMs: RING_MS, alerting: { relay: false } },
    { op: 'await', at, until: [group] },
    { op: 'branch', at, on: group, cases: { won: joined }, otherwise },
    hangup(at),
  ]
}

/** A flow branches on how something ended, not on which digit it was: so each key has a collect of its own. */
function menu(at: Origin): readonly Op[] {
  const rounds = Array.from({ length: MENU_ROUNDS }, (_, index) => menuRound(at, index + 1))
  return [...['1', '2', '3'].map(key => waitForKey(at, key)), ...rounds.flat(), hangup(at)]
}

/** Ends with `digits` at that key, and lets every other pass. */
const waitForKey = (at: Origin, key: string): Op => ({
  op: 'collect',
  at,
  task: `key ${key}`,
  leg: 'self',
  minDigits: 0,
  maxDigits: Number.MAX_SAFE_INTEGER,
  finishKeys: key,
  firstDigitTimeoutMs: 0,
  interDigitTimeoutMs: 0,
  policy: 'auto',
})

function menuRound(at: Origin, round: number): readonly Op[] {
  const [prompt, any] = [`prompt ${round}`, `any ${round}`]
  const sorry: Op = {
    op: 'play',
    at,
    task: `sorry ${round}`,
    leg: 'self',
    sources: [{ kind: 'tone', name: 'busy', durationMs: REGRET_MS }],
    times: 1,
    policy: 'auto',
  }
  const nobody: readonly Op[] = [sorry, { op: 'await', at, until: [sorry.task] }]
  const chosen = (key: string, ops: readonly Op[], otherwise: readonly Op[]): Op => ({
    op: 'branch',
    at,
    on: `key ${key}`,
    cases: { digits: [{ op: 'stop', at, task: prompt }, ...ops] },
    otherwise,
  })
  const third = chosen('3', ringAll(at, `phones ${round}`, nobody), [])
  const second = chosen('2', echo(at, `echo ${round}`), [third])
  return [
    {
      op: 'play',
      at,
      task: prompt,
      leg: 'self',
      sources: [{ kind: 'audio', location: MENU_PROMPT }],
      times: 1,
      policy: 'auto',
    },
    {
      op: 'collect',
      at,
      task: any,
      leg: 'self',
      minDigits: 1,
      maxDigits: 1,
      finishKeys: '',
      firstDigitTimeoutMs: MENU_PATIENCE_MS,
      interDigitTimeoutMs: 0,
      prompt: { task: prompt, barge: true, listen: true },
      policy: 'auto',
    },
    { op: 'await', at, until: ['key 1', 'key 2', 'key 3', any] },
    chosen('1', tone(at, `tone ${round}`), [second]),
  ]
}
