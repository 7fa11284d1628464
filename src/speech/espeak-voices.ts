/**
 * The languages of eSpeak NG that are offered, each with its own voice, which is male, and a female variant of it.
 */
import type { SpeechVoice } from './provider.ts'

const LANGUAGES = [
  ...['en-US', 'en-GB', 'af', 'ar', 'bg', 'bn', 'ca', 'cs', 'cy', 'da', 'de', 'el', 'es', 'es-419', 'et', 'eu', 'fa'],
  ...['fi', 'fr', 'fr-BE', 'fr-CH', 'ga', 'gu', 'he', 'hi', 'hr', 'hu', 'hy', 'id', 'is', 'it', 'ja', 'ka', 'kk', 'kn'],
  ...['ko', 'lt', 'lv', 'mk', 'ml', 'mr', 'ms', 'mt', 'nb', 'ne', 'nl', 'pa', 'pl', 'pt-BR', 'pt-PT', 'ro', 'ru', 'sk'],
  ...['sl', 'sq', 'sr', 'sv', 'sw', 'ta', 'te', 'th', 'tr', 'uk', 'ur', 'vi', 'yue', 'zh'],
]

export const espeakVoices: readonly SpeechVoice[] = LANGUAGES.flatMap(language => [
  { name: 'male', language, gender: 'male' } as const,
  { name: 'female', language, gender: 'female' } as const,
])

/** The engine's variant for the name of a voice. */
export const espeakVariants: ReadonlyMap<string, string> = new Map([
  ['male', ''],
  ['female', 'f2'],
])
