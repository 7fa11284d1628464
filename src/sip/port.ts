/**
 * SignalingPort: what a signalling stack offers to the calls room. The embedded stack implements it; an adapter to
 * an external one can too. Bodies are opaque. Every provisional response and every answer names its branch, the To
 * tag, since one INVITE can reach several phones (RFC 3261 section 12.1).
 */
import type { Endpoint } from '../base/index.ts'
import type { HeaderField, HeaderPairs, NameAddr, Uri } from './message/message.ts'
import type { Hop } from './transport/transport.ts'

export interface Body {
  readonly contentType: string
  readonly bytes: Uint8Array
}

export interface Credentials {
  readonly username: string
  readonly password: string
  /** Answer challenges of this realm only; absent: any realm of the called party. */
  readonly realm?: string
}

export interface Party {
  readonly uri: string
  readonly displayName?: string
}

export interface InviteParams {
  /** Request-URI, and To unless `to` is given. */
  readonly uri: string
  readonly to?: Party
  readonly from: Party
  /** Where to send: what `route` found for the URI, or for an outbound proxy. */
  readonly nextHop: Hop
  /**
   * Extra header lines, in Unicode here and everywhere in this port. Names that the stack owns (Via, From, CSeq ...) are
   * refused with the failure `reserved-header`, lines that cannot be sent with `bad-header`.
   */
  readonly headers?: HeaderPairs
  /** The offer; without it the answer carries the offer and `ack` the answer (RFC 3264, late offer). */
  readonly body?: Body
  readonly auth?: Credentials
  /** Hops left (RFC 3261 section 8.1.1.6); 70 when absent. */
  readonly maxForwards?: number
}

export interface ResponseInfo {
  readonly status: number
  readonly reason: string
  /** The To tag; undefined for 100 and for responses without a tag. */
  readonly branch: string | undefined
  readonly headers: readonly HeaderField[]
  readonly body: Body | undefined
}

/** Why an outgoing INVITE ended without an answer. */
export type InviteFailure =
  | { readonly cause: 'response'; readonly response: ResponseInfo }
  /** `timer` is the letter of RFC 3261 table 4 that ran out; `method` the transaction's. */
  | { readonly cause: 'timeout'; readonly timer: string; readonly method: string }
  | { readonly cause: 'unreachable'; readonly message: string }
  /** Our CANCEL was confirmed, or the INVITE was cancelled before anything came back. */
  | { readonly cause: 'canceled'; readonly response: ResponseInfo | undefined }

/** Why a dialog ended. */
export type DialogEnd =
  | { readonly cause: 'bye'; readonly headers: readonly HeaderField[] }
  /** A transaction of ours in the dialog ran out of time, or the 2xx was never acknowledged. */
  | { readonly cause: 'timeout'; readonly timer: string; readonly method: string }
  /** 481 or 408 to a request of ours (RFC 3261 section 12.2.1.2). */
  | { readonly cause: 'gone'; readonly status: number }

export type RequestOutcome =
  | { readonly ok: true; readonly response: ResponseInfo }
  | { readonly ok: false; readonly cause: 'response'; readonly response: ResponseInfo }
  | { readonly ok: false; readonly cause: 'timeout' | 'ended' | 'unreachable' }

export type InDialogMethod = 'INFO' | 'UPDATE' | 'REFER' | 'MESSAGE' | 'NOTIFY' | 'OPTIONS'

/** An established dialog. Calls on an ended one do nothing but report `ended`. */
export interface Dialog {
  readonly callId: string
  readonly localTag: string
  readonly remoteTag: string
  /** The local address used towards this peer. */
  readonly localAddress: string
  bye(headers?: HeaderPairs): void
  /** Glare is settled inside: 491 is retried once after the delay of RFC 3261 section 14.1. */
  reinvite(body: Body, done: (outcome: RequestOutcome) => void): void
  request(
    method: InDialogMethod,
    content: { readonly headers?: HeaderPairs; readonly body?: Body },
    done: (outcome: RequestOutcome) => void,
  ): void
}

