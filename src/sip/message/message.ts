/**
 * SIP messages as values (RFC 3261 section 7).
 *
 * Header text is kept byte for byte: one UTF-16 unit per octet of the wire ("latin1"), so that a message written
 * again has the same bytes. `decodeText` turns such a string into Unicode for people.
 */

/**
 * Parameters in order, names in lower case; a flag parameter has no value. Values of header parameters are kept
 * without quotes and their escapes, values of URI parameters as written. Use `param` and `uriParam` to look one up.
 */
export type Params = readonly (readonly [name: string, value: string | undefined])[]

/** A sip or sips URI (RFC 3261 section 19.1). */
export interface SipUri {
  readonly scheme: 'sip' | 'sips'
  /** Escapes kept as written. */
  readonly user?: string
  readonly password?: string
  /** Lower case; an IPv6 reference without its brackets. */
  readonly host: string
  readonly port?: number
  readonly params: Params
  /** The text after `?`, as written. */
  readonly headers?: string
}

/** Any other absolute URI, such as tel. */
export interface OtherUri {
  readonly scheme: string
  /** Everything after the colon. */
  readonly opaque: string
}

export type Uri = SipUri | OtherUri

/** From, To, Contact, Route and their kin (RFC 3261 section 20.10). */
export interface NameAddr {
  /** Without quotes and escapes. */
  readonly displayName?: string
  readonly uri: Uri
  readonly params: Params
}

export interface Via {
  /** Upper case: UDP, TCP, TLS, WS, WSS. */
  readonly transport: string
  /** Lower case; IPv6 without brackets. */
  readonly host: string
  readonly port?: number
  readonly params: Params
}

export interface CSeq {
  readonly number: number
  readonly method: string
}

/** One header field line; folding is undone, list values are not split. */
export interface HeaderField {
  /** Lower-case long form: `v` and `VIA` are both `via`. */
  readonly key: string
  /** As written. */
  readonly name: string
  readonly value: string
}

/** What requests and responses share. */
export interface MessageBase {
  readonly headers: readonly HeaderField[]
  /** Topmost first; at least one. */
  readonly via: readonly Via[]
  readonly from: NameAddr
  readonly to: NameAddr
  readonly callId: string
  readonly cseq: CSeq
  /** Empty when absent; `*` only in REGISTER. */
  readonly contacts: readonly NameAddr[] | '*'
  readonly routes: readonly NameAddr[]
  readonly recordRoutes: readonly NameAddr[]
  readonly maxForwards?: number
  /** Lower case, without parameters. */
  readonly contentType?: string
  /** A view of the datagram that was parsed. */
  readonly body: Uint8Array
}

export interface SipRequest extends MessageBase {
  readonly kind: 'request'
  /** Case is significant. */
  readonly method: string
  readonly uri: Uri
}

export interface SipResponse extends MessageBase {
  readonly kind: 'response'
  readonly status: number
  readonly reason: string
}

export type SipMessage = SipRequest | SipResponse

/** Header lines to be written, in order. */
export type HeaderPairs = readonly (readonly [name: string, value: string])[]

/** Stable names of what can be wrong with a datagram. */
export type FaultCode =
  /** Nothing but line ends and NULs: somebody keeps a binding open (RFC 5626 section 3.5). Never answered. */
  | 'keep-alive'
  /** More than `MESSAGE_LIMITS` allow; answered 513. */
  | 'too-large'
  | 'start-line'
  /** A SIP version other than 2.0; answered 505. */
  | 'version'
  /** Includes the missing empty line. */
  | 'header-syntax'
  | 'missing-header'
  /** A header that may come once came twice. */
  | 'duplicate-header'
  /** Not a number, or more than the datagram holds. */
  | 'content-length'
  /** The method in CSeq is not that of the request line. */
  | 'cseq-mismatch'

export interface ParseFault {
  readonly ok: false
  readonly code: FaultCode
  /** A sentence without anything from the datagram; also the reason phrase of a 400. */
  readonly message: string
  /** Octets from the start of the datagram. */
  readonly offset: number
  /** The key of the header at fault, where one is known. */
  readonly header?: string
  /**
   * What a server answers: the status and the header lines that every response copies (RFC 3261 section 8.2.6.2:
   * Via, From, To, Call-ID, CSeq, as far as they could be read; octets as they came, so To may still be malformed).
   * Absent where nothing may be answered: a response, an ACK, or a request without a usable Via.
   */
  readonly reply?: {
    readonly status: number
    readonly reason: string
    readonly via: Via
    readonly headers: HeaderPairs
  }
}

export type ParseResult = { readonly ok: true; readonly message: SipMessage } | ParseFault
