import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { authorizationFor } from '../../../../src/sip/auth/digest-client.ts'
import {
  DigestServer,
  type DigestServerOptions,
  type DigestVerdict,
  type Secret,
} from '../../../../src/sip/auth/digest-server.ts'
import { DEFAULT_LOCK_OUT, LockOut } from '../../../../src/sip/auth/lock-out.ts'
import type { HeaderField, Uri } from '../../../../src/sip/message/message.ts'
import { parseUri } from '../../../../src/sip/message/uri.ts'
import { handClock, seededRandom } from '../surroundings.ts'

const REALM = 'biloxi.example'
const ADDRESS = '192.0.2.1'
const PLACE = { realm: REALM, address: ADDRESS }
const TARGET = 'sip:biloxi.example'

const hash = (algorithm: 'md5' | 'sha256', text: string): string => createHash(algorithm).update(text).digest('hex')

function uriOf(text: string): Uri {
  const uri = parseUri(text)
  if (uri === undefined) throw new Error(`No URI: ${text}`)
  return uri
}

/** What a client puts into its header, made apart from the switch's own client; `changes` wins. */
interface Attempt {
  readonly algorithm?: 'md5' | 'sha256'
  readonly password?: string
  readonly count?: number
  readonly changes?: Readonly<Record<string, string | undefined>>
}

function authorization(nonce: string, { algorithm = 'sha256', password = 'zanzibar', count = 1, changes }: Attempt) {
  const nc = count.toString(16).padStart(8, '0')
  const given = { username: 'bob', realm: REALM, nonce, uri: TARGET, nc, cnonce: 'c', qop: 'auth', ...changes }
  const identity = hash(algorithm, `bob:${REALM}:${password}`)
  const between = given.qop === undefined ? nonce : `${nonce}:${given.nc}:${given.cnonce}:${given.qop}`
  const response = hash(algorithm, `${identity}:${between}:${hash(algorithm, `REGISTER:${given.uri}`)}`)
  const params = { algorithm: algorithm === 'md5' ? 'MD5' : 'SHA-256', response, ...given }
  const written = Object.entries(params).flatMap(([name, value]) => {
    if (value === undefined) return []
    return [`${name}=${['algorithm', 'nc', 'qop'].includes(name) ? value : `"${value}"`}`]
  })
  return `Digest ${written.join(', ')}`
}

interface Bench {
  readonly clock: ReturnType<typeof handClock>
  readonly server: DigestServer
  readonly lookedUp: string[]
  check(values: readonly string[], address?: string, uri?: string): DigestVerdict
  /** The nonce of a fresh challenge. */
  nonce(address?: string): string
  attempt(attempt?: Attempt & { readonly nonce?: string }): DigestVerdict
}

function bench(options: Partial<DigestServerOptions> = {}, seed = 'a'): Bench {
  const clock = handClock()
  const lookedUp: string[] = []
  const server = new DigestServer({
    clock,
    random: seededRandom(seed),
    lookUp(username, realm, found) {
      lookedUp.push(`${username}@${realm}`)
      found(username === 'bob' ? { password: 'zanzibar' } : undefined)
    },
    ...options,
  })
  const key = options.from === 'proxy' ? 'proxy-authorization' : 'authorization'
  const check = (values: readonly string[], address = ADDRESS, uri = TARGET): DigestVerdict => {
    const verdicts: DigestVerdict[] = []
    const headers = values.map((value): HeaderField => ({ key, name: key, value }))
    server.check({ method: 'REGISTER', uri: uriOf(uri), headers }, { realm: REALM, address }, v => verdicts.push(v))
    expect(verdicts).toHaveLength(1)
    return verdicts[0] as DigestVerdict
  }
  const nonce = (address = ADDRESS): string => nonceOf(check([], address))
  return {
    clock,
    server,
    lookedUp,
    check,
    nonce,
    attempt: ({ nonce: given, ...attempt } = {}) => check([authorization(given ?? nonce(), attempt)]),
  }
}

