import { describe, expect, it } from 'vitest'
import { chooseVoice, type SpeechProvider, type SpeechVoice, type VoiceWish } from '../../../src/speech/index.ts'

const provider = (name: string, voices: readonly SpeechVoice[]): SpeechProvider => ({
  name,
  voices: () => voices,
  synthesize: () => () => {},
})

const providers = [
  provider('near', [
    { name: 'anna', language: 'en-US', gender: 'female' },
    { name: 'bob', language: 'en-US', gender: 'male' },
    { name: 'lin', language: 'zh', gender: 'female' },
  ]),
  provider('far', [
    { name: 'carl', language: 'en-GB', gender: 'male' },
    { name: 'anna', language: 'de', gender: 'female' },
    { name: 'ola', language: 'no' },
  ]),
]

const chosen = (wish: VoiceWish): string => {
  const choice = chooseVoice(providers, wish)
  return choice.ok ? `${choice.provider.name}/${choice.voice.name}` : `${choice.code}: ${choice.message}`
}

describe('the voice for a language', () => {
  it.each<[story: string, wish: VoiceWish, expected: string]>([
    ['the exact tag, whatever its case', { language: 'EN-gb' }, 'far/carl'],
    ['the first voice is the default', { language: 'en-US' }, 'near/anna'],
    ['the gender preferred', { language: 'en-US', gender: 'male' }, 'near/bob'],
    ['a gender that nobody has is let go', { language: 'en-GB', gender: 'female' }, 'far/carl'],
    ['the tag shortened from its end', { language: 'zh-Hant-TW' }, 'near/lin'],
    ['another region of the language', { language: 'en-AU' }, 'near/anna'],
    ['a provider by name', { language: 'en', provider: 'far' }, 'far/carl'],
    ['a voice by name', { language: 'de-AT', voice: 'anna' }, 'far/anna'],
    ['Mandarin by its own code', { language: 'cmn-CN' }, 'near/lin'],
    ['Bokmål is Norwegian', { language: 'nb-NO' }, 'far/ola'],
    ['an underscore as some vendors write it', { language: 'en_GB' }, 'far/carl'],
    ['no such language', { language: 'th' }, 'no-voice: No speech provider has a voice for the language "th".'],
    ['nonsense', { language: '' }, 'no-voice: No speech provider has a voice for the language "".'],
    [
      'a voice of another language',
      { language: 'de', voice: 'carl', provider: 'far' },
      'no-voice: The speech provider "far" does not have the voice "carl" for the language "de".',
    ],
  ])('%s', (_story, wish, expected) => {
    expect(chosen(wish)).toBe(expected)
  })
})
