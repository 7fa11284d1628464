/**
 * Digest challenges of the called side, answered with the credentials of the target or the trunk.
 */
import { describe, expect } from 'vitest'
import type { SimPhone } from '../peers/phone.ts'
import { branchIn, cseqOf, field } from '../peers/sip-text.ts'
import { isRight, readCredentials } from './digest.ts'
import { type Story, statusesOf, story } from './story.ts'

const auth = { username: 'cord', password: 'b0ard "x"' }

const challenge = (params: string): string => `Digest realm="pbx.test", nonce="abc123", ${params}`

/** Dials a phone that asks for credentials, and tells how the dial went. */
function dialTo(s: Story, callee: SimPhone, credentials: object = { auth }, before: readonly object[] = []): void {
  s.app({
    '/call': [
      ...before,
      {
        verb: 'dial',
        answerOnBridge: true,
        actionHook: '/dial',
        target: [{ type: 'sip', sipUri: callee.uri, ...credentials }],
      },
    ],
  })
}

describe('D27 a challenge is answered', () => {
  const cases = [
    { status: 401, name: 'authorization', algorithm: 'md5', params: 'qop="auth", opaque="o"' },
    { status: 407, name: 'proxy-authorization', algorithm: 'md5', params: 'algorithm=MD5, qop="auth,auth-int"' },
    { status: 401, name: 'authorization', algorithm: 'sha256', params: 'algorithm=SHA-256, qop="auth"' },
    { status: 407, name: 'proxy-authorization', algorithm: 'sha256', params: 'algorithm=SHA-256, qop="auth"' },
    { status: 401, name: 'authorization', algorithm: 'md5', params: 'stale=FALSE' },
  ] as const
  for (const { status, name, algorithm, params } of cases) {
    story(`D25 D27 ${status} with ${params}`, s => {
      const bob = s.phone('bob', { answerAfterMs: 200, challenge: { status, line: challenge(params) } })
      dialTo(s, bob)
      const caller = s.phone('alice')
      const call = s.call(caller)
      s.until('both are up', () => call.acked && bob.calls[0]?.acked === true)
      const [first, second, ...more] = s.wire.requestsTo(bob, 'INVITE').map(({ text }) => text)
      expect(more).toEqual([])
      if (!first || !second) throw new Error('There are not two INVITEs.')
      expect(first.fields.has(name)).toBe(false)
      const given = readCredentials(field(second, name))
      expect(given.get('uri')).toBe(bob.uri)
      expect(given.get('username')).toBe('cord')
      expect(given.get('realm')).toBe('pbx.test')
      expect(given.get('nonce')).toBe('abc123')
      expect(isRight(given, auth.password, 'INVITE', algorithm)).toBe(true)
      expect(isRight(given, 'another', 'INVITE', algorithm)).toBe(false)
      // The same call: RFC 3261 section 8.1.3.5.
      expect(field(second, 'call-id')).toBe(field(first, 'call-id'))
      expect(field(second, 'from')).toBe(field(first, 'from'))
      expect(cseqOf(second).number).toBe(cseqOf(first).number + 1)
      expect(branchIn(field(second, 'via'))).not.toBe(branchIn(field(first, 'via')))
      expect(second.body).toBe(first.body)
      caller.hangUp(call)
    })
  }

  story('D27 with the credentials of the trunk, for its realm', s => {
    const gateway = s.world.phone('gateway', '10.0.9.1', 5080)
    gateway.manners = { answerAfterMs: 200, challenge: { status: 407, line: challenge('qop="auth"') } }
    s.world.trunks.set('carrier', {
      name: 'carrier',
      host: '10.0.9.1',
      port: 5080,
      plus: true,
      auth: { ...auth, realm: 'pbx.test' },
    })
    s.app({ '/call': [{ verb: 'dial', answerOnBridge: true, target: [{ type: 'phone', number: '+4930901820' }] }] })
    const caller = s.phone('alice')
    const call = s.call(caller)
    s.until('it is up', () => call.acked)
    const [, second] = s.wire.requestsTo(gateway, 'INVITE')
    const given = readCredentials(second ? field(second.text, 'proxy-authorization') : '')
    expect(given.get('uri')).toBe('sip:+4930901820@10.0.9.1:5080')
    expect(isRight(given, auth.password, 'INVITE', 'md5')).toBe(true)
    caller.hangUp(call)
  })

  story('D27 also for the BYE, with the credentials that the INVITE had', s => {
    const bob = s.phone('bob', { answerAfterMs: 200, challenge: { status: 401, line: challenge('qop="auth"') } })
    dialTo(s, bob)
    const caller = s.phone('alice')
    const call = s.call(caller)
    s.until('both are up', () => call.acked && bob.calls[0]?.acked === true)
    bob.challengeInDialog = { status: 401, line: challenge('qop="auth"') }
    caller.hangUp(call)
    s.until('the callee hears of it', () => bob.calls[0]?.ended === true)
    const byes = s.wire.requestsTo(bob, 'BYE').map(({ text }) => text)
    expect(byes).toHaveLength(2)
    const given = readCredentials(byes[1] ? field(byes[1], 'authorization') : '')
    expect(isRight(given, auth.password, 'BYE', 'md5')).toBe(true)
  })
})