function nonceOf(verdict: DigestVerdict): string {
  if (verdict.kind !== 'challenge') throw new Error(verdict.kind)
  return /nonce="([^"]+)"/.exec(verdict.lines[0]?.[1] ?? '')?.[1] ?? ''
}

const ACCEPTED = { kind: 'accepted', user: 'bob' }
const asked = (because: string, stale = false) => ({ kind: 'challenge', because, stale })

describe('a challenge', () => {
  test('offers SHA-256 first and MD5 second, one line each, with qop auth', () => {
    const verdict = bench().check([])
    expect(verdict).toMatchObject({ ...asked('missing'), status: 401 })
    const lines = verdict.kind === 'challenge' ? verdict.lines : []
    expect(lines.map(([name, value]) => [name, value.replace(/(nonce|opaque)="[\w-]+"/g, '$1')])).toEqual([
      ['WWW-Authenticate', `Digest realm="${REALM}", nonce, opaque, algorithm=SHA-256, qop="auth"`],
      ['WWW-Authenticate', `Digest realm="${REALM}", nonce, opaque, algorithm=MD5, qop="auth"`],
    ])
  })

  test('of a proxy is a 407', () => {
    const verdict = bench({ from: 'proxy' }).check([])
    expect(verdict).toMatchObject({
      status: 407,
      lines: [['Proxy-Authenticate', expect.anything()], expect.anything()],
    })
  })

  test('offers what it is told to', () => {
    const verdict = bench({ algorithms: ['MD5'] }).check([])
    expect(verdict).toMatchObject({ lines: [[expect.anything(), expect.stringContaining('algorithm=MD5')]] })
    expect(verdict).toHaveProperty('lines.length', 1)
  })

  test('quotes a realm of any letters', () => {
    const { server } = bench()
    const place = { realm: 'Bü"ro', address: ADDRESS }
    server.check({ method: 'REGISTER', uri: uriOf(TARGET), headers: [] }, place, verdict => {
      const lines = verdict.kind === 'challenge' ? verdict.lines : []
      expect(lines[0]?.[1]).toContain('realm="B\xc3\xbc\\"ro"')
    })
  })
})

describe('the right password', () => {
  test.each(['sha256', 'md5'] as const)('is accepted with %s', algorithm => {
    expect(bench().attempt({ algorithm })).toEqual(ACCEPTED)
  })

  test.each(['server', 'proxy'] as const)('is accepted from our own client by a %s', from => {
    const { check } = bench({ from })
    const challenge = check([])
    if (challenge.kind !== 'challenge') throw new Error()
    const headers = challenge.lines.map(([name, value]) => ({ key: name.toLowerCase(), name, value }))
    const credentials = { username: 'bob', password: 'zanzibar' }
    const response = { status: challenge.status, headers }
    const [, value = ''] = authorizationFor(response, 'REGISTER', TARGET, credentials, seededRandom('c')) ?? []
    expect(value).toContain('algorithm=SHA-256')
    expect(check([value])).toEqual(ACCEPTED)
  })

  test('is accepted by what is stored of it', () => {
    const identities = { 'SHA-256': hash('sha256', `bob:${REALM}:zanzibar`) }
    const { attempt } = bench({ lookUp: (_user, _realm, found) => found({ identities }) })
    expect(attempt()).toEqual(ACCEPTED)
    expect(attempt({ algorithm: 'md5' })).toMatchObject(asked('wrong'))
  })

  test('is accepted when the look-up answers later, once', () => {
    const waiting: ((secret: Secret | undefined) => void)[] = []
    const { nonce, server } = bench({ lookUp: (_user, _realm, found) => waiting.push(found) })
    const value = authorization(nonce(), {})
    const headers = [{ key: 'authorization', name: 'Authorization', value }]
    const verdicts: DigestVerdict[] = []
    server.check({ method: 'REGISTER', uri: uriOf(TARGET), headers }, PLACE, verdict => verdicts.push(verdict))
    expect(verdicts).toEqual([])
    waiting[0]?.({ password: 'zanzibar' })
    waiting[0]?.({ password: 'zanzibar' })
    expect(verdicts).toEqual([ACCEPTED])
  })

  test('is for the method that it was hashed with', () => {
    const { nonce, server } = bench()
    const headers = [{ key: 'authorization', name: 'Authorization', value: authorization(nonce(), {}) }]
    server.check({ method: 'INVITE', uri: uriOf(TARGET), headers }, PLACE, verdict =>
      expect(verdict).toMatchObject(asked('wrong')),
    )
  })
})

