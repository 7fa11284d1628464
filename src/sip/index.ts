export { type EndpointOptions, openEndpoint, type SipEndpoint } from './endpoint.ts'
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
export type * from './port.ts'
export { isReservedHeader } from './reserved-headers.ts'
