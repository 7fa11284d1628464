/**
 * `host` and `port` of URIs and Via (RFC 3261 section 25.1; IPv6 references as in RFC 5118).
 */
import { formatEndpoint, hostText } from '../../base/index.ts'
import { DIGIT, HEX, HOST, IPV6, isAll, LEFT_BRACKET, RIGHT_BRACKET } from './characters.ts'
import { type Cursor, peek, readClass, readNumber } from './cursor.ts'

/** Reads a host name, an IPv4 address or an IPv6 reference: lower case, without brackets. */
export function readHost(cursor: Cursor): string | undefined {
  if (peek(cursor) !== LEFT_BRACKET) return readClass(cursor, HOST).toLowerCase() || undefined
  cursor.at++
  const address = readClass(cursor, IPV6)
  if (peek(cursor) !== RIGHT_BRACKET || !isIpv6(address)) return undefined
  cursor.at++
  return address.toLowerCase()
}

/** Reads 1 .. 65535; -1 for anything else. Nothing can be sent to port 0, so it is no port here. */
export function readPort(cursor: Cursor): number {
  return readNumber(cursor, 65_535) || -1
}

/** `host[:port]` with the brackets that an IPv6 address needs. */
export function writeHostPort(host: string, port: number | undefined): string {
  return port === undefined ? hostText(host) : formatEndpoint({ address: host, port })
}

/** RFC 4291 section 2.2, without zones. */
export function isIpv6(text: string): boolean {
  const halves = text.split('::')
  const compressed = halves.length === 2
  if (halves.length > 2) return false
  const groups = halves.flatMap(half => (half === '' ? [] : half.split(':')))
  let count = 0
  for (const [index, group] of groups.entries()) {
    const last = index === groups.length - 1 && !text.endsWith('::')
    if (last && isIpv4(group)) count += 2
    else if (group.length <= 4 && isAll(HEX, group)) count += 1
    else return false
  }
  return compressed ? count <= 7 : count === 8
}

function isIpv4(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every(part => part.length <= 3 && isAll(DIGIT, part) && Number(part) <= 255)
}