describe('a wrong password', () => {
  test('is asked again', () => {
    expect(bench().attempt({ password: 'nope' })).toMatchObject({ ...asked('wrong'), user: 'bob' })
  })

  test('cannot be told from an unknown user', () => {
    const strip = (verdict: DigestVerdict): unknown =>
      JSON.parse(JSON.stringify({ ...verdict, user: '' }).replaceAll(nonceOf(verdict), ''))
    const wrong = bench().attempt({ password: 'nope' })
    const unknown = bench().attempt({ changes: { username: 'eve' } })
    expect(strip(unknown)).toEqual(strip(wrong))
  })

  test.each<[string, Secret | undefined]>([
    ['no user', undefined],
    ['an empty password', { password: '' }],
    ['no identity', { identities: {} }],
  ])('is what any password is where there is %s', (_, secret) => {
    const { attempt } = bench({ lookUp: (_user, _realm, found) => found(secret) })
    for (const password of ['', 'zanzibar', 'undefined']) expect(attempt({ password })).toMatchObject(asked('wrong'))
  })

  test('is what stands in for the password of nobody, even if it is guessed', () => {
    const standIn = '0'.repeat(22)
    const { attempt } = bench({ random: { u32: () => 0 }, lookUp: (_user, _realm, found) => found(undefined) })
    expect(attempt({ password: standIn })).toMatchObject(asked('wrong'))
  })

  test('uses up no nonce count', () => {
    const { attempt, nonce } = bench()
    const given = nonce()
    expect(attempt({ nonce: given, password: 'nope' })).toMatchObject(asked('wrong'))
    expect(attempt({ nonce: given })).toEqual(ACCEPTED)
  })
})

describe('a nonce', () => {
  test('that is too old is stale, and until then it is not', () => {
    const { attempt, clock, lookedUp, nonce } = bench({ nonceLifetimeMs: 1_000 })
    const given = nonce()
    clock.passMs(1_000)
    expect(attempt({ nonce: given, count: 1 })).toEqual(ACCEPTED)
    clock.passMs(1)
    const stale = attempt({ nonce: given, count: 2 })
    expect(stale).toMatchObject(asked('stale', true))
    expect(stale).toMatchObject({ lines: [1, 2].map(() => [expect.anything(), expect.stringContaining('stale=true')]) })
    expect(lookedUp).toHaveLength(1)
    expect(attempt({ nonce: nonceOf(stale) })).toEqual(ACCEPTED)
  })

  test.each([
    ['of another process', bench({}, 'b').nonce()],
    ['of nobody', 'dcd98b7102dd2f0e8b11d0f600bfb0c093'],
  ])('%s is not stale but foreign', (_, nonce) => {
    const { attempt, lookedUp } = bench()
    expect(attempt({ nonce })).toMatchObject(asked('foreign-nonce'))
    expect(lookedUp).toEqual([])
  })

  test('of another address is foreign', () => {
    const { attempt, nonce } = bench()
    expect(attempt({ nonce: nonce('192.0.2.2') })).toMatchObject(asked('foreign-nonce'))
  })

  test('serves many requests, each count once', () => {
    const { attempt, nonce } = bench()
    const given = nonce()
    expect(attempt({ nonce: given, count: 1 })).toEqual(ACCEPTED)
    expect(attempt({ nonce: given, count: 3 })).toEqual(ACCEPTED)
    expect(attempt({ nonce: given, count: 2 })).toEqual(ACCEPTED)
    expect(attempt({ nonce: given, count: 2 })).toMatchObject(asked('replay', true))
  })

  test('and its counts: no request is accepted twice, whatever the order', () => {
    const request = fc.record({
      client: fc.nat({ max: 4 }),
      count: fc.integer({ min: 1, max: 40 }),
      algorithm: fc.constantFrom('md5' as const, 'sha256' as const),
    })
    const property = fc.property(fc.array(request, { maxLength: 40 }), requests => {
      const { attempt, nonce } = bench({ nonces: 3 })
      const nonces = Array.from({ length: 5 }, () => nonce())
      const accepted = new Set<string>()
      for (const { client, count, algorithm } of requests) {
        const verdict = attempt({ nonce: nonces[client] ?? '', count, algorithm })
        if (verdict.kind !== 'accepted') continue
        expect(accepted).not.toContain(`${client} ${count}`)
        accepted.add(`${client} ${count}`)
      }
      if (requests.length > 0) expect(accepted.size).toBeGreaterThan(0)
    })
    fc.assert(property, { seed: 7616, numRuns: 100 })
  })
})