export interface IncomingReinvite {
  /** Undefined: the peer asks for an offer. */
  readonly body: Body | undefined
  answer(body: Body): void
  reject(status: number, reason?: string): void
}

export interface IncomingRequest {
  readonly method: string
  readonly headers: readonly HeaderField[]
  readonly body: Body | undefined
  respond(
    status: number,
    content?: { readonly reason?: string; readonly headers?: HeaderPairs; readonly body?: Body },
  ): void
}

/** One owner hears what happens in a dialog. */
export interface DialogDelegate {
  onReinvite(request: IncomingReinvite): void
  /** Body of the ACK to a 2xx in which we made the offer. */
  onAckBody?(body: Body): void
  /** INFO, UPDATE, REFER, MESSAGE, NOTIFY; unanswered methods of others get 405. */
  onRequest(request: IncomingRequest): void
  /** Once. A BYE received has been answered; after `bye()` of ours it is not called. */
  onEnd(end: DialogEnd): void
}

export interface OutgoingCallDelegate extends DialogDelegate {
  /** 101-199, and 100 (branch undefined). */
  onProvisional(response: ResponseInfo): void
  /** The first 2xx, at most once; later ones of other branches are acknowledged and released inside. */
  onAnswered(answer: ResponseInfo, dialog: Dialog): void
  /** At most once, and not after `onAnswered`. */
  onFailed(failure: InviteFailure): void
  /** The BYE of ours was answered or gave up: the dialog is gone from the wire. `timer` set when it ran out of time. */
  onReleased?(result: { readonly timer?: string }): void
}

export interface OutgoingCall {
  readonly callId: string
  /** The local address towards the next hop. */
  readonly localAddress: string
  /**
   * Idempotent. CANCEL waits for a provisional response (RFC 3261 section 9.1); a 200 that crosses it is
   * acknowledged and released with BYE inside, and reported as `canceled`.
   */
  cancel(headers?: HeaderPairs): void
  /** The answer to an offer that came in a 2xx. Only when the INVITE had no body. */
  ack(body: Body): void
}

export interface IncomingCallDelegate extends DialogDelegate {
  /** The caller cancelled before a final answer; 487 has been sent. */
  onCancel(headers: readonly HeaderField[]): void
  /** The 2xx was acknowledged: the dialog is usable. Once. */
  onEstablished(dialog: Dialog): void
  onReleased?(result: { readonly timer?: string }): void
}

export interface IncomingCall {
  readonly callId: string
  readonly uri: Uri
  readonly from: NameAddr
  readonly to: NameAddr
  readonly headers: readonly HeaderField[]
  readonly body: Body | undefined
  readonly maxForwards: number
  /** Where the datagram came from. */
  readonly source: Endpoint
  /** The local address that routes to the caller: for SDP. */
  readonly localAddress: string
  /** Our To tag. */
  readonly localTag: string
  /** 180 Ringing. */
  ring(headers?: HeaderPairs): void
  /** 183 Session Progress with a body. */
  progress(body: Body, headers?: HeaderPairs): void
  /** 200 OK; sent again until the ACK comes (RFC 3261 section 13.3.1.4). Idempotent after a final response. */
  answer(body: Body, headers?: HeaderPairs): void
  /** A final response of 300-699. Idempotent after a final response. */
  reject(status: number, reason?: string, headers?: HeaderPairs): void
  /** Ends the call in whatever state: final response, or BYE as soon as it is allowed. */
  bye(headers?: HeaderPairs): void
}

/** The way to a peer: needed before the offer, whose address is the local one that routes there. */
export type Route =
  | { readonly ok: true; readonly nextHop: Hop; readonly localAddress: string }
  | { readonly ok: false; readonly message: string }

export interface SignalingPort {
  /** Finds the way to the host of a URI; `done` is called before this returns when the host is an IP literal. */
  route(uri: string, done: (route: Route) => void): void
  /** Throws the failure `bad-uri` or `bad-header` for values that cannot be sent. */
  invite(params: InviteParams, delegate: OutgoingCallDelegate): OutgoingCall
  /** A new INVITE outside any dialog, already checked and not a retransmission. Set once. */
  onInvite: (call: IncomingCall) => IncomingCallDelegate
}
