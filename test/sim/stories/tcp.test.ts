/**
 * Calls whose signalling goes over TCP (RFC 3261 section 18).
 */
import { describe, expect } from 'vitest'
import type { StreamLine } from '../peers/line.ts'
import type { SimPhone } from '../peers/phone.ts'
import { StreamStranger, streamRequest } from '../peers/stream-stranger.ts'
import { SWITCH } from '../world/world.ts'
import { dial, type Story, statusesOf, story } from './story.ts'

const connections = (s: Story): number => s.world.streams.openAt(SWITCH.address)

/** A phone over TCP; its connections are closed when the story is over. */
function streamPhone(s: Story, name: string, manners?: SimPhone['manners']): SimPhone {
  const phone = s.world.streamPhone(name)
  if (manners) phone.manners = manners
  return phone
}

const lineOf = (phone: SimPhone): StreamLine => phone.line as StreamLine

function leave(s: Story, ...phones: readonly SimPhone[]): void {
  s.until('every call has ended', () => s.world.switch.calls.size === 0)
  s.run(1_000)
  for (const phone of phones) phone.close()
}

describe('a call', () => {
  story('from a phone over TCP goes over the one connection that it opened', s => {
    const bob = s.phone('bob')
    const alice = streamPhone(s, 'alice')
    s.app({ '/call': dial([bob]) })
    const call = s.call(alice)
    s.until('they talk', () => call.acked && s.rung(bob).acked)
    expect(statusesOf(call)).toEqual([180, 200])
    expect(connections(s)).toBe(1)
    alice.hangUp(call)
    s.until('it is over', () => call.byeAnswered)
    expect(connections(s)).toBe(1)
    leave(s, alice)
  })

  story('to a phone over TCP opens one connection, and ends on it', s => {
    const bob = streamPhone(s, 'bob')
    s.app({ '/call': dial([bob]) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('they talk', () => call.acked && s.rung(bob).acked)
    expect(lineOf(bob).connections).toBe(1)
    expect(s.rung(bob).invite?.fields.get('via')?.[0]).toMatch(/^SIP\/2\.0\/TCP 10\.0\.0\.1:5060;/)
    expect(s.rung(bob).invite?.fields.get('contact')?.[0]).toBe('<sip:cordboard@10.0.0.1:5060;transport=tcp>')
    alice.hangUp(call)
    s.until('bob hears of it', () => s.rung(bob).byeReceived)
    expect(lineOf(bob).connections).toBe(1)
    leave(s, bob)
  })

  story('of a phone over TCP is hung up by the switch on its own connection', s => {
    const bob = streamPhone(s, 'bob', { answerAfterMs: 300, hangUpAfterMs: 3_000 })
    const alice = streamPhone(s, 'alice')
    s.app({ '/call': dial([bob]) })
    const call = s.call(alice)
    s.until('alice hears of it', () => call.byeReceived)
    expect(lineOf(alice).connections).toBe(1)
    leave(s, alice, bob)
  })

  story('that is cancelled over TCP is cancelled', s => {
    const bob = streamPhone(s, 'bob', { ringAfterMs: 50 })
    const alice = streamPhone(s, 'alice')
    s.app({ '/call': dial([bob]) })
    const call = s.call(alice)
    s.until('it rings', () => call.statuses.includes(180))
    alice.cancel(call)
    s.until('it is over', () => call.ended && s.rung(bob).canceled)
    expect(statusesOf(call)).toEqual([180, 487])
    leave(s, alice, bob)
  })

  story('goes on when its connection is cut, and its BYE opens another', s => {
    const alice = streamPhone(s, 'alice')
    const bob = s.phone('bob', { answerAfterMs: 300, hangUpAfterMs: 8_000 })
    s.app({ '/call': dial([bob]) })
    const call = s.call(alice)
    s.until('they talk', () => call.acked && s.rung(bob).acked)
    lineOf(alice).reset()
    s.run(100)
    expect(connections(s)).toBe(0)
    s.until('alice hears of the end', () => call.byeReceived)
    leave(s, alice)
  })

  story('to where nobody takes connections fails at once', s => {
    const bob = s.phone('bob')
    s.app({
      '/call': [{ verb: 'dial', actionHook: '/dial', target: [{ type: 'sip', sipUri: `${bob.uri};transport=tcp` }] }],
    })
    const startedAt = s.now
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(s.now - startedAt).toBeLessThan(1_000)
    expect(s.hook('/dial')).toMatchObject({ dial_call_status: 'failed', dial_sip_status: 503 })
    expect(bob.calls).toEqual([])
  })
})

describe('a connection', () => {
  story('carries messages in segments of any size', s => {
    s.world.streams.segments = bytes => [...bytes].map(octet => Uint8Array.of(octet))
    const far = new StreamStranger(s.world)
    far.say(streamRequest('OPTIONS', 'a') + streamRequest('OPTIONS', 'b'))
    s.run(10)
    expect(far.statuses).toEqual([200, 200])
    far.close()
  })

  story('answers a keep-alive', s => {
    const far = new StreamStranger(s.world)
    far.say('\r\n\r\n')
    s.run(10)
    expect(far.heard).toBe('\r\n')
    far.close()
  })

  story('is told 400 and closed when nobody knows where the next message starts', s => {
    for (const line of ['Content-Length: abc', 'Content-Length: -1', 'l: 3', 'Content-Length: 0']) {
      const far = new StreamStranger(s.world)
      far.say(streamRequest('OPTIONS', `lost-${line.length}`, '', [line]) + streamRequest('OPTIONS', 'after'))
      s.run(10)
      expect(far.statuses).toEqual([400])
      expect(far.isClosed).toBe(true)
    }
    const far = new StreamStranger(s.world)
    far.say(streamRequest('OPTIONS', 'none').replace('Content-Length: 0\r\n', ''))
    s.run(10)
    expect(far.heard).toMatch(/^SIP\/2\.0 400 Missing Content-Length\r\n/)
    expect(far.isClosed).toBe(true)
  })

  story('is told 513 and closed when the message would be too large', s => {
    const far = new StreamStranger(s.world)
    far.say(streamRequest('OPTIONS', 'big').replace('Content-Length: 0', 'Content-Length: 70000'))
    s.run(10)
    expect(far.statuses).toEqual([513])
    expect(far.isClosed).toBe(true)
  })

  story('is closed without a word when it is none of SIP', s => {
    const far = new StreamStranger(s.world)
    far.say('\x16\x03\x01\x02\x00\x01\x00')
    s.run(10)
    expect([far.heard, far.isClosed]).toEqual(['', true])
  })

  story('on which a message does not come to its end is closed after ten seconds', s => {
    const far = new StreamStranger(s.world)
    const text = streamRequest('OPTIONS', 'slow')
    for (const letter of text.slice(0, 12)) {
      far.say(letter)
      s.run(800)
    }
    expect(far.isOpen).toBe(true)
    s.run(1_000)
    expect([far.heard, far.isClosed]).toEqual(['', true])
  })

  story('on which nothing is said is closed after three minutes, and kept by keep-alives', s => {
    const [silent, awake] = [new StreamStranger(s.world), new StreamStranger(s.world, '10.0.66.7')]
    for (let minute = 0; minute < 10; minute++) {
      s.run(60_000)
      awake.say('\r\n\r\n')
      expect(silent.isOpen).toBe(minute < 2)
    }
    expect(awake.isOpen).toBe(true)
    awake.close()
    s.run(10)
  })

  story('is one of a hundred from an address, and no more', s => {
    const many = Array.from({ length: 100 }, () => new StreamStranger(s.world))
    const [oneMore, other] = [new StreamStranger(s.world), new StreamStranger(s.world, '10.0.66.7')]
    s.run(10)
    expect(many.every(({ isOpen }) => isOpen)).toBe(true)
    expect([oneMore.isClosed, other.isOpen]).toEqual([true, true])
    many[0]?.close()
    s.run(10)
    const next = new StreamStranger(s.world)
    s.run(10)
    expect(next.isOpen).toBe(true)
    for (const one of [...many, next, other]) one.close()
    s.run(10)
    expect(connections(s)).toBe(0)
  })
})
