import type { Endpoint, Net } from '../../base/index.ts'

const isWildcard = (address: string): boolean => address === '0.0.0.0' || address === '::'

/**
 * The address that we name in Via and Contact is the one that routes to the peer, so that a switch bound to 0.0.0.0 is
 * reachable on every one of its networks.
 */
export const sentBy = (net: Net, local: Endpoint, remoteAddress: string): Endpoint => ({
  address: isWildcard(local.address) ? net.localAddressFor(remoteAddress) : local.address,
  port: local.port,
})
