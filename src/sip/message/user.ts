/**
 * Whom a URI names.
 */
import { unescapeUser } from './escape.ts'
import type { Uri } from './message.ts'
import { isSipUri } from './uri.ts'

/** The user part of a SIP URI, or the number of a tel URI, as Unicode text; empty when there is none. */
export function uriUser(uri: Uri): string {
  if (isSipUri(uri)) return uri.user === undefined ? '' : unescapeUser(uri.user)
  return uri.opaque.split(';')[0] as string
}
