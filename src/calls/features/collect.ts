/**
 * Collecting digits, as a pure machine.
 *
 *     prompting ──prompt over──▶ waiting ──digit──▶ typing ──enough, finish key, time──▶ done
 *         └── digit, if it listens: stops a prompt with barge-in ──▲
 */
import type { Step, TimerEffect, TimerEvent } from '../../base/index.ts'
import type { CollectResult } from '../../flow/index.ts'

export interface CollectSpec {
  readonly minDigits: number
  readonly maxDigits: number
  readonly finishKeys: string
  /** 0: no limit. */
  readonly firstDigitTimeoutMs: number
  /** 0: `firstDigitTimeoutMs` counts again from each digit. */
  readonly interDigitTimeoutMs: number
  readonly prompt?: { readonly barge: boolean; readonly listen: boolean }
}

export type CollectState =
  | { readonly name: 'collecting'; readonly digits: string; readonly prompting: boolean }
  | { readonly name: 'done' }

export type CollectEvent =
  | { readonly type: 'start' }
  | { readonly type: 'digit'; readonly digit: string }
  | { readonly type: 'prompt-over' }
  | { readonly type: 'stop' }
  | TimerEvent<'digit'>

export type CollectEffect =
  | { readonly type: 'stop-prompt' }
  | { readonly type: 'done'; readonly outcome: CollectResult }
  | TimerEffect<'digit'>

type Result = Step<CollectState, CollectEffect>
type Collecting = CollectState & { readonly name: 'collecting' }

const DONE: CollectState = { name: 'done' }

export const collectStart = (spec: CollectSpec): CollectState => ({
  name: 'collecting',
  digits: '',
  prompting: spec.prompt !== undefined,
})

export function collectStep(spec: CollectSpec, state: CollectState, event: CollectEvent): Result {
  if (state.name === 'done') return [state, []]
  switch (event.type) {
    case 'start':
      return [state, state.prompting ? [] : arm(spec.firstDigitTimeoutMs)]
    case 'prompt-over':
      // Once a digit has come, its own timer runs.
      return [{ ...state, prompting: false }, state.digits === '' ? arm(spec.firstDigitTimeoutMs) : []]
    case 'digit':
      return digit(spec, state, event.digit)
    case 'timer':
      return done(state.digits.length >= Math.max(1, spec.minDigits) ? 'digits' : 'timeout', state.digits)
    case 'stop':
      return done('stopped', state.digits)
  }
}

function digit(spec: CollectSpec, state: Collecting, key: string): Result {
  if (state.prompting && spec.prompt?.listen === false) return [state, []]
  const stopPrompt: readonly CollectEffect[] = state.prompting && spec.prompt?.barge ? [{ type: 'stop-prompt' }] : []
  if (spec.finishKeys.includes(key)) return done('digits', state.digits, stopPrompt, key)
  const digits = state.digits + key
  if (digits.length >= spec.maxDigits) return done('digits', digits, stopPrompt)
  const nextMs = spec.interDigitTimeoutMs > 0 ? spec.interDigitTimeoutMs : spec.firstDigitTimeoutMs
  return [{ ...state, digits, prompting: state.prompting && stopPrompt.length === 0 }, [...stopPrompt, ...arm(nextMs)]]
}

const arm = (ms: number): CollectEffect[] => (ms > 0 ? [{ type: 'start', name: 'digit', ms }] : [])

function done(
  result: CollectResult['result'],
  digits: string,
  before: readonly CollectEffect[] = [],
  finishKey?: string,
): Result {
  const outcome: CollectResult = { result, digits, ...(finishKey === undefined ? {} : { finishKey }) }
  return [DONE, [...before, { type: 'stop', name: 'digit' }, { type: 'done', outcome }]]
}
