/**
 * Changes during a call: hold, codec, address, and offers that cross (RFC 3261 section 14, RFC 3264 section 8).
 */
import { describe, expect } from 'vitest'
import { InboundLeg } from '../../../src/calls/inbound-leg.ts'
import { OutboundLeg } from '../../../src/calls/outbound-leg.ts'
import type { RequestOutcome } from '../../../src/sip/index.ts'
import type { PhoneCall, SimPhone } from '../peers/phone.ts'
import { cseqOf, field, type PhoneSdp } from '../peers/sip-text.ts'
import { heardBetween, levelOf, voice } from './sounds.ts'
import { type Story, story } from './story.ts'

interface Side {
  readonly phone: SimPhone
  readonly call: PhoneCall
}

interface Pair {
  readonly alice: Side
  readonly bob: Side
}

/** Two phones that are joined. */
function joined(
  s: Story,
  calling: Parameters<SimPhone['call']>[2] = {},
  manners: Partial<SimPhone['manners']> = {},
): Pair {
  const callee = s.phone('bob', { answerAfterMs: 200, ...manners })
  s.app({ '/call': [{ verb: 'dial', answerOnBridge: true, target: [{ type: 'sip', sipUri: callee.uri }] }] })
  const caller = s.phone('alice')
  const call = s.call(caller, calling)
  const other = s.rung(callee)
  s.until('both are up', () => call.acked && other.acked)
  s.run(20)
  return { alice: { phone: caller, call }, bob: { phone: callee, call: other } }
}

const HZ = { alice: 700, bob: 1_300 } as const

/** Both talk for half a second; whether each hears the other. */
function whoHears(s: Story, { alice, bob }: Pair, law: { alice?: 'u' | 'a'; bob?: 'u' | 'a' } = {}): string[] {
  const from = s.now
  alice.call.audio?.talk(25, voice(HZ.alice, law.alice))
  bob.call.audio?.talk(25, voice(HZ.bob, law.bob))
  s.run(600)
  const hears = (side: Side, hz: number): boolean => {
    const heard = heardBetween(side.call, from, s.now)
    return heard.length > 20 && levelOf(heard, hz) > -12
  }
  const any = (side: Side): boolean => heardBetween(side.call, from, s.now).length > 0
  return [
    hears(alice, HZ.bob) ? 'alice' : any(alice) ? 'alice: something else' : '',
    hears(bob, HZ.alice) ? 'bob' : any(bob) ? 'bob: something else' : '',
  ].filter(who => who !== '')
}

/** A re-INVITE of a phone, to its final response. */
function offer(
  s: Story,
  { phone, call }: Side,
  sdp: Partial<PhoneSdp> | null,
): { readonly status: number; readonly body: string } {
  const before = call.answers.length
  phone.reinvite(call, sdp)
  s.until('it is answered', () => call.answers.length > before)
  s.run(20)
  const answer = call.answers[before]
  return { status: answer?.status ?? 0, body: answer?.text.body ?? '' }
}

const version = (body: string): number => Number(/^o=\S+ \S+ (\d+)/m.exec(body)?.[1])

const directionOf = (body: string): string => /^a=(sendrecv|sendonly|recvonly|inactive)/m.exec(body)?.[1] ?? ''

/** A re-INVITE of the switch in the leg of one direction. */
function switchOffers(s: Story, direction: 'inbound' | 'outbound'): { outcome: RequestOutcome | undefined } {
  const result: { outcome: RequestOutcome | undefined } = { outcome: undefined }
  const legs = [...s.world.switch.calls].flatMap(call => [...call.legs])
  const leg = legs.find(({ info }) => info.direction === direction)
  if (!(leg instanceof InboundLeg || leg instanceof OutboundLeg) || !leg.media) throw new Error('There is no such leg.')
  leg.dialog?.reinvite(leg.media.offer(), outcome => {
    result.outcome = outcome
  })
  return result
}

