export { codecFormats } from './codec/registry.ts'
export { type ToneCountry, type TonePlan, tonePlans } from './dsp/tone-plans.ts'
export { DecodeThread } from './file/decode-thread.ts'
export { type DecodedSound, decodeSound, type SoundResult } from './file/sound.ts'
export { LocalMedia } from './local-media.ts'
export { MediaHost } from './media-host.ts'
export { PcmStream } from './pcm-stream.ts'
export type {
  LegHandle,
  LegStatistics,
  MediaCounts,
  MediaEvent,
  MediaPort,
  RemoteMedia,
  Sound,
  TaskHandle,
  ToneSpec,
} from './port.ts'
export { type PromptOptions, type PromptPort, type PromptResult, Prompts } from './prompts.ts'
export type { PortRange } from './rtp/ports.ts'
