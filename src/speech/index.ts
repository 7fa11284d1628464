export type { SpeechProvider, SpeechRequest, SpeechResult, SpeechSink, SpeechVoice } from './provider.ts'
export { speak } from './speak.ts'
export { isSsml, readSsml, SSML_LIMIT_CHARACTERS } from './ssml.ts'
export { chooseVoice, type VoiceWish } from './voice-choice.ts'