const holds: readonly { name: string; sdp: Partial<PhoneSdp>; answer: string; mayTalk: boolean }[] = [
  { name: 'sendonly', sdp: { direction: 'sendonly' }, answer: 'recvonly', mayTalk: true },
  { name: 'inactive', sdp: { direction: 'inactive' }, answer: 'inactive', mayTalk: false },
  { name: 'c=0.0.0.0', sdp: { address: '0.0.0.0' }, answer: 'recvonly', mayTalk: true },
  {
    name: 'c=0.0.0.0 and inactive',
    sdp: { address: '0.0.0.0', direction: 'inactive' },
    answer: 'inactive',
    mayTalk: false,
  },
]

describe('hold', () => {
  for (const who of ['alice', 'bob'] as const) {
    for (const { name, sdp, answer, mayTalk } of holds) {
      story(`K01 ${who} holds with ${name}, and takes the call back`, s => {
        const pair = joined(s)
        const other = who === 'alice' ? 'bob' : 'alice'
        expect(whoHears(s, pair)).toEqual(['alice', 'bob'])
        const held = offer(s, pair[who], sdp)
        expect(held.status).toBe(200)
        expect(directionOf(held.body)).toBe(answer)
        expect(whoHears(s, pair)).toEqual(mayTalk ? [other] : [])
        const back = offer(s, pair[who], { direction: 'sendrecv' })
        expect(back.status).toBe(200)
        expect(directionOf(back.body)).toBe('sendrecv')
        expect(version(back.body)).toBe(version(held.body) + 1)
        expect(whoHears(s, pair)).toEqual(['alice', 'bob'])
        pair.bob.phone.hangUp(pair.bob.call)
      })
    }
  }

  story('K01 both hold, and both take it back, one after the other', s => {
    const pair = joined(s)
    offer(s, pair.alice, { direction: 'sendonly' })
    offer(s, pair.bob, { direction: 'sendonly' })
    expect(whoHears(s, pair)).toEqual([])
    offer(s, pair.alice, { direction: 'sendrecv' })
    expect(whoHears(s, pair)).toEqual(['alice'])
    offer(s, pair.bob, { direction: 'sendrecv' })
    expect(whoHears(s, pair)).toEqual(['alice', 'bob'])
    pair.alice.phone.hangUp(pair.alice.call)
  })

  story('K01 both hold at the same moment', s => {
    const pair = joined(s)
    pair.alice.phone.reinvite(pair.alice.call, { direction: 'inactive' })
    pair.bob.phone.reinvite(pair.bob.call, { direction: 'inactive' })
    s.run(100)
    for (const { call } of [pair.alice, pair.bob]) expect(call.answers.map(({ status }) => status)).toEqual([200])
    expect(whoHears(s, pair)).toEqual([])
    pair.alice.phone.hangUp(pair.alice.call)
  })

  story('K01 for longer than the media timeout: silence of who holds is no failure', s => {
    const pair = joined(s)
    whoHears(s, pair)
    for (const direction of ['sendonly', 'inactive']) {
      offer(s, pair.alice, { direction })
      for (let minute = 0; minute < 5; minute++) {
        pair.bob.call.audio?.talk(50, voice(HZ.bob))
        s.run(58_000)
      }
    }
    expect(pair.alice.call.ended || pair.bob.call.ended).toBe(false)
    offer(s, pair.alice, { direction: 'sendrecv' })
    expect(whoHears(s, pair)).toEqual(['alice', 'bob'])
    pair.alice.phone.hangUp(pair.alice.call)
  })

  story('K01 the hold is lost twice on the way and arrives', s => {
    const pair = joined(s)
    s.world.net.link = { loss: 1, duplicate: 0, reorder: 0, reorderMs: 0, delayMs: [1, 1] }
    pair.alice.phone.reinvite(pair.alice.call, { direction: 'inactive' })
    s.run(1_000)
    s.world.net.link = { loss: 0, duplicate: 1, reorder: 0, reorderMs: 0, delayMs: [1, 30] }
    s.run(2_000)
    expect(pair.alice.call.answers.some(({ status }) => status === 200)).toBe(true)
    s.world.net.link = { loss: 0, duplicate: 0, reorder: 0, reorderMs: 0, delayMs: [1, 1] }
    expect(whoHears(s, pair)).toEqual([])
    pair.alice.phone.hangUp(pair.alice.call)
  })

  story('K01 of a caller who hears a prompt: it goes on unheard, and is heard again', s => {
    s.app({ '/call': [{ verb: 'play', url: 'tone_stream://%(10000,0,440)' }, { verb: 'hangup' }] })
    const phone = s.phone('alice')
    const call = s.call(phone)
    s.until('it is up', () => call.acked)
    s.run(1_000)
    const alice = { phone, call }
    offer(s, alice, { direction: 'inactive' })
    const from = s.now
    s.run(3_000)
    expect(heardBetween(call, from, s.now)).toEqual([])
    offer(s, alice, { direction: 'sendrecv' })
    s.run(1_000)
    expect(levelOf(heardBetween(call, s.now - 500, s.now), 440)).toBeGreaterThan(-14)
    s.until('it is over', () => call.ended)
    expect((call.times['byeReceived'] ?? 0) - (call.times['answered'] ?? 0)).toBeLessThan(10_100)
  })
})

