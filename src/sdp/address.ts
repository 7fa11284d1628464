/**
 * IP literals of c= lines (RFC 8866 section 5.7).
 */
import { canonicalAddress, ipVersion } from '../base/index.ts'

export type Family = 4 | 6

/** Undefined for anything but an address: a name, a zone (fe80::1%eth0), brackets, a prefix length. */
export function familyOf(text: string): Family | undefined {
  const version = ipVersion(text)
  return (version === 4 || version === 6) && !text.includes('%') ? version : undefined
}

/** 0.0.0.0 and ::, the address of no one. */
export const isUnspecified = (address: string): boolean => ['0.0.0.0', '::'].includes(canonicalAddress(address))

/** A group, or everyone on the link: nothing that one caller may point our packets at. */
export function isGroup(address: string): boolean {
  return address.includes(':') ? canonicalAddress(address).startsWith('ff') : Number.parseInt(address, 10) >= 224
}
