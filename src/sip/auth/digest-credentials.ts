/**
 * The credentials of a request (RFC 7616 section 3.4, RFC 3261 section 20.7), in octet text.
 */
import { HEX, isAll } from '../message/characters.ts'
import { unescapeUser } from '../message/escape.ts'
import { encodeText } from '../message/text.ts'
import { readAuthParams } from './auth-params.ts'
import { type DigestAlgorithm, findAlgorithm } from './digest.ts'

/** Longer names are nobody's, and would make tables of names large. */
const USERNAME_OCTETS = 255

export interface DigestCredentials {
  readonly username: string
  readonly realm: string
  readonly nonce: string
  /** As the client wrote it. */
  readonly uri: string
  readonly response: string
  /** MD5 when none is named; undefined for one that we do not have. */
  readonly algorithm: DigestAlgorithm | undefined
  /** Absent without qop: the scheme of RFC 2069. */
  readonly use?: NonceUse
}

/** One use of a nonce. */
interface NonceUse {
  /** `auth`, in the case of the client. */
  readonly qop: string
  readonly cnonce: string
  /** From 1. */
  readonly count: number
  /** Eight hexadecimal digits. */
  readonly countText: string
}

/** A single Authorization or Proxy-Authorization value; undefined when it is malformed, incomplete or not ours to read. */
export function parseCredentials(value: string): DigestCredentials | undefined {
  const params = readAuthParams(value)
  if (params === undefined) return undefined
  const username = readUsername(params)
  const realm = params.get('realm')
  const nonce = params.get('nonce')
  const uri = params.get('uri')
  const response = params.get('response')
  if (username === undefined || realm === undefined || nonce === undefined) return undefined
  if (uri === undefined || response === undefined) return undefined
  const algorithm = findAlgorithm(params.get('algorithm') ?? 'MD5')
  const plain = { username, realm, nonce, uri, response, algorithm }
  if (!params.has('qop')) return plain
  const use = readUse(params)
  return use && { ...plain, use }
}

type AuthParams = ReadonlyMap<string, string>

/** `username`, or `username*` in UTF-8 (RFC 7616 section 3.4.4, RFC 8187), not both. */
function readUsername(params: AuthParams): string | undefined {
  const extended = params.get('username*')
  const plain = params.get('username')
  const username = extended === undefined ? plain : plain === undefined ? readExtended(extended) : undefined
  return username !== undefined && username.length <= USERNAME_OCTETS ? username : undefined
}

function readExtended(value: string): string | undefined {
  const [charset, language, escaped] = value.split("'", 3)
  if (charset?.toLowerCase() !== 'utf-8' || language === undefined || escaped === undefined) return undefined
  return encodeText(unescapeUser(escaped))
}

function readUse(params: AuthParams): NonceUse | undefined {
  const qop = params.get('qop')
  const cnonce = params.get('cnonce')
  const countText = params.get('nc')
  if (qop?.toLowerCase() !== 'auth' || cnonce === undefined || countText === undefined) return undefined
  if (countText.length !== 8 || !isAll(HEX, countText)) return undefined
  const count = Number.parseInt(countText, 16)
  return count === 0 ? undefined : { qop, cnonce, count, countText }
}
