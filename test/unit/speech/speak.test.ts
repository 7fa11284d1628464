import { expect, it } from 'vitest'
import { speak } from '../../../src/speech/index.ts'
import { VirtualClock } from '../media/virtual-clock.ts'
import { Listener, request, ScriptedProvider } from './studio.ts'

function speaking(text: string, rate = 1) {
  const clock = new VirtualClock()
  const provider = new ScriptedProvider()
  const listener = new Listener()
  const cancel = speak(clock, provider, request(text, rate), listener)
  expect(listener.heard).toEqual([])
  clock.advance(0)
  return { provider, listener, cancel, clock }
}

it('plain words go to the provider as they are', () => {
  const { provider, listener } = speaking('1 < 2')
  expect(provider.asked).toEqual(['1 < 2@1'])
  provider.say([1, 2])
  expect(listener.heard).toEqual(['1000 Hz', '2 samples', 'end'])
})

it('fragments are spoken in turn, silence between them', () => {
  const { provider, listener } = speaking('<speak>a<break time="3ms"/><prosody rate="50%">b</prosody></speak>', 2)
  provider.say([1, 2])
  provider.say([3])
  expect(provider.asked).toEqual(['a@2', 'b@1'])
  expect(listener.samples).toEqual([1, 2, 0, 0, 0, 3])
  expect(listener.heard.at(-1)).toBe('end')
})

it('silence at the start waits for the sample rate', () => {
  const { provider, listener } = speaking('<speak><break time="2ms"/>a</speak>')
  expect(listener.heard).toEqual([])
  provider.say([7])
  expect(listener.samples).toEqual([0, 0, 7])
})

it('a prompt of silence needs no engine', () => {
  const { provider, listener } = speaking('<speak><break time="2500ms"/></speak>')
  expect(listener.heard).toEqual(['8000 Hz', '8000 samples', '8000 samples', '4000 samples', 'end'])
  expect(provider.asked).toEqual([])
})

it.each([
  ['nothing', ' ', ['end']],
  ['markup that cannot be read', '<speak>a', ['bad-markup: At character 8: <speak> is never closed.']],
  ['a novel', 'x'.repeat(20_001), ['too-long: A prompt may have 20000 characters; this one has 20001.']],
  [
    'six minutes of breaks',
    `<speak>${'<break time="60s"/>'.repeat(6)}</speak>`,
    ['too-long: The breaks of a prompt may take 300 seconds in all.'],
  ],
])('%s', (_story, text, expected) => {
  const { provider, listener } = speaking(text)
  expect(listener.heard).toEqual(expected)
  expect(provider.asked).toEqual([])
})

it("the engine's fault ends the prompt", () => {
  const { provider, listener } = speaking('<speak>a<break/>b</speak>')
  provider.end({ ok: false, code: 'engine-failed', message: 'Broken.' })
  expect(listener.heard).toEqual(['engine-failed: Broken.'])
  expect(provider.open).toEqual([])
})

it('an engine that changes its sample rate within a prompt is stopped', () => {
  const { provider, listener } = speaking('<speak>a<break/>b</speak>')
  provider.say([1], 8000)
  provider.open[0]?.sink.start(16_000)
  expect(listener.heard.at(-1)).toBe('engine-failed: The engine changed its sample rate within a prompt.')
  expect(provider.cancelled).toBe(1)
})

it('a cancelled prompt is not heard again', () => {
  const { provider, listener, cancel } = speaking('<speak>a<break/>b</speak>')
  const sink = provider.open[0]?.sink
  cancel()
  cancel()
  expect(provider.cancelled).toBe(1)
  sink?.start(8000)
  sink?.write(new Int16Array(1))
  sink?.end({ ok: true })
  expect(listener.heard).toEqual([])
})

it('a prompt cancelled at once never reaches the provider', () => {
  const clock = new VirtualClock()
  const provider = new ScriptedProvider()
  speak(clock, provider, request('a'), new Listener())()
  clock.advance(10)
  expect(provider.asked).toEqual([])
  expect(clock.armed).toBe(0)
})
