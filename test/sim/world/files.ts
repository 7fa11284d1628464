/**
 * Files and names in memory.
 */
import type { Dns, Files } from '../../../src/base/index.ts'
import type { SimClock } from './clock.ts'

export class SimFiles implements Files {
  readonly contents = new Map<string, Uint8Array>()
  delayMs = 1
  readonly #clock: SimClock

  constructor(clock: SimClock) {
    this.#clock = clock
  }

  read: Files['read'] = (path, maxBytes, done) => {
    const bytes = this.contents.get(path)
    this.#clock.after(this.delayMs, () => {
      if (!bytes) done({ ok: false, code: 'missing', message: `${path}: no such file` })
      else if (bytes.byteLength > maxBytes) done({ ok: false, code: 'too-large', message: `${path} is too large` })
      else done({ ok: true, bytes })
    })
  }
}

export class SimDns implements Dns {
  readonly hosts = new Map<string, readonly string[]>()
  delayMs = 2
  readonly #clock: SimClock

  constructor(clock: SimClock) {
    this.#clock = clock
  }

  addresses: Dns['addresses'] = (host, done) => {
    const addresses = this.hosts.get(host)
    this.#clock.after(this.delayMs, () =>
      done(addresses ? { ok: true, addresses } : { ok: false, message: 'no such name' }),
    )
  }
}
