/**
 * IP literals as text that can be compared.
 */

/** The form in which the system reports a source: IPv6 in lower case with zeros shortened (RFC 5952). */
export function canonicalAddress(address: string): string {
  if (!address.includes(':') || address.includes('%') || !URL.canParse(`http://[${address}]`)) return address
  return new URL(`http://[${address}]`).hostname.slice(1, -1)
}