describe('another codec', () => {
  for (const who of ['alice', 'bob'] as const) {
    story(`K01 ${who} changes from PCMU to PCMA and back`, s => {
      const pair = joined(s)
      const changed = offer(s, pair[who], { payloadTypes: [8] })
      expect(changed.body).toMatch(/^m=audio \d+ RTP\/AVP 8 101/m)
      expect(whoHears(s, pair, { [who]: 'a' })).toEqual(['alice', 'bob'])
      const heard = heardBetween(pair[who].call, s.now - 500, s.now)
      expect(new Set(heard.map(({ payloadType }) => payloadType))).toEqual(new Set([8]))
      offer(s, pair[who], { payloadTypes: [0, 8] })
      expect(whoHears(s, pair)).toEqual(['alice', 'bob'])
      pair.alice.phone.hangUp(pair.alice.call)
    })
  }

  story('K01 an offer with nothing in common is refused with 488, and the call goes on as it was', s => {
    const pair = joined(s)
    expect(offer(s, pair.alice, { payloadTypes: [9] }).status).toBe(488)
    expect(whoHears(s, pair)).toEqual(['alice', 'bob'])
    expect(offer(s, pair.alice, { direction: 'inactive' }).status).toBe(200)
    pair.alice.phone.hangUp(pair.alice.call)
  })

  story('K01 an offer that is no description is refused with 400, and the call goes on as it was', s => {
    const pair = joined(s)
    pair.alice.phone.request(pair.alice.call, 'INVITE', [], 'v=0\r\nnonsense\r\n')
    s.run(50)
    expect(pair.alice.call.answers.map(({ status }) => status)).toEqual([400])
    expect(whoHears(s, pair)).toEqual(['alice', 'bob'])
    pair.alice.phone.hangUp(pair.alice.call)
  })

  story('K04 events get another payload type', s => {
    const pair = joined(s)
    offer(s, pair.bob, { events: 97 })
    pair.alice.call.audio?.talk(5, voice(HZ.alice))
    s.run(200)
    pair.alice.call.audio?.press('7')
    s.run(400)
    const events = (pair.bob.call.audio?.heard ?? []).filter(({ payloadType }) => payloadType === 97)
    expect(new Set(events.map(({ payload }) => payload[0]))).toEqual(new Set([7]))
    pair.alice.phone.hangUp(pair.alice.call)
  })
})

describe('another address', () => {
  for (const who of ['alice', 'bob'] as const) {
    story(`K01 ${who} moves to another port, and is heard and hears there`, s => {
      const pair = joined(s)
      expect(whoHears(s, pair)).toEqual(['alice', 'bob'])
      pair[who].phone.moveMedia(pair[who].call)
      expect(offer(s, pair[who], {}).status).toBe(200)
      expect(whoHears(s, pair)).toEqual(['alice', 'bob'])
      pair.alice.phone.hangUp(pair.alice.call)
    })
  }

  story('K01 refreshed without a change leaves everything as it is, version included', s => {
    const pair = joined(s)
    const first = offer(s, pair.alice, {})
    const second = offer(s, pair.alice, {})
    expect(version(second.body)).toBe(version(first.body))
    expect(first.body).toBe(second.body)
    expect(first.body).toBe(pair.alice.call.bodies.get(200))
    expect(whoHears(s, pair)).toEqual(['alice', 'bob'])
    pair.alice.phone.hangUp(pair.alice.call)
  })
})

