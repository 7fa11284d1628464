export { codecFormats } from './codec/registry.ts'
export { sampleRatesHz } from './dsp/resample.ts'
export { type ToneCountry, type TonePlan, tonePlans } from './dsp/tone-plans.ts'
export { DecodeThread } from './file/decode-thread.ts'
export type { SoundFault, SoundFaultCode } from './file/fault.ts'
export { type DecodedSound, type DecodeSound, decodeSound, type SoundResult } from './file/sound.ts'
export { LocalMedia, type LocalMediaOptions } from './local-media.ts'
export { MediaHost, type MediaHostOptions } from './media-host.ts'
export { PcmStream } from './pcm-stream.ts'
export type {
  LegHandle,
  LegStatistics,
  MediaCounts,
  MediaEvent,
  MediaPort,
  OpenLeg,
  PlaySpec,
  RemoteMedia,
  Sound,
  TaskHandle,
  ToneSpec,
} from './port.ts'
export { type PromptFault, type PromptOptions, type PromptPort, type PromptResult, Prompts } from './prompts.ts'
export { defaultPortRange, type PortRange } from './rtp/ports.ts'
