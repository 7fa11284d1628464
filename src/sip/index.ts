export { endpointCounters, openEndpoint, type SipEndpoint } from './endpoint.ts'
export { escapeUser } from './message/escape.ts'
export type {
  HeaderPairs,
  SipResponse,
} from './message/message.ts'
export { decodeText } from './message/text.ts'
export { parseUri, writeUri } from './message/uri.ts'
export { uriUser } from './message/user.ts'
export type * from './port.ts'
export { isReservedHeader } from './reserved-headers.ts'
export type { SipTimers } from './transaction/timers.ts'
