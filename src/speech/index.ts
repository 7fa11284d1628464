export type { SpeechProvider, SpeechVoice } from './provider.ts'
export { chooseVoice, type VoiceWish } from './voice-choice.ts'
