/**
 * What happens to a message by where it comes from, before anything is parsed or answered. Dropped without a word: an
 * answer would tell a scanner that somebody is here. An IPv4 address or an IPv6 /64 is one source.
 */
import type { Clock } from '../../base/index.ts'
import { addressKey, isLoopback, sourceKey } from '../address-key.ts'
import { MESSAGE_LIMITS } from '../message/limits.ts'
import { RecentMap } from '../recent-map.ts'
import { type BanLimits, type Conduct, DEFAULT_BANS, judge, type Offender, unsuspected } from './offences.ts'
import { isScanner, SCANNERS } from './scanner.ts'
import { fullBucket, type Rate, type TokenBucket, takeToken } from './token-bucket.ts'

export interface GuardOptions {
  readonly clock: Clock
  /** IP literals of trunks and proxies. They may send as much as they like and are never banned. */
  readonly allow?: readonly string[]
  /** Treats 127.0.0.0/8 and ::1 like those. */
  readonly allowLoopback?: boolean
  /** Longer messages are dropped, whoever sends them. Default `MESSAGE_LIMITS.messageOctets`. */
  readonly messageOctets?: number
  /** Messages of one source. Default 200 per second, 1,000 at once. */
  readonly rate?: Rate
  readonly bans?: BanLimits
  /** Parts of User-Agent in lower case. */
  readonly scanners?: readonly string[]
  /**
   * So long after a login nothing but wrong credentials bans a source, since anybody can send the rest in its name.
   * Default 3,600,000.
   */
  readonly trustMs?: number
  /** Sources remembered, for the rate, for what they did wrong, for their logins each. Default 20,000. */
  readonly sources?: number
}

export type DropCause = 'too-large' | 'banned' | 'rate' | 'scanner'

export type GuardDecision = { readonly action: 'pass' } | { readonly action: 'drop'; readonly because: DropCause }

/** A ban that has just begun. */
export interface Ban {
  /** The IPv4 address or IPv6 /64. */
  readonly source: string
  readonly because: Conduct
  readonly banMs: number
  /** From 1. */
  readonly bans: number
}

/** Since the start. */
export interface GuardCounts {
  readonly passed: number
  readonly dropped: { readonly [cause in DropCause]: number }
  readonly bans: number
}

export class Guard {
  readonly #clock: Clock
  readonly #allowed: ReadonlySet<string>
  readonly #allowLoopback: boolean
  readonly #messageOctets: number
  readonly #rate: Rate
  readonly #bans: BanLimits
  readonly #scanners: readonly string[]
  readonly #trustMs: number
  readonly #buckets: RecentMap<string, TokenBucket>
  /** Apart from the buckets, so that a flood from many addresses does not end bans. */
  readonly #offenders: RecentMap<string, Offender>
  /** When a source last logged in. */
  readonly #loginsMs: RecentMap<string, number>
  readonly #dropped: { [cause in DropCause]: number } = { 'too-large': 0, banned: 0, rate: 0, scanner: 0 }
  #passed = 0
  #banned = 0

  constructor(options: GuardOptions) {
    this.#clock = options.clock
    this.#allowed = new Set(options.allow?.map(addressKey))
    this.#allowLoopback = options.allowLoopback ?? false
    this.#messageOctets = options.messageOctets ?? MESSAGE_LIMITS.messageOctets
    this.#rate = options.rate ?? { perSecond: 200, burst: 1_000 }
    this.#bans = options.bans ?? DEFAULT_BANS
    this.#scanners = options.scanners ?? SCANNERS
    this.#trustMs = options.trustMs ?? 3_600_000
    const sources = options.sources ?? 20_000
    this.#buckets = new RecentMap(sources)
    this.#offenders = new RecentMap(sources)
    this.#loginsMs = new RecentMap(sources)
  }

  get counts(): GuardCounts {
    return { passed: this.#passed, dropped: { ...this.#dropped }, bans: this.#banned }
  }

  /** Sources remembered, in all tables, once in each. */
  get size(): number {
    return this.#buckets.size + this.#offenders.size + this.#loginsMs.size
  }

  /** Whether to look at a message. `address`: the IP literal that it came from; `bytes` borrowed until return. */
  check(address: string, bytes: Uint8Array): GuardDecision {
    const because = bytes.byteLength > this.#messageOctets ? 'too-large' : this.#dropCause(address, bytes)
    if (because === undefined) {
      this.#passed++
      return PASS
    }
    this.#dropped[because]++
    return DROPS[because]
  }

  /** Notes what a source did. Returns the ban if that was one too many. Once per transaction. */
  report(address: string, conduct: Conduct): Ban | undefined {
    return this.#isAllowed(address) ? undefined : this.#note(sourceKey(address), conduct)
  }

  #dropCause(address: string, bytes: Uint8Array): DropCause | undefined {
    if (this.#isAllowed(address)) return undefined
    const source = sourceKey(address)
    const now = this.#clock.now()
    if ((this.#offenders.peek(source)?.bannedUntilMs ?? now) > now) return 'banned'
    if (!this.#takeToken(source, now)) return 'rate'
    if (!isScanner(bytes, this.#scanners)) return undefined
    this.#note(source, 'scanner')
    return 'scanner'
  }

  #takeToken(source: string, nowMs: number): boolean {
    const known = this.#buckets.get(source)
    const bucket = known ?? fullBucket(this.#rate, nowMs)
    if (known === undefined) this.#buckets.set(source, bucket)
    return takeToken(bucket, this.#rate, nowMs)
  }

  #note(source: string, because: Conduct): Ban | undefined {
    const now = this.#clock.now()
    if (because === 'accepted') this.#loginsMs.set(source, now)
    else if (because !== 'wrong-credentials' && this.#isTrusted(source, now)) return undefined
    const before = this.#offenders.get(source)
    // A request that was on its way when the ban began makes it no longer; honest sources take up no room.
    if (before === undefined ? because === 'accepted' : before.bannedUntilMs > now) return undefined
    const after = judge(before ?? unsuspected(now), because, this.#bans, now)
    this.#offenders.set(source, after)
    if (after.bannedUntilMs <= now) return undefined
    this.#banned++
    return { source, because, banMs: after.bannedUntilMs - now, bans: after.bans }
  }

  #isTrusted(source: string, nowMs: number): boolean {
    const loginMs = this.#loginsMs.peek(source)
    return loginMs !== undefined && nowMs - loginMs <= this.#trustMs
  }

  #isAllowed(address: string): boolean {
    if (this.#allowed.size > 0 && this.#allowed.has(addressKey(address))) return true
    return this.#allowLoopback && isLoopback(address)
  }
}

/** Made once: a flood is dropped without making anything. */
const PASS: GuardDecision = Object.freeze({ action: 'pass' })
const DROPS: { readonly [cause in DropCause]: GuardDecision } = {
  'too-large': Object.freeze({ action: 'drop', because: 'too-large' }),
  banned: Object.freeze({ action: 'drop', because: 'banned' }),
  rate: Object.freeze({ action: 'drop', because: 'rate' }),
  scanner: Object.freeze({ action: 'drop', because: 'scanner' }),
}
