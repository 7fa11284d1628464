/**
 * The provider and the process of plugins/espeak, for real.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLog, systemClock, systemProcesses } from '../../src/base/index.ts'
import { type OpenProvider, openProviders, type SpeechResult } from '../../src/speech/index.ts'

const PLUGIN = join(import.meta.dirname, '../../plugins/espeak')

interface Heard {
  readonly sampleRateHz: number
  readonly pcm: readonly number[]
  readonly result: SpeechResult
}

describe('the eSpeak process', () => {
  let provider: OpenProvider
  beforeAll(() => {
    const surroundings = { clock: systemClock, log: silentLog, processes: systemProcesses }
    const espeak = { command: process.execPath, args: [join(PLUGIN, 'src/main.js')] }
    provider = openProviders(surroundings, { espeak })[0] as OpenProvider
  })
  afterAll(() => provider.close())

  const hear = (text: string, language = 'en-US', voice = 'male', rate = 1) =>
    new Promise<Heard>(done => {
      const pcm: number[] = []
      let sampleRateHz = 0
      provider.synthesize(
        { text, language, voice, rate },
        {
          start: rateHz => {
            sampleRateHz = rateHz
          },
          write: chunk => void pcm.push(...chunk),
          end: result => done({ sampleRateHz, pcm, result }),
        },
      )
    })

  const secondsOf = ({ pcm, sampleRateHz }: Heard): number => pcm.length / sampleRateHz

  it('speaks', async () => {
    const heard = await hear('Good morning. How are you?')
    expect(heard.result).toEqual({ ok: true })
    expect(heard.sampleRateHz).toBe(22_050)
    expect(secondsOf(heard)).toBeGreaterThan(1)
    expect(secondsOf(heard)).toBeLessThan(4)
    expect(Math.max(...heard.pcm)).toBeGreaterThan(5_000)
  })

  it('has every voice that is offered', async () => {
    const results = await Promise.all(provider.voices().map(({ language, name }) => hear('1', language, name)))
    expect(results.filter(({ result, pcm }) => !result.ok || pcm.length === 0)).toEqual([])
  })

  it('keeps no voice of the request before', async () => {
    const german = await hear('Guten Morgen.', 'de')
    const unknown = await hear('Guten Morgen.', 'tlh')
    expect(unknown).toMatchObject({ pcm: [], result: { ok: false, code: 'no-voice' } })
    const english = await hear('Guten Morgen.', 'en-GB', 'female')
    expect(english.pcm.length).not.toBe(german.pcm.length)
    expect((await hear('x', 'en', 'zz9')).result).toMatchObject({ ok: false, code: 'no-voice' })
  })

  it('follows the rate', async () => {
    const [slow, normal, fast] = [
      await hear('One two three four five six.', 'en-US', 'male', 0.5),
      await hear('One two three four five six.'),
      await hear('One two three four five six.', 'en-US', 'male', 2),
    ]
    expect(secondsOf(slow)).toBeGreaterThan(1.5 * secondsOf(normal))
    expect(secondsOf(fast)).toBeLessThan(0.7 * secondsOf(normal))
  })

  it('reads words where the engine would read markup, phonemes or the end of the text', async () => {
    const markup = await hear('one <break time="9s"/> two & three')
    expect(secondsOf(markup)).toBeLessThan(9)
    expect(markup.result).toEqual({ ok: true })
    expect(secondsOf(await hear('\u0000 one two three'))).toBeGreaterThan(0.5)
  })

  it('takes turns: a short prompt overtakes a long one', async () => {
    const order: string[] = []
    await Promise.all([
      hear('This is a sentence of some length. '.repeat(20)).then(() => order.push('long')),
      hear('Hello.').then(() => order.push('short')),
    ])
    expect(order).toEqual(['short', 'long'])
  })

  it('lets a cancelled request go and serves the next', async () => {
    const cancel = provider.synthesize(
      { text: 'Never heard. '.repeat(1_000), language: 'en-US', voice: 'male', rate: 1 },
      { start() {}, write() {}, end: () => expect.unreachable() },
    )
    cancel()
    expect((await hear('Hello.')).result).toEqual({ ok: true })
  })
})

describe('the eSpeak process by itself', () => {
  it('answers every line that is no request, and lives on', async () => {
    const lines = [
      ...['garbage', 'null', '[]', '{"id":-1}', '{"id":1}', 'x'.repeat(200_000)],
      '{"id":2,"text":"a","language":"en","rate":-1}',
    ]
    const output = await talk([...lines, '{"cancel":77}', '', '{"id":9,"text":"","language":"en"}'])
    expect(output.split('"code"').length - 1).toBe(lines.length)
  })

  it('ends when its stdin ends', () => {
    const { status } = spawnSync(process.execPath, [join(PLUGIN, 'src/main.js')], { input: 'garbage\n' })
    expect(status).toBe(0)
  })
})

const END_OF_9 = '\u0003\u0009\0\0\0\0\0\0\0'

/** What a process of its own answers to lines, up to the end of request 9. */
function talk(lines: readonly string[]): Promise<string> {
  return new Promise((done, fail) => {
    let output = ''
    const child = systemProcesses.start({
      command: process.execPath,
      args: [join(PLUGIN, 'src/main.js')],
      onOutput: bytes => {
        output += Buffer.from(bytes).toString('latin1')
        if (!output.endsWith(END_OF_9)) return
        child.kill()
        done(output)
      },
      onExit: reason => fail(new Error(reason)),
    })
    child.write(`${lines.join('\n')}\n`)
  })
}
