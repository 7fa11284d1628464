/**
 * Where a request goes: the host of its URI as an address and a port (RFC 3263 without NAPTR and SRV, which come
 * with the other transports).
 */
import { type Dns, type Endpoint, ipVersion } from '../base/index.ts'
import type { Uri } from './message/message.ts'
import { isSipUri, uriParam } from './message/uri.ts'

export type Located =
  | { readonly ok: true; readonly endpoint: Endpoint }
  | { readonly ok: false; readonly message: string }

const DEFAULT_PORT = 5060

/** `done` is called before this returns when the host is an IP literal. */
export function locate(dns: Dns, uri: Uri, done: (located: Located) => void): void {
  if (!isSipUri(uri)) {
    done({ ok: false, message: `A ${uri.scheme} URI has no address.` })
    return
  }
  const transport = uriParam(uri, 'transport')
  if (uri.scheme === 'sips' || (transport !== undefined && transport.toLowerCase() !== 'udp')) {
    done({ ok: false, message: `No transport for ${uri.scheme === 'sips' ? 'sips' : `transport=${transport}`}.` })
    return
  }
  const host = uriParam(uri, 'maddr') ?? uri.host
  const port = uri.port ?? DEFAULT_PORT
  if (ipVersion(host) !== 0) {
    done({ ok: true, endpoint: { address: host, port } })
    return
  }
  dns.addresses(host, resolved => {
    const address = resolved.ok ? resolved.addresses[0] : undefined
    if (address !== undefined) done({ ok: true, endpoint: { address, port } })
    else done({ ok: false, message: `${host}: ${resolved.ok ? 'no address' : resolved.message}` })
  })
}
