/**
 * The API with everything behind it under the test's hand; requests are injected, there is no socket.
 */
import { createApi, type Health, hashToken, tokenCheck } from '../../../src/api/index.ts'
import { createMetrics, type Log, silentLog } from '../../../src/base/index.ts'
import type { Placed, Placement } from '../../../src/calls/index.ts'
import type { ApplicationInfo, LegInfo, Program } from '../../../src/flow/index.ts'

export const TOKEN = 'token-of-this-test'

export const LEG: LegInfo = {
  id: '7d1b7a5c-0c76-4a54-9f2b-6a4f8f1f2f3a',
  direction: 'outbound',
  callId: '',
  from: '1000',
  to: '2000',
  state: 'trying',
  sipStatus: 0,
  sipReason: '',
  peerAddress: '',
}

export const APPLICATION: ApplicationInfo = {
  sid: 'app-1',
  accountSid: 'account-1',
  dialect: 'jambonz',
  callHook: { url: 'https://app.test/call', method: 'POST' },
  secret: 'shared',
}

export const NONE: ApplicationInfo = { sid: '', accountSid: 'account-1', dialect: 'jambonz' }

export const ECHO: Program = { dialect: 'built-in', ops: [] }

export class Desk {
  readonly placements: Placement[] = []
  readonly logged: string[] = []
  readonly metrics = createMetrics()
  isOpen = true
  health: Health = { ready: true, parts: { sip: { ok: true, detail: 'UDP' }, store: { ok: true, detail: '0 rows' } } }
  place: (placement: Placement, done: (placed: Placed) => void) => void = (placement, done) => {
    this.placements.push(placement)
    done({ ok: true, leg: LEG })
  }
  readonly #api = createApi({
    log: { ...silentLog, error: (_fields: object, message: string) => this.logged.push(message) } as Log,
    metrics: this.metrics,
    health: () => this.health,
    version: '1.2.3',
    node: 'node-1',
    accountSid: 'account-1',
    authorized: tokenCheck(hashToken(TOKEN)),
    applications: {
      find: sid => {
        if (sid === 'built-in') return { application: NONE, program: () => ECHO }
        return sid === APPLICATION.sid ? { application: APPLICATION } : undefined
      },
      none: NONE,
    },
    place: (placement, done) => this.place(placement, done),
    isOpen: () => this.isOpen,
  })

  async get(url: string): Promise<Answer> {
    return answerOf(await this.#api.app.inject({ method: 'GET', url }))
  }

  /** Asks for a call, with the token and as JSON unless told otherwise. */
  async call(body: unknown, { headers = {}, account = 'account-1' }: CallOptions = {}): Promise<Answer> {
    const payload = typeof body === 'string' ? body : JSON.stringify(body)
    return answerOf(
      await this.#api.app.inject({
        method: 'POST',
        url: `/jambonz/v1/Accounts/${account}/Calls`,
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
        payload,
      }),
    )
  }
}

interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>
  readonly account?: string
}

export interface Answer {
  readonly status: number
  readonly type: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  /** Of a JSON body. */
  readonly json: Readonly<Record<string, unknown>>
}

interface Injected {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

function answerOf({ statusCode, headers, body }: Injected): Answer {
  const type = String(headers['content-type'] ?? '')
  const json = type.includes('json') ? (JSON.parse(body) as Record<string, unknown>) : {}
  return { status: statusCode, type, headers, text: body, json }
}
