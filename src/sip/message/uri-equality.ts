/**
 * When two URIs name the same thing (RFC 3261 section 19.1.4). Not transitive: a parameter that only one of them
 * has is mostly ignored.
 */
import { normalizeEscapes } from './escape.ts'
import type { SipUri, Uri } from './message.ts'
import { param } from './params.ts'
import { isSipUri } from './uri.ts'

/** Parameters that must be in both URIs or in neither. `transport` is among them by the examples of the section. */
const DECISIVE = ['user', 'ttl', 'method', 'maddr', 'transport']

export function uriEquals(a: Uri, b: Uri): boolean {
  if (!isSipUri(a) || !isSipUri(b))
    return !isSipUri(a) && !isSipUri(b) && a.scheme === b.scheme && a.opaque === b.opaque
  return (
    a.scheme === b.scheme &&
    a.host === b.host &&
    a.port === b.port &&
    sameEscaped(a.user, b.user) &&
    sameEscaped(a.password, b.password) &&
    DECISIVE.every(name => sameParam(a, b, name)) &&
    a.params.every(([name]) => param(b.params, name) === undefined || sameParam(a, b, name)) &&
    sameHeaders(a.headers, b.headers)
  )
}

/** Case counts. A `#` that was sent plainly, against the grammar, is an escaped one. */
function sameEscaped(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return normalizeEscapes(a).replaceAll('#', '%23') === normalizeEscapes(b).replaceAll('#', '%23')
}

function sameParam(a: SipUri, b: SipUri, name: string): boolean {
  return sameEscaped(param(a.params, name)?.toLowerCase(), param(b.params, name)?.toLowerCase())
}

/** Headers in any order; values are compared as text. */
function sameHeaders(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  const left = headerList(a)
  const right = headerList(b)
  return left.length === right.length && left.every((header, index) => header === right[index])
}

function headerList(headers: string): string[] {
  return headers
    .split('&')
    .map(header => {
      const name = header.split('=', 1)[0] ?? ''
      return normalizeEscapes(name).toLowerCase() + normalizeEscapes(header.slice(name.length))
    })
    .sort()
}
