/**
 * The address that a c= line gives (RFC 8866 section 5.7): one host, of the family that our end has.
 */
import { type Family, familyOf, isGroup } from './address.ts'
import { fault } from './fault.ts'
import type { SdpFault } from './format.ts'
import type { Connection } from './lines.ts'

/** The address of a stream; `localAddress` is ours, for its family. A missing c= line is the fault of `mediaLine`. */
export function readAddress(
  connection: Connection | undefined,
  localAddress: string,
  mediaLine: number,
): string | SdpFault {
  if (connection === undefined) return fault('syntax', 'The audio stream has no c= line.', mediaLine)
  const { netType, addressType, line } = connection
  const version = netType === 'IN' ? ADDRESS_TYPES.get(addressType) : undefined
  if (version === undefined) return fault('unsupported-address', 'The c= line is not of type IN IP4 or IN IP6.', line)
  // Only a group has a TTL or a count behind a slash.
  const [address = '', suffix] = connection.address.split('/', 2)
  const found = familyOf(address)
  if (found === undefined && isHostName(address))
    return fault('unsupported-address', 'The c= line has a host name; an IP address is needed.', line)
  if (found !== version) return fault('syntax', `The c= line has no valid IPv${version} address.`, line)
  if (isGroup(address)) return fault('unsupported-address', 'The c= line has a group address.', line)
  if (suffix !== undefined) return fault('syntax', 'The c= line has a suffix behind the address of one host.', line)
  if (found !== familyOf(localAddress))
    return fault('unsupported-address', `Our end of the stream has no IPv${found} address.`, line)
  return address
}

const ADDRESS_TYPES: ReadonlyMap<string, Family> = new Map([
  ['IP4', 4],
  ['IP6', 6],
])

const isHostName = (text: string): boolean => /^[A-Za-z0-9_.-]+$/.test(text) && /[A-Za-z]/.test(text)