describe('credentials', () => {
  test.each([
    ['for another realm', { realm: 'atlanta.example' }],
    ['with auth-int', { qop: 'auth-int' }],
    ['without a response', { response: undefined }],
  ])('%s are none', (_, changes) => {
    expect(bench().attempt({ changes })).toMatchObject(asked('missing'))
  })

  test('with a parameter twice are none', () => {
    const { check, nonce } = bench()
    expect(check([`${authorization(nonce(), {})}, username="eve"`])).toMatchObject(asked('missing'))
  })

  test.each([
    ['algorithm', { algorithm: 'SHA-512-256' }],
    ['algorithm', { algorithm: 'SHA-256-sess' }],
    ['no-qop', { qop: undefined }],
    ['uri-mismatch', { uri: 'sip:atlanta.example' }],
    ['uri-mismatch', { uri: '/' }],
  ])('are refused because of %s: %j', (because, changes) => {
    const { attempt, lookedUp } = bench()
    expect(attempt({ changes })).toMatchObject({ kind: 'refused', status: 400, because })
    expect(lookedUp).toEqual([])
  })

  test('with an algorithm that is not offered are refused', () => {
    const { attempt } = bench({ algorithms: ['SHA-256'] })
    expect(attempt({ algorithm: 'md5' })).toMatchObject({ kind: 'refused', because: 'algorithm' })
    expect(attempt({ algorithm: 'sha256' })).toEqual(ACCEPTED)
  })

  test('without qop are taken where that is allowed', () => {
    const { attempt, nonce } = bench({ allowWithoutQop: true })
    expect(attempt({ changes: { qop: undefined } })).toEqual(ACCEPTED)
    expect(attempt({ changes: { qop: undefined }, password: 'nope' })).toMatchObject(asked('wrong'))
    const given = nonce()
    expect(attempt({ nonce: given })).toEqual(ACCEPTED)
    expect(attempt({ nonce: given })).toMatchObject(asked('replay', true))
  })

  test('for the same URI in other letters are right', () => {
    expect(bench().attempt({ changes: { uri: 'sip:BILOXI.example;x=y' } })).toEqual(ACCEPTED)
  })

  test('for another URI are right where that is ours', () => {
    const acceptUri = (uri: Uri): boolean => 'host' in uri && uri.host === 'pbx.biloxi.example'
    const { attempt } = bench({ acceptUri })
    expect(attempt({ changes: { uri: 'sip:pbx.biloxi.example' } })).toEqual(ACCEPTED)
    expect(attempt({ changes: { uri: 'sip:atlanta.example' } })).toMatchObject({ because: 'uri-mismatch' })
  })

  test('are found among those for others', () => {
    const { check, nonce } = bench()
    const ours = authorization(nonce(), {})
    const other = authorization('n', { changes: { realm: 'atlanta.example' } })
    expect(check([other, 'Basic Zm9v', ours, other])).toEqual(ACCEPTED)
  })

  test('with a nonce of ours go before those without', () => {
    const { check, nonce } = bench()
    expect(check([authorization('foreign', {}), authorization(nonce(), {})])).toEqual(ACCEPTED)
  })

  test('in heaps are not all looked at', () => {
    const { check, nonce } = bench()
    const heap = new Array(200).fill(authorization('foreign', {}))
    expect(check([...heap, authorization(nonce(), {})])).toMatchObject(asked('foreign-nonce'))
  })

  test('of a proxy are not those of a server', () => {
    const { server, nonce } = bench({ from: 'proxy' })
    const headers = [{ key: 'authorization', name: 'Authorization', value: authorization(nonce(), {}) }]
    server.check({ method: 'REGISTER', uri: uriOf(TARGET), headers }, PLACE, verdict =>
      expect(verdict).toMatchObject(asked('missing')),
    )
  })

  test('of a Unicode name are looked up in Unicode', () => {
    const { attempt, lookedUp } = bench()
    attempt({ changes: { username: Buffer.from('jörg').toString('latin1') } })
    attempt({ changes: { username: undefined, 'username*': undefined } })
    expect(lookedUp).toEqual([`jörg@${REALM}`])
  })
})

