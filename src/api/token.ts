/**
 * The bearer token of the API (RFC 6750). Only its hash is kept: a token is random and long, so that one round of
 * SHA-256 is enough.
 */
import { createHash, timingSafeEqual } from 'node:crypto'

/** SHA-256 in hexadecimal digits. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex')

/** Checks an Authorization header in a time that does not depend on how much of the token is right. */
export function tokenCheck(hash: string): (authorization: string | undefined) => boolean {
  const expected = Buffer.from(hash, 'hex')
  return authorization => {
    const [, token = ''] = /^Bearer +([\x21-\x7e]{1,512})$/i.exec(authorization ?? '') ?? []
    return timingSafeEqual(Buffer.from(hashToken(token), 'hex'), expected) && token !== ''
  }
}
