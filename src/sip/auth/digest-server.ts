/**
 * Digest authentication as a server (RFC 3261 section 22, RFC 7616, RFC 8760): SHA-256 offered first and MD5 second,
 * qop `auth` only. Nothing is remembered of who has not shown the right password.
 */
import { timingSafeEqual } from 'node:crypto'
import { type Clock, type Random, randomToken } from '../../base/index.ts'
import { quote } from '../message/cursor.ts'
import { headerValues } from '../message/header.ts'
import type { HeaderPairs, SipRequest, Uri } from '../message/message.ts'
import { decodeText, encodeText } from '../message/text.ts'
import { parseUri } from '../message/uri.ts'
import { uriEquals } from '../message/uri-equality.ts'
import { type DigestAlgorithm, digestResponse, hashIdentity } from './digest.ts'
import { type DigestCredentials, parseCredentials } from './digest-credentials.ts'
import type { LockOut } from './lock-out.ts'
import { NonceCounts } from './nonce-counts.ts'
import { Nonces } from './nonces.ts'

/** What a server offers; `-sess` would make it remember sessions. */
export type OfferedAlgorithm = Extract<DigestAlgorithm, 'SHA-256' | 'MD5'>

/** What proves a user: his password in Unicode, or H(A1) in lower-case hexadecimal for the algorithms that are stored. */
export type Secret =
  | { readonly password: string }
  | { readonly identities: { readonly [algorithm in OfferedAlgorithm]?: string } }

export interface DigestServerOptions {
  readonly clock: Clock
  /** Cryptographic. */
  readonly random: Random
  /**
   * Finds what proves a user, now or later; calls `found` once, with undefined for a user who does not exist. Name and
   * realm in Unicode.
   */
  lookUp(username: string, realm: string, found: (secret: Secret | undefined) => void): void
  /** `server` asks with 401 and WWW-Authenticate, `proxy` with 407 and Proxy-Authenticate. Default `server`. */
  readonly from?: 'server' | 'proxy'
  /** Strongest first, as RFC 8760 section 2.4 has them listed. Default SHA-256, MD5. */
  readonly algorithms?: readonly OfferedAlgorithm[]
  /** How long a nonce may be used. Default 60,000. */
  readonly nonceLifetimeMs?: number
  /** Nonces whose counts are remembered, each for a client that is logged in. Default 50,000. */
  readonly nonces?: number
  /**
   * Takes the scheme of RFC 2069 from clients that ignore the qop which we offer. Such a request can be replayed from
   * its address for as long as its nonce lives.
   */
  readonly allowWithoutQop?: boolean
  /**
   * Whether a digest made for another URI than the Request-URI is meant for us, which proxies in between make happen
   * (RFC 3261 section 22.4 item 6). Default: it is not.
   */
  acceptUri?(digestUri: Uri): boolean
  readonly lockOut?: LockOut
}

/** Why a client is asked again. All but `stale` and `replay` look the same from outside. */
export type ChallengeCause =
  /** No credentials for our realm that can be read. */
  | 'missing'
  /** A nonce that we did not give to this address for this realm, maybe before a restart. */
  | 'foreign-nonce'
  | 'stale'
  /** A nonce count used before, with the right digest. */
  | 'replay'
  /** The wrong password, or no such user. */
  | 'wrong'
  | 'locked'

export type RefusalCause = 'uri-mismatch' | 'algorithm' | 'no-qop'

export type DigestVerdict =
  /** `user` in Unicode. */
  | { readonly kind: 'accepted'; readonly user: string }
  | {
      readonly kind: 'challenge'
      readonly status: 401 | 407
      /** One header line for each algorithm. */
      readonly lines: HeaderPairs
      readonly stale: boolean
      readonly because: ChallengeCause
      /** Who the client claims to be, in Unicode; absent with `missing`. */
      readonly user?: string
    }
  /** To be answered with status and reason: asking again would not help (RFC 7616 section 3.4). */
  | { readonly kind: 'refused'; readonly status: 400; readonly reason: string; readonly because: RefusalCause }

