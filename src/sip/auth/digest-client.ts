/**
 * Digest authentication as a client (RFC 7616 and RFC 8760, compatible with RFC 2617): qop `auth` and none,
 * SHA-256 and MD5, each also as `-sess`. Challenges that ask for anything else are not seen at all.
 */
import { type Random, randomToken } from '../../base/index.ts'
import { quote } from '../message/cursor.ts'
import type { HeaderField, SipResponse } from '../message/message.ts'
import { encodeText } from '../message/text.ts'
import type { Credentials } from '../port.ts'
import { readAuthParams } from './auth-params.ts'
import { type DigestAlgorithm, digestResponse, findAlgorithm, hashIdentity, hashName, isSession } from './digest.ts'

/** What a server wants to know, in octet text, without quotes and escapes. */
export interface Challenge {
  /** Who asks: the answer goes into Authorization or Proxy-Authorization. */
  readonly from: 'server' | 'proxy'
  readonly realm: string
  readonly nonce: string
  readonly opaque?: string
  readonly algorithm: DigestAlgorithm
  /** As the server spelled it, to be repeated; absent when it named none, which means MD5. */
  readonly algorithmText?: string
  /** Absent: the scheme of RFC 2069, without cnonce and count. */
  readonly qop?: 'auth'
  /** The nonce was too old; the credentials may be right. */
  readonly stale: boolean
}

/** What a digest is made of beside the challenge. */
export interface DigestInput {
  readonly username: string
  readonly password: string
  readonly method: string
  /** The Request-URI as written. */
  readonly uri: string
  /** How often this nonce has been used, from 1. */
  readonly nonceCount: number
  /** Fresh randomness of ours; a token. */
  readonly cnonce: string
}

type HeaderPair = readonly [name: string, value: string]

/**
 * The header that answers a 401 or 407, for the first realm that the credentials are for; undefined when there is
 * none among the challenges that we can answer, and for any other response.
 */
export function authorizationFor(
  response: Pick<SipResponse, 'status' | 'headers'>,
  method: string,
  uri: string,
  credentials: Credentials,
  random: Random,
): HeaderPair | undefined {
  if (response.status !== 401 && response.status !== 407) return undefined
  const { username, password, realm } = credentials
  const wanted = realm === undefined ? undefined : encodeText(realm)
  const challenge = readChallenges(response.headers).find(({ realm }) => wanted === undefined || realm === wanted)
  if (challenge === undefined) return undefined
  const cnonce = randomToken(random, 22)
  return answerChallenge(challenge, { username, password, method, uri, nonceCount: 1, cnonce })
}

/**
 * The challenges of a response that we can answer: for each asker and realm the strongest algorithm, the topmost
 * among equals. RFC 8760 section 2.4 lets local policy choose; ours is strength.
 */
export function readChallenges(headers: readonly HeaderField[]): readonly Challenge[] {
  const chosen = new Map<string, Challenge>()
  for (const { key, value } of headers) {
    const from = ASKERS.get(key)
    const challenge = from && parseChallenge(value, from)
    if (challenge === undefined) continue
    const place = `${challenge.from} ${challenge.realm}`
    const rival = chosen.get(place)
    if (rival === undefined || isStronger(challenge, rival)) chosen.set(place, challenge)
  }
  return [...chosen.values()]
}

const ASKERS: ReadonlyMap<string, Challenge['from']> = new Map([
  ['www-authenticate', 'server'],
  ['proxy-authenticate', 'proxy'],
])

function isStronger(a: Challenge, b: Challenge): boolean {
  return hashName(a.algorithm) === 'sha256' && hashName(b.algorithm) === 'md5'
}

/**
 * A single WWW-Authenticate or Proxy-Authenticate value. Undefined when it is malformed, has a parameter twice, lacks
 * realm or nonce, or asks for what we do not have.
 */
export function parseChallenge(value: string, from: Challenge['from']): Challenge | undefined {
  const params = readAuthParams(value)
  const realm = params?.get('realm')
  const nonce = params?.get('nonce')
  if (params === undefined || realm === undefined || nonce === undefined) return undefined
  const algorithmText = params.get('algorithm')
  const algorithm = findAlgorithm(algorithmText ?? 'MD5')
  const qops = params.get('qop')
  const offered = qops?.split(',').map(qop => qop.trim().toLowerCase())
  if (algorithm === undefined || offered?.includes('auth') === false) return undefined
  const opaque = params.get('opaque')
  return {
    from,
    realm,
    nonce,
    ...(opaque !== undefined && { opaque }),
    algorithm,
    ...(algorithmText !== undefined && { algorithmText }),
    ...(offered && { qop: 'auth' }),
    stale: params.get('stale')?.toLowerCase() === 'true',
  }
}

/** The header that answers a challenge (RFC 7616 section 3.4; without qop RFC 2617 section 3.2.2.1). */
export function answerChallenge(challenge: Challenge, input: DigestInput): HeaderPair {
  const { algorithmText, opaque, qop } = challenge
  const count = input.nonceCount.toString(16).padStart(8, '0')
  const params = [
    `username=${quote(encodeText(input.username))}`,
    `realm=${quote(challenge.realm)}`,
    `nonce=${quote(challenge.nonce)}`,
    `uri=${quote(input.uri)}`,
    `response="${digest(challenge, input, count)}"`,
  ]
  if (algorithmText !== undefined) params.push(`algorithm=${algorithmText}`)
  // A -sess digest cannot be checked without it, whatever RFC 2617 says about a cnonce without qop.
  if (qop || isSession(challenge.algorithm)) params.push(`cnonce=${quote(input.cnonce)}`)
  if (opaque !== undefined) params.push(`opaque=${quote(opaque)}`)
  if (qop) params.push(`qop=${qop}`, `nc=${count}`)
  return [challenge.from === 'proxy' ? 'Proxy-Authorization' : 'Authorization', `Digest ${params.join(', ')}`]
}

function digest(challenge: Challenge, input: DigestInput, count: string): string {
  const { algorithm, nonce, qop, realm } = challenge
  const { cnonce, method, uri } = input
  const identity = hashIdentity(algorithm, encodeText(input.username), realm, encodeText(input.password))
  return digestResponse({ algorithm, identity, nonce, method, uri, cnonce, count, ...(qop && { qop }) })
}
