export type { SpeechProvider, SpeechVoice } from './provider.ts'
export { isSsml, readSsml, SSML_LIMIT_CHARACTERS } from './ssml.ts'
export { chooseVoice, type VoiceWish } from './voice-choice.ts'