/** Whom we ask, and as whom. */
export interface DigestPlace {
  /** In Unicode. */
  readonly realm: string
  /** The IP literal that the request came from. */
  readonly address: string
}

type DigestRequest = Pick<SipRequest, 'method' | 'uri' | 'headers'>

/** A proxy chain leaves one set of credentials for each realm; more of ours than this is not a client. */
const CANDIDATES = 4
const REFUSALS: { readonly [cause in RefusalCause]: string } = {
  'uri-mismatch': 'Digest URI Mismatch',
  algorithm: 'Digest Algorithm Not Offered',
  'no-qop': 'Digest Without qop',
}

/** Credentials for our realm that may be worth a look-up. */
interface Claim {
  readonly kind: 'claim'
  readonly credentials: DigestCredentials
  readonly algorithm: OfferedAlgorithm
  readonly issuedMs: number
  readonly user: string
}

export class DigestServer {
  readonly #options: DigestServerOptions
  readonly #algorithms: readonly OfferedAlgorithm[]
  readonly #lifetimeMs: number
  readonly #nonces: Nonces
  readonly #counts: NonceCounts
  readonly #opaque: string
  /** Hashed in place of the password of a user who has none. */
  readonly #decoy: string

  constructor(options: DigestServerOptions) {
    this.#options = options
    this.#algorithms = options.algorithms ?? ['SHA-256', 'MD5']
    this.#lifetimeMs = options.nonceLifetimeMs ?? 60_000
    this.#nonces = new Nonces(options.clock, options.random)
    this.#counts = new NonceCounts({ nonces: options.nonces ?? 50_000, lifetimeMs: this.#lifetimeMs })
    this.#opaque = randomToken(options.random, 16)
    this.#decoy = randomToken(options.random, 22)
  }

