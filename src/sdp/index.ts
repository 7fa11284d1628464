export { localMediaDiffers } from './differs.ts'
export type {
  Direction,
  FormatRecord,
  LocalMedia,
  Negotiated,
  SdpFault,
} from './format.ts'
export {
  acceptAnswer,
  answerOffer,
  createOffer,
  type Offer,
  readOffer,
} from './offer-answer.ts'
