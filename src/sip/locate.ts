/**
 * Where a request goes: the host of its URI as an address and a port (RFC 3263 without NAPTR and SRV, which come
 * with the other transports).
 */
import { type Dns, ipVersion } from '../base/index.ts'
import type { Uri } from './message/message.ts'
import { isSipUri, uriParam } from './message/uri.ts'
import type { Hop } from './transport/transport.ts'

export type Located = { readonly ok: true; readonly hop: Hop } | { readonly ok: false; readonly message: string }

const DEFAULT_PORT = 5060

/** `done` is called before this returns when the host is an IP literal. */
export function locate(dns: Dns, uri: Uri, done: (located: Located) => void): void {
  if (!isSipUri(uri)) {
    done({ ok: false, message: `A ${uri.scheme} URI has no address.` })
    return
  }
  const named = uriParam(uri, 'transport')?.toUpperCase() ?? 'UDP'
  if (uri.scheme === 'sips' || (named !== 'UDP' && named !== 'TCP')) {
    done({ ok: false, message: `No transport for ${uri.scheme === 'sips' ? 'sips' : `transport=${named}`}.` })
    return
  }
  const hop = (address: string): Hop => (named === 'UDP' ? { address, port } : { address, port, transport: named })
  const host = uriParam(uri, 'maddr') ?? uri.host
  const port = uri.port ?? DEFAULT_PORT
  if (ipVersion(host) !== 0) {
    done({ ok: true, hop: hop(host) })
    return
  }
  dns.addresses(host, resolved => {
    const address = resolved.ok ? resolved.addresses[0] : undefined
    if (address !== undefined) done({ ok: true, hop: hop(address) })
    else done({ ok: false, message: `${host}: ${resolved.ok ? 'no address' : resolved.message}` })
  })
}