  /**
   * Who a request is from. `done` is called once, before this returns if the look-up answers at once. To be called once
   * per transaction, retransmissions are the transaction layer's; never for ACK and CANCEL, which cannot be challenged
   * (RFC 3261 section 22.1).
   */
  check(request: DigestRequest, place: DigestPlace, done: (verdict: DigestVerdict) => void): void {
    const claim = this.#claim(request, place)
    if (claim.kind !== 'claim') {
      done(claim)
      return
    }
    let found = false
    this.#options.lookUp(claim.user, place.realm, secret => {
      if (found) return
      found = true
      done(this.#judge(request.method, place, claim, secret))
    })
  }

  /** All that can be said without knowing the user. */
  #claim(request: DigestRequest, place: DigestPlace): Claim | DigestVerdict {
    const credentials = this.#choose(request, place)
    if (credentials === undefined) return this.#challenge(place, 'missing')
    const user = decodeText(credentials.username)
    const issuedMs = this.#nonces.issuedMs(credentials.nonce, credentials.realm, place.address)
    if (issuedMs === undefined) return this.#challenge(place, 'foreign-nonce', user)
    const algorithm = this.#algorithms.find(offered => offered === credentials.algorithm)
    if (algorithm === undefined) return refusal('algorithm')
    if (credentials.use === undefined && !this.#options.allowWithoutQop) return refusal('no-qop')
    if (!this.#isForUri(request.uri, credentials.uri)) return refusal('uri-mismatch')
    if (this.#options.clock.now() - issuedMs > this.#lifetimeMs) return this.#challenge(place, 'stale', user)
    if (this.#isLocked(user, place)) return this.#challenge(place, 'locked', user)
    return { kind: 'claim', credentials, algorithm, issuedMs, user }
  }

  /** Credentials for our realm: those with a nonce of ours, or else the first (RFC 3261 section 22.3 allows several). */
  #choose(request: DigestRequest, { realm, address }: DigestPlace): DigestCredentials | undefined {
    const octets = encodeText(realm)
    const values = headerValues(request, this.#isProxy ? 'proxy-authorization' : 'authorization')
    const ours: DigestCredentials[] = []
    for (const value of values) {
      const credentials = parseCredentials(value)
      if (credentials?.realm === octets) ours.push(credentials)
      if (ours.length === CANDIDATES) break
    }
    if (ours.length < 2) return ours[0]
    return ours.find(({ nonce }) => this.#nonces.issuedMs(nonce, octets, address) !== undefined) ?? ours[0]
  }

  #judge(method: string, place: DigestPlace, claim: Claim, secret: Secret | undefined): DigestVerdict {
    const { user } = claim
    const { lockOut } = this.#options
    // Again: guesses sent at once were all looked up before the first was found wrong.
    if (this.#isLocked(user, place)) return this.#challenge(place, 'locked', user)
    if (!this.#isRight(method, claim, secret)) {
      lockOut?.failed(user, place.address)
      return this.#challenge(place, 'wrong', user)
    }
    lockOut?.succeeded(user, place.address)
    return this.#isFresh(claim) ? { kind: 'accepted', user } : this.#challenge(place, 'replay', user)
  }

  /** The same work for everybody, whether he exists, and whatever is stored of him. */
  #isRight(method: string, { credentials, algorithm }: Claim, secret: Secret | undefined): boolean {
    const { nonce, realm, response, uri, use, username } = credentials
    const password = secret !== undefined && 'password' in secret ? secret.password : ''
    const hashed = hashIdentity(algorithm, username, realm, encodeText(password || this.#decoy))
    const stored = secret !== undefined && 'identities' in secret ? secret.identities[algorithm] : undefined
    const expected = digestResponse({
      algorithm,
      identity: stored ?? hashed,
      nonce,
      method,
      uri,
      cnonce: use?.cnonce ?? '',
      count: use?.countText ?? '',
      ...(use && { qop: use.qop }),
    })
    return isEqual(response, expected) && (password !== '' || stored !== undefined)
  }

  #isFresh({ credentials, issuedMs }: Claim): boolean {
    const { nonce, use } = credentials
    return use === undefined || this.#counts.use(nonce, issuedMs, use.count, this.#options.clock.now())
  }

  #isForUri(requestUri: Uri, text: string): boolean {
    const uri = parseUri(text)
    return uri !== undefined && (uriEquals(uri, requestUri) || this.#options.acceptUri?.(uri) === true)
  }

  #isLocked(user: string, { address }: DigestPlace): boolean {
    return (this.#options.lockOut?.lockedForMs(user, address) ?? 0) > 0
  }

  get #isProxy(): boolean {
    return this.#options.from === 'proxy'
  }

  #challenge({ realm, address }: DigestPlace, because: ChallengeCause, user?: string): DigestVerdict {
    const octets = encodeText(realm)
    const stale = because === 'stale' || because === 'replay'
    const nonce = this.#nonces.issue(octets, address)
    const start = `Digest realm=${quote(octets)}, nonce="${nonce}", opaque="${this.#opaque}"${stale ? ', stale=true' : ''}`
    const name = this.#isProxy ? 'Proxy-Authenticate' : 'WWW-Authenticate'
    return {
      kind: 'challenge',
      status: this.#isProxy ? 407 : 401,
      lines: this.#algorithms.map(algorithm => [name, `${start}, algorithm=${algorithm}, qop="auth"`] as const),
      stale,
      because,
      ...(user !== undefined && { user }),
    }
  }
}

function refusal(because: RefusalCause): DigestVerdict {
  return { kind: 'refused', status: 400, reason: REFUSALS[because], because }
}

/** In a time that tells nothing of how much is equal; the length is the algorithm's, no secret. */
function isEqual(given: string, expected: string): boolean {
  const a = Buffer.from(given, 'latin1')
  const b = Buffer.from(expected, 'latin1')
  return a.length === b.length && timingSafeEqual(a, b)
}