describe('D27 a challenge is not answered', () => {
  /** The dial fails with the challenge. */
  function refused(s: Story, status: number, invites: number, callee: SimPhone): void {
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(statusesOf(call)).toEqual([502])
    expect(s.wire.requestsTo(callee, 'INVITE')).toHaveLength(invites)
    expect(s.hook('/dial')).toMatchObject({ dial_status: 'failed', dial_sip_status: status })
  }

  story('D27 without credentials', s => {
    const bob = s.phone('bob', { challenge: { status: 401, line: challenge('qop="auth"') } })
    dialTo(s, bob, {})
    refused(s, 401, 1, bob)
  })

  story('D27 of another realm than the trunk’s', s => {
    const gateway = s.world.phone('gateway', '10.0.9.1', 5080)
    gateway.manners = { challenge: { status: 407, line: challenge('qop="auth"') } }
    s.world.trunks.set('carrier', {
      name: 'carrier',
      host: '10.0.9.1',
      port: 5080,
      plus: true,
      auth: { ...auth, realm: 'bank.test' },
    })
    s.app({
      '/call': [
        { verb: 'dial', answerOnBridge: true, actionHook: '/dial', target: [{ type: 'phone', number: '+4930901820' }] },
      ],
    })
    refused(s, 407, 1, gateway)
    for (const said of s.wire.said) expect(said).not.toMatch(/^proxy-authorization:/im)
  })

  story('D27 twice: the second is a failure', s => {
    const bob = s.phone('bob', { challenge: { status: 401, line: challenge('qop="auth"'), always: true } })
    dialTo(s, bob)
    refused(s, 401, 2, bob)
  })

  story('D27 that asks for an algorithm or a protection that is not known', s => {
    const bob = s.phone('bob', { challenge: { status: 401, line: challenge('algorithm=SHA-512-256, qop="auth-int"') } })
    dialTo(s, bob)
    refused(s, 401, 1, bob)
  })

  story('D27 once the caller has hung up', s => {
    const bob = s.phone('bob', { challenge: { status: 401, line: challenge('qop="auth"') } })
    s.world.net.link = { loss: 0, duplicate: 0, reorder: 0, reorderMs: 0, delayMs: [50, 50] }
    dialTo(s, bob, { auth }, [
      { verb: 'alert', message: 'soon' },
      { verb: 'pause', length: 0.2 },
    ])
    const caller = s.phone('alice')
    const call = s.call(caller)
    s.until('the INVITE is on its way', () => s.wire.requestsTo(bob, 'INVITE').length > 0)
    caller.hangUp(call)
    s.until('it is over', () => call.ended)
    s.run(1_000)
    expect(s.wire.requestsTo(bob, 'INVITE')).toHaveLength(1)
    expect(s.hook('/dial')).toMatchObject({ dial_status: 'no-answer', dial_sip_status: 487 })
  })
})
