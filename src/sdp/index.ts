export { localMediaDiffers } from './differs.ts'
export type {
  Direction,
  FormatRecord,
  LocalMedia,
  Negotiated,
  SdpFault,
} from './format.ts'
export {
  type Answered,
  acceptAnswer,
  answerOffer,
  createOffer,
  type Offer,
  offerFault,
  readOffer,
} from './offer-answer.ts'
