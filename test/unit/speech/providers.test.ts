import { expect, it } from 'vitest'
import { silentLog } from '../../../src/base/index.ts'
import { chooseVoice, openProviders } from '../../../src/speech/index.ts'
import { VirtualClock } from '../media/virtual-clock.ts'

const surroundings = {
  clock: new VirtualClock(),
  log: silentLog,
  processes: {
    start: () => {
      throw new Error('Nobody asked for speech.')
    },
  },
}
const everything = { espeak: { command: 'node', args: [] } }

it('a provider without settings is not there', () => {
  expect(openProviders(surroundings, {})).toEqual([])
})

it('the providers have names of their own, and voices whose first of a language is its default', () => {
  const providers = openProviders(surroundings, everything)
  expect(providers.map(({ name }) => name)).toEqual(Object.keys(everything))
  for (const provider of providers) {
    const voices = provider.voices()
    expect(new Set(voices.map(({ name, language }) => `${language}/${name}`)).size).toBe(voices.length)
    for (const voice of voices) {
      const chosen = chooseVoice([provider], { language: voice.language })
      expect(chosen).toMatchObject({ ok: true, voice: voices.find(({ language }) => language === voice.language) })
    }
  }
})

it.each([
  ...['da', 'de', 'en-GB', 'en-US', 'es', 'fi', 'fr', 'hi', 'id', 'is', 'it', 'ja', 'ko', 'nb', 'nl', 'pl', 'pt-BR'],
  ...['ro', 'ru', 'sv', 'th', 'tr', 'vi', 'zh-CN', 'cy', 'ar', 'ar-SA', 'no', 'cmn-CN', 'en'],
])('somebody speaks %s', language => {
  expect(chooseVoice(openProviders(surroundings, everything), { language })).toMatchObject({ ok: true })
})
