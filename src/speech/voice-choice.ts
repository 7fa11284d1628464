/**
 * Which provider and voice speak a language.
 */
import { type SpeechFault, type SpeechProvider, type SpeechVoice, speechFault } from './provider.ts'

export interface VoiceWish {
  /** BCP 47; case does not matter. */
  readonly language: string
  /** The name of a provider. */
  readonly provider?: string
  /** The name of a voice. */
  readonly voice?: string
  /** Preferred, not required. */
  readonly gender?: 'female' | 'male'
}

export interface ChosenVoice {
  readonly ok: true
  readonly provider: SpeechProvider
  readonly voice: SpeechVoice
}

/** Tags that mean the same language in BCP 47: the individual language on the left, the usual tag on the right. */
const SAME_LANGUAGE: Readonly<Record<string, string>> = { cmn: 'zh', nb: 'no', arb: 'ar' }

/**
 * The exact tag first, then the tag shortened from its end (RFC 4647 section 3.4), then any voice of the same base
 * language. At each step the order of the providers decides, and within a provider that of its voices. Fault: `no-voice`.
 */
export function chooseVoice(providers: readonly SpeechProvider[], wish: VoiceWish): ChosenVoice | SpeechFault {
  const candidates = providers
    .filter(provider => wish.provider === undefined || provider.name === wish.provider)
    .flatMap(provider => provider.voices().map(voice => ({ ok: true, provider, voice }) as const))
    .filter(({ voice }) => wish.voice === undefined || voice.name === wish.voice)
  for (const fits of rangesOf(wish.language)) {
    const fitting = candidates.filter(({ voice }) => fits(normalize(voice.language)))
    const chosen = fitting.find(({ voice }) => voice.gender === wish.gender) ?? fitting[0]
    if (chosen) return chosen
  }
  return speechFault('no-voice', faultText(wish))
}

/** Tests of normalized tags, narrowest first. */
function rangesOf(language: string): readonly ((tag: string) => boolean)[] {
  const subtags = normalize(language).split('-')
  const shortened = subtags.map((_, index) => subtags.slice(0, subtags.length - index).join('-'))
  return [...shortened.map(range => (tag: string) => tag === range), tag => tag.split('-')[0] === subtags[0]]
}

function normalize(language: string): string {
  const [base = '', ...rest] = language.trim().replaceAll('_', '-').toLowerCase().split('-')
  return [SAME_LANGUAGE[base] ?? base, ...rest].join('-')
}

function faultText({ language, provider, voice }: VoiceWish): string {
  const what = voice === undefined ? 'a voice' : `the voice "${voice}"`
  const whose = provider === undefined ? 'No speech provider' : `The speech provider "${provider}"`
  return `${whose} ${provider === undefined ? 'has' : 'does not have'} ${what} for the language "${language}".`
}
