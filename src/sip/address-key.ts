/**
 * Who counts as one source. An IPv6 subscriber has a /64 to himself (RFC 4291 section 2.5.1) and as many addresses as
 * he likes, so that his network counts; IPv4 counts by address, also when it comes mapped into IPv6.
 */
import { ipVersion } from '../base/index.ts'

/** The eight groups of an IPv6 literal without brackets; undefined for anything else. A zone is ignored. */
function ipv6Groups(address: string): readonly number[] | undefined {
  if (!address.includes(':') || ipVersion(address) !== 6) return undefined
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').split('::')
  const left = groupsOf(head)
  const right = groupsOf(tail ?? '')
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right]
}

function groupsOf(text: string): readonly number[] {
  if (text === '') return []
  return text.split(':').flatMap(group => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)]
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
    return [a * 256 + b, c * 256 + d]
  })
}

/** RFC 4291 section 2.5.5.2. */
function mappedIpv4(groups: readonly number[]): string | undefined {
  if (groups[5] !== 0xffff || groups.slice(0, 5).some(group => group !== 0)) return undefined
  return [groups[6] ?? 0, groups[7] ?? 0].flatMap(group => [group >> 8, group & 255]).join('.')
}

const hexText = (groups: readonly number[]): string => groups.map(group => group.toString(16)).join(':')

/** One key per address, however it is written. Anything that is no IP literal is its own key. */
export function addressKey(address: string): string {
  const groups = ipv6Groups(address)
  return groups === undefined ? address : (mappedIpv4(groups) ?? hexText(groups))
}

/** One key per source: an IPv4 address or the /64 of an IPv6 address. */
export function sourceKey(address: string): string {
  const groups = ipv6Groups(address)
  return groups === undefined ? address : (mappedIpv4(groups) ?? `${hexText(groups.slice(0, 4))}::/64`)
}

/** Whether the address is of this machine: 127.0.0.0/8 or ::1. */
export function isLoopback(address: string): boolean {
  const key = addressKey(address)
  return key === '0:0:0:0:0:0:0:1' || (key.startsWith('127.') && ipVersion(key) === 4)
}
