/**
 * A clock that stands still until told, and records to fill a store with.
 */
import { type Clock, type Log, noMetrics, silentLog } from '../../../src/base/index.ts'
import type {
  ApplicationRecord,
  EndedLegRecord,
  LegRecord,
  StoreOptions,
  TrunkRecord,
  UserRecord,
} from '../../../src/store/index.ts'

interface Armed {
  readonly dueMs: number
  readonly run: () => void
}

export class StillClock implements Clock {
  #nowMs = 0
  #armed: Armed[] = []

  now(): number {
    return this.#nowMs
  }

  wallMs(): number {
    return 1_700_000_000_000 + this.#nowMs
  }

  after(delayMs: number, run: () => void): { cancel(): void } {
    const timer = { dueMs: this.#nowMs + delayMs, run }
    this.#armed.push(timer)
    return {
      cancel: () => {
        this.#armed = this.#armed.filter(entry => entry !== timer)
      },
    }
  }

  get timers(): number {
    return this.#armed.length
  }

  /** Runs what falls due within `ms`, in order of time and then of arming. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms
    for (let next = this.#nextDue(untilMs); next; next = this.#nextDue(untilMs)) {
      const due = next
      this.#armed = this.#armed.filter(entry => entry !== due)
      this.#nowMs = due.dueMs
      due.run()
    }
    this.#nowMs = untilMs
  }

  #nextDue(untilMs: number): Armed | undefined {
    const due = this.#armed.filter(({ dueMs }) => dueMs <= untilMs)
    return due.sort((a, b) => a.dueMs - b.dueMs)[0]
  }
}

export const optionsWith = (clock: Clock, changes: Partial<StoreOptions> = {}): StoreOptions => ({
  clock,
  log: silentLog,
  metrics: noMetrics,
  node: 'node-1',
  ...changes,
})

/** Keeps what is said at warn and above. */
export function memoryLog(): Log & { readonly messages: string[] } {
  const messages: string[] = []
  const keep = (_fields: object, message: string): void => {
    messages.push(message)
  }
  return { ...silentLog, warn: keep, error: keep, messages }
}

export const leg = (legSid: string, changes: Partial<LegRecord> = {}): LegRecord => ({
  legSid,
  sessionSid: `session of ${legSid}`,
  direction: 'inbound',
  sipCallId: `${legSid}@192.0.2.1`,
  from: '+4511111111',
  to: '+4522222222',
  startedAtMs: 1_700_000_000_000,
  ...changes,
})

export const endedLeg = (legSid: string, changes: Partial<EndedLegRecord> = {}): EndedLegRecord => ({
  ...leg(legSid),
  ringingAtMs: 1_700_000_000_100,
  answeredAtMs: 1_700_000_002_000,
  endedAtMs: 1_700_000_062_000,
  durationMs: 62_000,
  billedMs: 60_000,
  disposition: 'completed',
  sipStatus: 200,
  sipReason: 'OK',
  endedBy: 'caller',
  media: { packetsReceived: 3000, jitterMs: 0.25 },
  ...changes,
})

export const application: ApplicationRecord = {
  sid: 'app-1',
  accountSid: 'account-1',
  name: 'Menu',
  callHook: { url: 'https://example.com/call', method: 'POST', username: 'u', password: 'p' },
  callStatusHook: { url: 'https://example.com/status', method: 'GET' },
  secret: 'shared',
  fallbackDocument: [{ verb: 'say', text: 'Sorry' }],
}

export const trunk: TrunkRecord = {
  name: 'carrier',
  host: 'sip.example.com',
  port: 5060,
  username: 'me',
  password: 'pw',
  realm: 'example.com',
  outbound: true,
  priority: 10,
  weight: 5,
  numberFormat: 'no-plus',
  fromDomain: 'example.com',
  mediaSources: ['203.0.113.5', '203.0.113.6'],
}

export const user: UserRecord = {
  username: 'alice',
  domain: 'example.com',
  secret: { sha256: 'ab'.repeat(32) },
  contact: 'sip:alice@192.0.2.7:5060',
}
