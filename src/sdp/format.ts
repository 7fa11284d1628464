/**
 * Media formats and the result of a negotiation, as plain data (RFC 3264, RFC 8866). Nothing here assumes 8 kHz
 * or 20 ms: G.722 has an RTP clock of 8,000 and audio at 16,000 Hz, Opus a clock of 48,000.
 */

export interface FormatRecord {
  /** Encoding name as in rtpmap, compared without regard to case: PCMU, PCMA, telephone-event. */
  readonly name: string
  /** 0-127; absent in a record that describes a codec with no static payload type. */
  readonly payloadType?: number
  /** RTP timestamp units per second. */
  readonly clockRateHz: number
  /** Samples per second and channel of the audio itself. */
  readonly sampleRateHz: number
  readonly channels: number
  /** Duration of one frame: a packet carries whole frames. */
  readonly frameMs: number
  /** Text of a=fmtp without the payload type; empty when there is none. */
  readonly fmtp: string
}

/** From our end: `sendonly` means that we send and do not listen. */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'

/** A stream of the session that carries nothing: its m= line stays, with port 0, for good (RFC 3264 section 8). */
export interface ClosedStream {
  /** Position among the m= lines; our audio has the one that no closed stream has. */
  readonly index: number
  readonly type: string
  readonly protocol: string
  readonly formats: readonly string[]
}

/** Our end of one audio stream. */
export interface LocalMedia {
  /** IP literal for c= and o=. */
  readonly address: string
  readonly port: number
  /** o= line: constant for the life of the dialog. */
  readonly sessionId: number
  /** o= line: goes up by one whenever our description changes. */
  readonly sessionVersion: number
  /** In order of preference, each with the payload type that we want to receive it under. */
  readonly formats: readonly FormatRecord[]
  readonly ptimeMs: number
  readonly direction: Direction
  /** Offer RTCP on the RTP port (RFC 5761). An answer has it whenever the offer does, whatever stands here. */
  readonly rtcpMux?: boolean
  /** What earlier descriptions of the dialog had beside our audio; an answer takes them from its offer. */
  readonly closedStreams?: readonly ClosedStream[]
}

/** What both ends agreed on for the audio stream, seen from our end. */
export interface Negotiated {
  /** The address is 0.0.0.0 or :: when the peer holds in the old way: nothing may be sent there, RTCP included. */
  readonly remote: {
    readonly address: string
    readonly port: number
    readonly rtcpPort: number
    readonly rtcpMux: boolean
  }
  /** The format we send, with the payload type under which the peer wants it. */
  readonly send: FormatRecord
  /** The formats we must accept, with the payload types under which they arrive. */
  readonly receive: readonly FormatRecord[]
  /** RFC 4733; each side may use another payload type. Absent: the peer does not take events. */
  readonly events?: {
    readonly sendPayloadType: number
    readonly receivePayloadType: number
    readonly clockRateHz: number
  }
  /** What we may do: an offer of `sendonly` leaves us `recvonly`. */
  readonly direction: Direction
  /** The peer put us on hold: it offered sendonly, inactive or the address 0.0.0.0 (RFC 3264 section 8.4). */
  readonly held: boolean
  /** Packet duration to send: the peer's a=ptime within 10-60 ms and its maxptime, else ours. */
  readonly ptimeMs: number
}

export type SdpFaultCode =
  /** Not an SDP description, or a line of it means nothing. */
  | 'syntax'
  /** More bytes, lines, streams or formats than any honest peer sends. */
  | 'too-large'
  /** No audio stream, or none with a port. */
  | 'no-audio'
  /** Audio, but not over plain RTP: SAVP, SAVPF, DTLS. */
  | 'unsupported-transport'
  /** A host name, a group address, or an address of the family that our end does not have. */
  | 'unsupported-address'
  | 'no-common-codec'
  /** An answer that does not fit the offer it answers. */
  | 'answer-mismatch'
  /** The answer refuses our audio: its port is 0. */
  | 'rejected'

export interface SdpFault {
  readonly ok: false
  readonly code: SdpFaultCode
  readonly message: string
  /** 1-based line of the description, where one is at fault. */
  readonly line?: number
  /** What to answer on SIP: 400 for what cannot be read, 488 for what cannot be agreed. */
  readonly status: 400 | 488
}
