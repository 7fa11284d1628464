/**
 * A dialog as plain data (RFC 3261 section 12): who it is between, where its requests go.
 */
import { ipVersion } from '../../base/index.ts'
import { headerValue } from '../message/header.ts'
import type { NameAddr, SipRequest, SipResponse, Uri } from '../message/message.ts'
import { tagOf, writeNameAddr } from '../message/name-addr.ts'
import { param } from '../message/params.ts'
import { isSipUri, uriParam, writeUri } from '../message/uri.ts'
import type { Hop } from '../transport/transport.ts'

export interface DialogState {
  readonly callId: string
  readonly localTag: string
  readonly remoteTag: string
  /** Our From and the peer's To, with tags, as header text. */
  readonly localParty: string
  readonly remoteParty: string
  readonly remoteTarget: Uri
  /** First hop first. */
  readonly routeSet: readonly NameAddr[]
  /** Where the peer's messages come from. */
  readonly source: Hop
  /** We sent the INVITE: we own the Call-ID (RFC 3261 section 14.1). */
  readonly caller: boolean
}

export const dialogKey = (callId: string, localTag: string, remoteTag: string): string =>
  `${callId} ${localTag} ${remoteTag}`

/** RFC 3261 section 12.1.2: what the caller knows from a response with a To tag. */
export function dialogOfResponse(
  request: { readonly from: string; readonly uri: Uri; readonly localTag: string },
  response: SipResponse,
  source: Hop,
): DialogState {
  return {
    callId: response.callId,
    localTag: request.localTag,
    remoteTag: tagOf(response.to) ?? '',
    localParty: request.from,
    remoteParty: headerValue(response, 'to') ?? '',
    remoteTarget: contactOf(response) ?? request.uri,
    routeSet: response.recordRoutes.toReversed(),
    source,
    caller: true,
  }
}

/** RFC 3261 section 12.1.1: what the called party knows from the request that it accepts. */
export function dialogOfRequest(request: SipRequest, localTag: string, source: Hop): DialogState {
  const to = headerValue(request, 'to') ?? ''
  return {
    callId: request.callId,
    localTag,
    remoteTag: tagOf(request.from) ?? '',
    localParty: `${to};tag=${localTag}`,
    remoteParty: headerValue(request, 'from') ?? '',
    remoteTarget: contactOf(request) ?? request.from.uri,
    routeSet: request.recordRoutes,
    source,
    caller: false,
  }
}

export function contactOf(message: SipRequest | SipResponse): Uri | undefined {
  return message.contacts === '*' ? undefined : message.contacts[0]?.uri
}

/** A request in the dialog: Request-URI, Route lines, and the URI whose host gets it (RFC 3261 section 12.2.1.1). */
export interface RequestTarget {
  readonly uri: string
  readonly routes: readonly string[]
  readonly nextHop: Uri
}

export function requestTarget({ remoteTarget, routeSet }: DialogState): RequestTarget {
  const first = routeSet[0]
  if (!first) return { uri: writeUri(remoteTarget), routes: [], nextHop: remoteTarget }
  if (isLoose(first)) {
    return { uri: writeUri(remoteTarget), routes: routeSet.map(writeNameAddr), nextHop: first.uri }
  }
  // A strict router of RFC 2543: it expects itself in the Request-URI, and the target at the end of the route.
  const target: NameAddr = { uri: remoteTarget, params: [] }
  return { uri: writeUri(first.uri), routes: [...routeSet.slice(1), target].map(writeNameAddr), nextHop: first.uri }
}

const isLoose = (route: NameAddr): boolean =>
  isSipUri(route.uri) ? route.uri.params.some(([name]) => name === 'lr') : param(route.params, 'lr') !== undefined

/**
 * Departs from RFC 3261 section 12.2.1.1: a peer behind a NAT names a private address in Contact that we cannot reach;
 * without a route set we then answer to where its messages come from.
 */
export function unreachableContact(nextHop: Uri, state: DialogState): boolean {
  if (state.routeSet.length > 0 || !isSipUri(nextHop)) return false
  return isPrivate(nextHop.host) && !isPrivate(state.source.address)
}

/**
 * Whether a request may go over the connection that brought the peer's own, whatever port its Contact names: behind a
 * NAT there is no other way (RFC 5923 has the reasons; few send its `alias`).
 */
export function mayReuseConnection(nextHop: Uri, { routeSet, source }: DialogState): boolean {
  if (routeSet.length > 0 || !isSipUri(nextHop) || source.transport === undefined) return false
  const named = uriParam(nextHop, 'transport')
  return named === undefined || named.toUpperCase() === source.transport
}

/** RFC 1918 and RFC 6598: 10/8, 172.16/12, 192.168/16, 100.64/10. */
const PRIVATE = /^(?:10|172\.(?:1[6-9]|2[0-9]|3[01])|192\.168|100\.(?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7]))\./

const isPrivate = (host: string): boolean => ipVersion(host) === 4 && PRIVATE.test(host)
