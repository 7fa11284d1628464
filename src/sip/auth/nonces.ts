/**
 * Nonces that nobody has to remember (RFC 7616 section 3.3): time, salt, and a seal over both, the realm and the address
 * of who was asked. A flood of requests without credentials leaves nothing behind, and what one source was given is
 * worth nothing to another.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { type Clock, type Random, randomToken } from '../../base/index.ts'

const TIME_CHARS = 12
/** 60 bits, so that two clients behind one address never count the same nonce. */
const SALT_CHARS = 10
/** 132 bits of HMAC-SHA-256. */
const SEAL_CHARS = 22
const SALTED_CHARS = TIME_CHARS + SALT_CHARS

export class Nonces {
  readonly #clock: Clock
  readonly #random: Random
  readonly #key: string

  /** `random`: cryptographic. The key lives as long as this object: nonces of another process are strangers' ones. */
  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
    this.#key = randomToken(random, 43)
  }

  /** A fresh nonce, fit for a quoted string. `realm` in octet text, `address` the IP literal of the source. */
  issue(realm: string, address: string): string {
    const time = Math.floor(this.#clock.now()).toString(16).padStart(TIME_CHARS, '0')
    const salted = time + randomToken(this.#random, SALT_CHARS)
    return salted + this.#seal(salted, realm, address)
  }

  /** When the nonce was issued, in ms of the clock; undefined unless it was, here, for this realm and address. */
  issuedMs(nonce: string, realm: string, address: string): number | undefined {
    if (nonce.length !== SALTED_CHARS + SEAL_CHARS) return undefined
    const salted = nonce.slice(0, SALTED_CHARS)
    const seal = Buffer.from(nonce.slice(SALTED_CHARS), 'latin1')
    if (!timingSafeEqual(seal, Buffer.from(this.#seal(salted, realm, address), 'latin1'))) return undefined
    return Number.parseInt(nonce.slice(0, TIME_CHARS), 16)
  }

  #seal(salted: string, realm: string, address: string): string {
    // Neither salt nor address can contain a line break, so that the parts cannot be shifted.
    const sealed = createHmac('sha256', this.#key).update(`${salted}\n${address}\n${realm}`, 'latin1')
    return sealed.digest('base64url').slice(0, SEAL_CHARS)
  }
}
