/**
 * Digest credentials as a server checks them (RFC 7616 section 3.4), written apart from the switch's own.
 */
import { createHash } from 'node:crypto'

export type Credentials = ReadonlyMap<string, string>

/** The parameters of an Authorization value. */
export function readCredentials(value: string): Credentials {
  const params = new Map<string, string>()
  for (const [, name = '', quoted, plain] of value
    .replace(/^Digest\s+/, '')
    .matchAll(/(\w+)=(?:"([^"]*)"|([^,\s]*))/g)) {
    params.set(name, quoted ?? plain ?? '')
  }
  return params
}

/** Whether the password that the credentials were made with is the right one. */
export function isRight(
  credentials: Credentials,
  password: string,
  method: string,
  algorithm: 'md5' | 'sha256',
): boolean {
  const hash = (text: string): string => createHash(algorithm).update(text).digest('hex')
  const param = (name: string): string => credentials.get(name) ?? ''
  const identity = hash(`${param('username')}:${param('realm')}:${password}`)
  const request = hash(`${method}:${param('uri')}`)
  const between = credentials.has('qop')
    ? `${param('nonce')}:${param('nc')}:${param('cnonce')}:${param('qop')}`
    : param('nonce')
  return param('response') === hash(`${identity}:${between}:${request}`)
}