describe('late offer', () => {
  story('K01 an INVITE without a description gets ours in the 200, and the ACK answers it', s => {
    const pair = joined(s, { sdp: null, lateAnswer: { payloadTypes: [8] } })
    expect(pair.alice.call.bodies.get(200)).toMatch(/^m=audio \d+ RTP\/AVP 0 8 101/m)
    expect(whoHears(s, pair, { alice: 'a' })).toEqual(['alice', 'bob'])
    pair.alice.phone.hangUp(pair.alice.call)
  })

  story('K01 whose ACK brings no answer ends the call: nobody would hear anything', s => {
    s.app({ '/call': [{ verb: 'answer' }, { verb: 'pause', length: 30 }] })
    const call = s.call(s.phone('alice'), { sdp: null, lateAnswer: null })
    s.until('it is over', () => call.ended, 5_000)
    expect(call.byeReceived).toBe(true)
    s.finish()
    expect(s.world.ended[0]?.leg).toMatchObject({ outcome: 'failed', endedBy: 'switch' })
  })

  story('K01 whose ACK brings an answer of no use ends the call', s => {
    s.app({ '/call': [{ verb: 'answer' }, { verb: 'pause', length: 30 }] })
    const call = s.call(s.phone('alice'), { sdp: null, lateAnswer: { payloadTypes: [9] } })
    s.until('it is over', () => call.ended, 5_000)
    expect(call.byeReceived).toBe(true)
    s.finish()
    expect(s.world.ended[0]?.leg.cause).toMatch(/^answer in ACK: /)
  })

  story('K01 a re-INVITE without a description gets ours, and the ACK answers it', s => {
    const pair = joined(s)
    const { status, body } = offer(s, pair.alice, null)
    expect(status).toBe(200)
    expect(body).toMatch(/^m=audio \d+ RTP\/AVP /m)
    expect(whoHears(s, pair)).toEqual(['alice', 'bob'])
    pair.alice.phone.hangUp(pair.alice.call)
  })
})

