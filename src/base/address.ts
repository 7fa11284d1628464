/**
 * IP literals as text.
 */
import { isIP } from 'node:net'
import type { Endpoint } from './net.ts'

/** 4 or 6 for an IP literal without brackets, 0 for anything else. A zone (fe80::1%eth0) is part of a literal. */
export const ipVersion: (text: string) => number = isIP

/** The form in which the system reports a source: IPv6 in lower case with zeros shortened (RFC 5952). */
export function canonicalAddress(address: string): string {
  if (ipVersion(address) !== 6 || address.includes('%')) return address
  return new URL(`http://[${address}]`).hostname.slice(1, -1)
}

/** A host as it stands in URIs and Via: an IPv6 address in brackets (RFC 3986 section 3.2.2), all else as it is. */
export const hostText = (host: string): string => (host.includes(':') ? `[${host}]` : host)

/** `192.0.2.1:5060` or `[2001:db8::1]:5060`. */
export const formatEndpoint = ({ address, port }: Endpoint): string => `${hostText(address)}:${port}`
