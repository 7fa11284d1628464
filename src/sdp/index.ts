export { localMediaDiffers } from './differs.ts'
export type {
  ClosedStream,
  Direction,
  FormatRecord,
  LocalMedia,
  Negotiated,
  SdpFault,
  SdpFaultCode,
} from './format.ts'
export { type Accepted, type Answered, acceptAnswer, answerOffer, createOffer } from './offer-answer.ts'
