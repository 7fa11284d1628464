import { describe, expect, test } from 'vitest'
import type { CollectSpec } from '../../../../src/calls/features/collect.ts'
import { Collector } from '../../../../src/calls/features/collector.ts'
import type { CollectResult } from '../../../../src/flow/index.ts'
import { Timeline } from '../../../sim/world/clock.ts'

const SPEC: CollectSpec = {
  minDigits: 1,
  maxDigits: 4,
  finishKeys: '#',
  firstDigitTimeoutMs: 5_000,
  interDigitTimeoutMs: 2_000,
}

function collect(spec: Partial<CollectSpec>, happenings: readonly (readonly [number, string])[]) {
  const timeline = new Timeline()
  const clock = timeline.clock()
  let outcome: (CollectResult & { atMs: number }) | undefined
  let stopped: number | undefined
  const collector = new Collector(
    clock,
    { ...SPEC, ...spec },
    {
      stopPrompt: () => {
        stopped = timeline.now
      },
      done: result => {
        outcome = { ...result, atMs: timeline.now }
      },
    },
  )
  collector.start()
  for (const [atMs, what] of happenings) {
    timeline.runUntil(atMs)
    if (what === 'prompt-over') collector.promptOver()
    else if (what === 'stop') collector.stop()
    else collector.digit(what)
  }
  timeline.runUntil(1_000_000)
  return { outcome, stopped, armed: clock.armed }
}

describe('collecting digits', () => {
  test('enough digits end it at once', () => {
    const { outcome, armed } = collect({}, [
      [100, '1'],
      [200, '2'],
      [300, '3'],
      [400, '4'],
      [500, '5'],
    ])
    expect(outcome).toEqual({ result: 'digits', digits: '1234', atMs: 400 })
    expect(armed).toBe(0)
  })

  test('the finish key ends it and is not part of it', () => {
    expect(
      collect({}, [
        [100, '7'],
        [200, '#'],
      ]).outcome,
    ).toEqual({ result: 'digits', digits: '7', finishKey: '#', atMs: 200 })
  })

  test('a pause after enough digits ends it, after too few it is a timeout', () => {
    expect(collect({}, [[100, '7']]).outcome).toEqual({ result: 'digits', digits: '7', atMs: 2_100 })
    expect(collect({ minDigits: 2 }, [[100, '7']]).outcome).toEqual({ result: 'timeout', digits: '7', atMs: 2_100 })
  })

  test('without a limit between digits the first limit counts again from each', () => {
    expect(
      collect({ interDigitTimeoutMs: 0 }, [
        [100, '7'],
        [4_000, '8'],
      ]).outcome,
    ).toMatchObject({ digits: '78', atMs: 9_000 })
  })

  test('nothing pressed is a timeout; without a limit it waits for ever', () => {
    expect(collect({}, []).outcome).toEqual({ result: 'timeout', digits: '', atMs: 5_000 })
    expect(collect({ firstDigitTimeoutMs: 0, interDigitTimeoutMs: 0 }, [])).toEqual({
      outcome: undefined,
      stopped: undefined,
      armed: 0,
    })
  })

  test('the time for the first digit counts from the end of the prompt', () => {
    const spec = { prompt: { barge: true, listen: true } }
    expect(collect(spec, [[60_000, 'prompt-over']]).outcome).toMatchObject({ result: 'timeout', atMs: 65_000 })
  })

  test('a digit stops a prompt that may be barged into, and only once', () => {
    const spec = { prompt: { barge: true, listen: true } }
    const { outcome, stopped } = collect(spec, [
      [1_000, '1'],
      [1_000, 'prompt-over'],
      [1_500, '2'],
    ])
    expect(stopped).toBe(1_000)
    expect(outcome).toMatchObject({ digits: '12', atMs: 3_500 })
  })

  test('digits during a prompt that does not listen are ignored', () => {
    const spec = { prompt: { barge: false, listen: false } }
    expect(
      collect(spec, [
        [1_000, '1'],
        [2_000, 'prompt-over'],
        [3_000, '9'],
        [3_100, '#'],
      ]).outcome,
    ).toMatchObject({ digits: '9' })
  })

  test('stopped, it gives what there is', () => {
    expect(
      collect({}, [
        [100, '7'],
        [200, 'stop'],
      ]),
    ).toEqual({ outcome: { result: 'stopped', digits: '7', atMs: 200 }, stopped: undefined, armed: 0 })
  })
})