describe('glare', () => {
  const seeds = [1, 2, 3, 4, 5, 6, 7, 8]
  for (const seed of seeds) {
    const name = `K01 both ends offer at once (${seed}): 491 on both sides, the switch tries again, and it works`
    const tell = (s: Story): void => {
      const pair = joined(s)
      pair.bob.phone.onRequest = text => (cseqOf(text).method === 'INVITE' && s.now < glareUntil ? 491 : 200)
      const glareUntil = s.now + 50
      const result = switchOffers(s, 'outbound')
      pair.bob.phone.reinvite(pair.bob.call, { direction: 'inactive' })
      s.run(100)
      expect(pair.bob.call.answers.map(({ status }) => status)).toEqual([491])
      expect(result.outcome).toBeUndefined()
      s.until('the switch tries again', () => result.outcome !== undefined)
      expect(result.outcome).toMatchObject({ ok: true })
      // RFC 3261 section 14.1: the owner of the Call-ID waits 2.1 to 4 s.
      const offers = s.wire
        .requestsTo(pair.bob.phone, 'INVITE')
        .filter(({ text }) => field(text, 'to').includes(';tag='))
      const waited = (offers.at(-1)?.atMs ?? 0) - (offers[0]?.atMs ?? 0)
      expect(waited).toBeGreaterThanOrEqual(2_100)
      expect(waited).toBeLessThan(4_050)
      expect(offer(s, pair.bob, { direction: 'inactive' }).status).toBe(200)
      pair.alice.phone.hangUp(pair.alice.call)
    }
    story(name, tell, { seed })
  }

  story('K01 the switch does not own the Call-ID of the caller’s leg, and waits 0 to 2 s', s => {
    const pair = joined(s)
    const glareUntil = s.now + 50
    pair.alice.phone.onRequest = () => (s.now < glareUntil ? 491 : 200)
    const result = switchOffers(s, 'inbound')
    s.until('the switch tries again', () => result.outcome !== undefined)
    const offers = s.wire.requestsTo(pair.alice.phone, 'INVITE')
    expect((offers.at(-1)?.atMs ?? 0) - (offers[0]?.atMs ?? 0)).toBeLessThan(2_050)
    pair.alice.phone.hangUp(pair.alice.call)
  })

  story('K01 the call ends while the switch waits to try again', s => {
    const pair = joined(s)
    pair.bob.phone.onRequest = () => 491
    const result = switchOffers(s, 'outbound')
    s.run(500)
    pair.alice.phone.hangUp(pair.alice.call)
    s.until('it is over', () => pair.bob.call.ended)
    expect(result.outcome).toEqual({ ok: false, cause: 'ended' })
  })

  story('K01 a second offer of one phone before the first is settled gets 500 and a time to wait', s => {
    s.world.net.link = { loss: 0, duplicate: 0, reorder: 0, reorderMs: 0, delayMs: [30, 30] }
    const pair = joined(s)
    pair.alice.phone.reinvite(pair.alice.call, { direction: 'inactive' })
    pair.alice.phone.request(pair.alice.call, 'INVITE', [], '')
    s.run(300)
    const [first, second] = pair.alice.call.answers.toSorted((a, b) => cseqOf(a.text).number - cseqOf(b.text).number)
    expect([first?.status, second?.status]).toEqual([200, 500])
    expect(second && field(second.text, 'retry-after')).toMatch(/^\d+$/)
    expect(whoHears(s, pair)).toEqual([])
    pair.alice.phone.hangUp(pair.alice.call)
  })

  story('K01 a re-INVITE crosses our BYE', s => {
    s.world.net.link = { loss: 0, duplicate: 0, reorder: 0, reorderMs: 0, delayMs: [30, 30] }
    const pair = joined(s)
    pair.bob.phone.hangUp(pair.bob.call)
    s.run(20)
    pair.alice.phone.reinvite(pair.alice.call, { direction: 'inactive' })
    s.until('it is over', () => pair.alice.call.ended)
    s.run(300)
    expect(pair.alice.call.answers.map(({ status }) => status)).toEqual([481])
  })

  story('K01 a BYE right behind a re-INVITE', s => {
    const pair = joined(s)
    pair.alice.phone.reinvite(pair.alice.call, { direction: 'inactive' })
    pair.alice.phone.hangUp(pair.alice.call)
    s.until('it is over', () => pair.bob.call.ended && pair.alice.call.ended)
    expect(pair.alice.call.byeAnswered).toBe(true)
  })

  story('K01 the ACK to the answer of a re-INVITE never comes: the call is ended, with the cause', s => {
    const pair = joined(s)
    pair.alice.phone.silentAck = true
    pair.alice.phone.reinvite(pair.alice.call, { direction: 'inactive' })
    s.until('it is over', () => pair.bob.call.ended && pair.alice.call.ended)
    s.finish()
    expect(s.world.ended.find(({ leg }) => leg.direction === 'inbound')?.leg).toMatchObject({
      outcome: 'failed',
      cause: 'timer ACK on INVITE',
    })
  })

  story('K01 a request with an older number is out of order: 500', s => {
    const pair = joined(s)
    offer(s, pair.alice, {})
    pair.alice.call.cseq = 0
    pair.alice.phone.request(pair.alice.call, 'INFO')
    s.run(50)
    expect(pair.alice.call.answers.at(-1)).toMatchObject({ method: 'INFO', status: 500 })
    pair.alice.call.cseq = 10
    expect(whoHears(s, pair)).toEqual(['alice', 'bob'])
    pair.alice.phone.hangUp(pair.alice.call)
  })
})
