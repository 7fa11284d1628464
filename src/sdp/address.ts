/**
 * IP literals of c= lines (RFC 8866 section 5.7).
 */

export type Family = 4 | 6

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`)
const IPV6_CHARACTERS = /^[0-9A-Fa-f:.]{2,45}$/

/** Undefined for anything but an address: a name, a zone (fe80::1%eth0), brackets, a prefix length. */
export function familyOf(text: string): Family | undefined {
  if (IPV4.test(text)) return 4
  return IPV6_CHARACTERS.test(text) && text.includes(':') && URL.canParse(urlOf(text)) ? 6 : undefined
}

/** 0.0.0.0 and ::, the address of no one. */
export const isUnspecified = (address: string): boolean => ['0.0.0.0', '[::]'].includes(canonical(address))

/** A group, or everyone on the link: nothing that one caller may point our packets at. */
export function isGroup(address: string): boolean {
  return address.includes(':') ? canonical(address).startsWith('[ff') : Number.parseInt(address, 10) >= 224
}

const urlOf = (ipv6: string): string => `http://[${ipv6}]/`

const canonical = (address: string): string => (address.includes(':') ? new URL(urlOf(address)).hostname : address)
