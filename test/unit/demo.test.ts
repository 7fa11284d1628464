import { describe, expect, it } from 'vitest'
import { builtInPrograms, demoNumbers, demoPrompts, demoUsers } from '../../src/demo.ts'
import { type CallEffect, checkProgram } from '../../src/flow/index.ts'
import { type DecodedSound, decodeSound } from '../../src/media/index.ts'
import { melodyWav } from '../../src/melody.ts'
import { callee, leg, Scene } from './flow/scene.ts'

const programOf = (name: string): ReturnType<NonNullable<(typeof builtInPrograms)[string]>> => {
  const make = builtInPrograms[name]
  if (!make) throw new Error(`There is no program ${name}.`)
  return make({ to: '1000' })
}

const typesOf = (effects: readonly CallEffect[]): readonly string[] => effects.map(({ type }) => type)

/** Rings, is answered, and has acknowledged that. */
const caller = (name: string): Scene => new Scene({ program: programOf(name) }).self('up')

it.each(Object.keys(builtInPrograms))('the program %s may run', name => {
  expect(checkProgram(programOf(name))).toEqual([])
})

it('every number of the demo has a program', () => {
  expect(demoNumbers.map(({ program }) => program)).toEqual(Object.keys(builtInPrograms))
})

describe('1000', () => {
  it('is answered and rests until the caller hangs up', () => {
    const scene = new Scene({ program: programOf('wait') })
    expect(typesOf(scene.calls)).toEqual(['answer'])
    scene.self('up')
    expect(typesOf(scene.calls)).toEqual([])
    scene.self('ended')
    expect(typesOf(scene.allCalls)).toEqual(['answer', 'end'])
  })
})

describe('1001 and 1002', () => {
  it('give back what they hear, and a tone', () => {
    expect(typesOf(caller('echo').allCalls)).toEqual(['answer', 'echo'])
    const tone = caller('tone')
    expect(tone.calls).toMatchObject([{ type: 'play', sources: [{ kind: 'sine', frequencyHz: 1_000 }] }])
    tone.send({ type: 'played', task: tone.global('tone'), outcome: { result: 'completed', playedMs: 10_000 } })
    expect(typesOf(tone.calls)).toEqual(['hangup'])
  })
})

describe('1003', () => {
  const press = (scene: Scene, digit: string, round = 1): Scene => {
    if ('123'.includes(digit)) collected(scene, `key ${digit}`, '', digit)
    return collected(scene, `any ${round}`, digit)
  }
  const collected = (scene: Scene, task: string, digits: string, finishKey?: string): Scene =>
    scene.send({
      type: 'collected',
      task: scene.global(task),
      outcome: { result: 'digits', digits, ...(finishKey !== undefined && { finishKey }) },
    })
  const silence = (scene: Scene, round: number): Scene =>
    scene.send({ type: 'collected', task: scene.global(`any ${round}`), outcome: { result: 'timeout', digits: '' } })

  it('plays its prompt and listens meanwhile', () => {
    expect(caller('menu').calls).toMatchObject([
      { type: 'collect', finishKeys: '1' },
      { type: 'collect', finishKeys: '2' },
      { type: 'collect', finishKeys: '3' },
      { type: 'play', sources: [{ kind: 'audio', location: 'demo/menu.wav' }] },
      { type: 'collect', maxDigits: 1, prompt: { barge: true, listen: true } },
    ])
  })

  it.each([
    ['1', ['stop', 'play']],
    ['2', ['stop', 'echo']],
    ['3', ['stop', 'originate']],
  ])('does what key %s is for', (digit, expected) => {
    const scene = caller('menu')
    const before = scene.allCalls.length
    press(scene, digit)
    expect(typesOf(scene.allCalls.slice(before))).toEqual(expected)
  })

  it.each(['4', '0', '#'])('asks again after key %s, and then knows the right one', digit => {
    const scene = press(caller('menu'), digit)
    expect(scene.calls).toMatchObject([{ type: 'play' }, { type: 'collect' }])
    press(scene, '2', 2)
    expect(typesOf(scene.allCalls)).toContain('echo')
  })

  it('asks five times, and then hangs up', () => {
    const scene = caller('menu')
    for (let round = 1; round <= 4; round++) expect(typesOf(silence(scene, round).calls)).toEqual(['play', 'collect'])
    expect(typesOf(silence(scene, 5).calls)).toEqual(['hangup'])
  })

  it('says by a busy tone that nobody answers, and hangs up', () => {
    const scene = press(caller('menu'), '3')
    scene.send({
      type: 'group-lost',
      group: scene.global('phones 1'),
      outcome: 'no-answer',
      sipStatus: 487,
      message: '',
    })
    expect(scene.calls).toMatchObject([{ type: 'play', sources: [{ kind: 'tone', name: 'busy' }] }])
    scene.send({ type: 'played', task: scene.global('sorry 1'), outcome: { result: 'completed', playedMs: 3_000 } })
    expect(typesOf(scene.calls)).toEqual(['hangup'])
  })
})

