export type { Direction, FormatRecord, LocalMedia, Negotiated, SdpFault } from './format.ts'
