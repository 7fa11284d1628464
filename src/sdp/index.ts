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
export {
  type Accepted,
  type Answered,
  acceptAnswer,
  answerOffer,
  createOffer,
  type Offer,
  offerFault,
  readOffer,
} from './offer-answer.ts'