describe('1004', () => {
  it('rings every user of the demo, joins the first to answer, and ends with it', () => {
    const scene = new Scene({ program: programOf('ring-all') })
    expect(scene.calls).toMatchObject([
      { type: 'ring' },
      { type: 'originate', targets: demoUsers.map(({ name }) => ({ type: 'user', name })) },
    ])
    scene.won('phones')
    expect(scene.calls).toMatchObject([{ type: 'bridge', a: leg('up').id, b: callee('up').id }])
    scene.self('up')
    scene.send({ type: 'bridged', bridge: scene.global('phones joined'), outcome: { result: 'ended' } })
    expect(typesOf(scene.calls)).toEqual(['hangup'])
  })

  it('is refused as the best of the phones was: busy is busy', () => {
    const scene = new Scene({ program: programOf('ring-all') }).lost('phones', 'busy', 486)
    expect(scene.calls).toEqual([{ type: 'end', status: 486 }])
  })
})

const decoded = (wav: Uint8Array): Promise<DecodedSound> =>
  new Promise((resolve, reject) => {
    decodeSound(wav, result => (result.ok ? resolve(result) : reject(new Error(result.message))))
  })

describe('the prompt', () => {
  it('is a sound of some seconds that the player can read', async () => {
    for (const { path, bytes } of demoPrompts) {
      expect(path).toMatch(/^demo\/\w+\.wav$/)
      const { sampleRateHz, durationMs } = await decoded(bytes())
      expect(sampleRateHz).toBe(8_000)
      expect(durationMs).toBeGreaterThan(2_000)
      expect(durationMs).toBeLessThan(4_000)
    }
  })

  it('fades in and out', async () => {
    const wav = melodyWav([{ frequencyHz: 800, durationMs: 1_000 }])
    const samples = new Int16Array((await decoded(wav)).samples)
    const loudest = (from: number, to: number): number => Math.max(...samples.subarray(from, to).map(Math.abs))
    expect(loudest(0, 16)).toBeLessThan(3_000)
    expect(loudest(4_000, 4_016)).toBeGreaterThan(8_000)
    expect(loudest(7_984, 8_000)).toBeLessThan(1_000)
  })

  it('has the pitch and the level that were asked for', async () => {
    const wav = melodyWav([{ frequencyHz: 800, durationMs: 1_000 }])
    const samples = new Int16Array((await decoded(wav)).samples)
    const rises = samples.filter((sample, index) => sample >= 0 && (samples[index - 1] ?? 0) < 0).length
    expect(rises).toBeGreaterThanOrEqual(798)
    expect(rises).toBeLessThanOrEqual(801)
    expect(Math.max(...samples)).toBeGreaterThan(8_000)
    expect(Math.max(...samples)).toBeLessThan(10_000)
  })
})
