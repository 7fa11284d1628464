export { type EndpointOptions, endpointCounters, openEndpoint, type SipEndpoint } from './endpoint.ts'
export { escapeUser, unescapeUser } from './message/escape.ts'
export type {
  HeaderField,
  HeaderPairs,
  NameAddr,
  SipMessage,
  SipRequest,
  SipResponse,
  SipUri,
  Uri,
} from './message/message.ts'
export { decodeText } from './message/text.ts'
export { parseUri, writeUri } from './message/uri.ts'
export { uriUser } from './message/user.ts'
export type * from './port.ts'
export { isReservedHeader } from './reserved-headers.ts'
export type { SipTimers } from './transaction/timers.ts'
