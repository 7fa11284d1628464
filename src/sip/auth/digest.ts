/**
 * The hashing of digest, for both sides (RFC 7616 section 3.4.1 to 3.4.3; without qop RFC 2617 section 3.2.2.1). All
 * text is octet text.
 */
import { createHash } from 'node:crypto'

const HASHES = { 'SHA-256': 'sha256', 'SHA-256-sess': 'sha256', MD5: 'md5', 'MD5-sess': 'md5' } as const

/** As written in `algorithm` (RFC 8760 section 2.1). */
export type DigestAlgorithm = keyof typeof HASHES

/** By its name in any case; undefined for one that we do not have. */
export function findAlgorithm(text: string): DigestAlgorithm | undefined {
  const names = Object.keys(HASHES) as DigestAlgorithm[]
  return names.find(name => name.toLowerCase() === text.toLowerCase())
}

export function hashName(algorithm: DigestAlgorithm): 'sha256' | 'md5' {
  return HASHES[algorithm]
}

/** Whether nonce and cnonce are hashed into the secret. */
export function isSession(algorithm: DigestAlgorithm): boolean {
  return algorithm.endsWith('-sess')
}

/** H(username:realm:password) in lower-case hexadecimal: H(A1) of the algorithms that are not `-sess`. */
export function hashIdentity(algorithm: DigestAlgorithm, username: string, realm: string, password: string): string {
  return hash(algorithm, `${username}:${realm}:${password}`)
}

/** What is hashed into a response. */
export interface DigestTerms {
  readonly algorithm: DigestAlgorithm
  /** What `hashIdentity` made. */
  readonly identity: string
  readonly nonce: string
  readonly method: string
  /** The Request-URI as the client wrote it. */
  readonly uri: string
  /** The client's nonce; without qop only for `-sess`. */
  readonly cnonce: string
  /** Absent: the scheme of RFC 2069. */
  readonly qop?: string
  /** `nc` as written: eight hexadecimal digits. */
  readonly count: string
}

/** The `response` in lower-case hexadecimal. */
export function digestResponse(terms: DigestTerms): string {
  const { algorithm, cnonce, count, identity, nonce, qop } = terms
  const secret = isSession(algorithm) ? hash(algorithm, `${identity}:${nonce}:${cnonce}`) : identity
  const request = hash(algorithm, `${terms.method}:${terms.uri}`)
  const between = qop === undefined ? nonce : `${nonce}:${count}:${cnonce}:${qop}`
  return hash(algorithm, `${secret}:${between}:${request}`)
}

function hash(algorithm: DigestAlgorithm, text: string): string {
  return createHash(HASHES[algorithm]).update(text, 'latin1').digest('hex')
}