describe('with a lock-out', () => {
  const locked = () => {
    const clock = handClock()
    const lockOut = new LockOut(clock, { ...DEFAULT_LOCK_OUT, freeFailures: 1 })
    return { lockOut, ...bench({ clock, lockOut }), passMs: clock.passMs }
  }

  test('even the right password waits for the end of the lock', () => {
    const { attempt, lookedUp, passMs } = locked()
    for (const password of ['a', 'b']) expect(attempt({ password })).toMatchObject(asked('wrong'))
    expect(attempt()).toMatchObject(asked('locked'))
    expect(lookedUp).toHaveLength(2)
    passMs(DEFAULT_LOCK_OUT.firstMs)
    expect(attempt()).toEqual(ACCEPTED)
    expect(attempt({ password: 'a' })).toMatchObject(asked('wrong'))
    expect(attempt()).toEqual(ACCEPTED)
  })

  test('a foreign, stale or replayed nonce costs nothing', () => {
    const { attempt, nonce, lockOut } = locked()
    const given = nonce()
    for (let times = 0; times < 5; times++) {
      attempt({ nonce: 'foreign', password: 'nope' })
      attempt({ nonce: given })
    }
    expect(lockOut.size).toBe(0)
  })

  test('guesses sent at once are not all tried', () => {
    const clock = handClock()
    const waiting: ((secret: Secret | undefined) => void)[] = []
    const lockOut = new LockOut(clock, { ...DEFAULT_LOCK_OUT, freeFailures: 1 })
    const { server, nonce } = bench({ clock, lockOut, lookUp: (_user, _realm, found) => waiting.push(found) })
    const causes: (string | undefined)[] = []
    for (const password of ['a', 'b', 'c', 'zanzibar']) {
      const value = authorization(nonce(), { password })
      const headers = [{ key: 'authorization', name: 'Authorization', value }]
      server.check({ method: 'REGISTER', uri: uriOf(TARGET), headers }, PLACE, verdict =>
        causes.push(verdict.kind === 'challenge' ? verdict.because : verdict.kind),
      )
    }
    for (const found of waiting) found({ password: 'zanzibar' })
    expect(causes).toEqual(['wrong', 'wrong', 'locked', 'locked'])
  })
})
