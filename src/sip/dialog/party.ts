/**
 * From and To as text, from what a user of the stack gives.
 */
import { Failure } from '../../base/index.ts'
import { writeNameAddr } from '../message/name-addr.ts'
import { encodeText } from '../message/text.ts'
import { parseUri } from '../message/uri.ts'
import type { Party } from '../port.ts'

export function partyText(party: Party): string {
  const uri = parseUri(encodeText(party.uri))
  if (!uri) throw new Failure('bad-uri', `Not a URI: ${JSON.stringify(party.uri)}`)
  return writeNameAddr({
    uri,
    params: [],
    ...(party.displayName === undefined ? {} : { displayName: encodeText(party.displayName) }),
  })
}
