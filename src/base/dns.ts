/**
 * Name resolution as an argument.
 */
import { lookup } from 'node:dns/promises'

export type Resolved =
  | { readonly ok: true; readonly addresses: readonly string[] }
  | { readonly ok: false; readonly message: string }

export interface Dns {
  /** IPv4 addresses first, in the system's order (hosts file included). `done` runs once, never synchronously. */
  addresses(host: string, done: (result: Resolved) => void): void
}

export const systemDns: Dns = {
  addresses(host, done) {
    lookup(host, { all: true, verbatim: false }).then(
      found => done({ ok: true, addresses: found.map(entry => entry.address) }),
      (error: Error) => done({ ok: false, message: error.message }),
    )
  },
}
