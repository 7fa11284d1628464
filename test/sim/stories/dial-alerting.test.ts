/**
 * What the caller hears while targets ring: its own phone's ringing, ringback, music, or the callee's early media.
 */
import { describe, expect } from 'vitest'
import type { PhoneCall, SimPhone } from '../peers/phone.ts'
import { heardBetween, levelOf, loudnessOf, voice, wav } from './sounds.ts'
import { dial, type Story, statusesOf, story } from './story.ts'

const MUSIC_HZ = 620
/** Of the European plan, ETSI TR 101 041. */
const RINGBACK_HZ = 425

/** What the call heard within the last `ms`. */
const lately = (s: Story, call: PhoneCall, ms: number): ReturnType<typeof heardBetween> =>
  heardBetween(call, s.now - ms, s.now)

function serveMusic(s: Story, path: string): void {
  const { send } = s.world.http
  s.world.http.send = (request, done) => {
    if (new URL(request.url).pathname !== path) return send.call(s.world.http, request, done)
    const timer = s.world.timeline.clock().after(5, () => {
      done({ ok: true, status: 200, headers: { 'content-type': 'audio/wav' }, body: wav(MUSIC_HZ, 400) })
    })
    return () => timer.cancel()
  }
}

describe('D14 dialMusic', () => {
  const places = [
    { name: 'a URL', music: 'http://cdn.test/music.wav' },
    { name: 'a URL without an extension', music: 'http://cdn.test/music' },
    { name: 'a file', music: 'music/waiting.wav' },
    { name: 'a file without an extension', music: 'music/waiting' },
  ]
  for (const { name, music } of places) {
    story(`D14 from ${name}: an unanswered caller hears it while the callee rings, again and again`, s => {
      const bob = s.phone('bob', { ringAfterMs: 100, answerAfterMs: 3_000 })
      if (music.startsWith('http')) serveMusic(s, new URL(music).pathname)
      else s.world.files.contents.set(`/prompts/${music}`, wav(MUSIC_HZ, 400))
      s.app({ '/call': dial([bob], { dialMusic: music }) })
      const alice = s.phone('alice')
      const call = s.call(alice)
      s.run(2_500)
      expect(statusesOf(call)).toEqual([183])
      const heard = lately(s, call, 2_000)
      expect(heard.length).toBeGreaterThan(98)
      expect(levelOf(heard, MUSIC_HZ)).toBeGreaterThan(-11)
      s.until('it is answered', () => call.acked && bob.calls[0]?.acked === true)
      s.run(100)
      bob.calls[0]?.audio?.talk(25, voice(1_300))
      s.run(600)
      expect(levelOf(lately(s, call, 500), 1_300)).toBeGreaterThan(-11)
      expect(levelOf(lately(s, call, 500), MUSIC_HZ)).toBeLessThan(-35)
      alice.hangUp(call)
    })
  }

  story('D14 an answered caller hears it in place of ringback', s => {
    const bob = s.phone('bob', { ringAfterMs: 100, answerAfterMs: 3_000 })
    s.world.files.contents.set('/prompts/m.wav', wav(MUSIC_HZ, 400))
    s.app({ '/call': dial([bob], { answerOnBridge: false, dialMusic: 'm.wav' }) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.run(2_500)
    expect(statusesOf(call)).toEqual([200])
    expect(levelOf(lately(s, call, 1_000), MUSIC_HZ)).toBeGreaterThan(-11)
    expect(levelOf(lately(s, call, 1_000), RINGBACK_HZ)).toBeLessThan(-35)
    s.until('the callee answers', () => bob.calls[0]?.acked === true)
    alice.hangUp(call)
  })

  story('D14 replaces the early media of the callee', s => {
    const bob = s.phone('bob', { early: true, ringAfterMs: 100, answerAfterMs: 3_000, talkFrames: 100 })
    s.world.files.contents.set('/prompts/m.wav', wav(MUSIC_HZ, 400))
    s.app({ '/call': dial([bob], { dialMusic: 'm.wav' }) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.run(1_500)
    expect(levelOf(lately(s, call, 1_000), MUSIC_HZ)).toBeGreaterThan(-11)
    s.until('it is answered', () => call.acked)
    alice.hangUp(call)
  })

  story('D14 ends when nobody answers, and the flow goes on', s => {
    const bob = s.phone('bob', { ringAfterMs: 100, reject: { status: 486, afterMs: 2_000 } })
    s.world.files.contents.set('/prompts/m.wav', wav(MUSIC_HZ, 400))
    s.app({
      '/call': [
        ...dial([bob], { dialMusic: 'm.wav' }),
        { verb: 'play', url: 'tone_stream://%(500,0,1000)', earlyMedia: true },
      ],
    })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(statusesOf(call)).toEqual([183, 486])
    const heard = lately(s, call, 400)
    expect(levelOf(heard, 1_000)).toBeGreaterThan(-15)
    expect(levelOf(heard, MUSIC_HZ)).toBeLessThan(-35)
  })

  story('D14 ends with the call when the caller gives up', s => {
    const bob = s.phone('bob', { ringAfterMs: 100 })
    s.world.files.contents.set('/prompts/m.wav', wav(MUSIC_HZ, 400))
    s.app({ '/call': dial([bob], { dialMusic: 'm.wav' }) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.run(1_000)
    alice.cancel(call)
    s.until('it is over for both', () => call.ended && bob.calls[0]?.ended === true)
    expect(bob.calls[0]?.canceled).toBe(true)
  })

  for (const [what, file] of [
    ['is not there', undefined],
    ['is broken', Buffer.from('RIFF....WAVEfmt nonsense')],
  ] as const) {
    story(`D14 that ${what}: an unanswered caller hears ringing instead`, s => {
      const bob = s.phone('bob', { ringAfterMs: 100, answerAfterMs: 7_000 })
      if (file) s.world.files.contents.set('/prompts/m.wav', file)
      s.app({ '/call': dial([bob], { dialMusic: 'm.wav' }) })
      const alice = s.phone('alice')
      const call = s.call(alice)
      s.run(5_900)
      expect(levelOf(lately(s, call, 5_000), RINGBACK_HZ)).toBeGreaterThan(-30)
      s.until('it is answered', () => call.acked)
      alice.hangUp(call)
    })

    story(`D14 that ${what}: an answered caller hears ringback instead`, s => {
      const bob = s.phone('bob', { ringAfterMs: 100, answerAfterMs: 7_000 })
      if (file) s.world.files.contents.set('/prompts/m.wav', file)
      s.app({ '/call': dial([bob], { answerOnBridge: false, dialMusic: 'm.wav' }) })
      const alice = s.phone('alice')
      const call = s.call(alice)
      s.run(5_900)
      expect(levelOf(lately(s, call, 5_000), RINGBACK_HZ)).toBeGreaterThan(-30)
      s.until('the callee answers', () => bob.calls[0]?.acked === true)
      alice.hangUp(call)
    })
  }
})

describe('ringing', () => {
  story('D07 a 180 of the single target is passed on, not a 183', s => {
    const bob = s.phone('bob', { ringAfterMs: 400, answerAfterMs: 2_000 })
    s.app({ '/call': dial([bob]) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.run(350)
    expect(statusesOf(call)).toEqual([])
    s.until('it rings', () => call.statuses.includes(180))
    expect(call.times['180']).toBeCloseTo(bob.calls[0]?.times['180'] ?? 0, -1)
    s.until('it is answered', () => call.acked)
    expect(call.bodies.get(180)).toBe('')
    expect(statusesOf(call)).toEqual([180, 200])
    alice.hangUp(call)
  })

  story('D02 several targets: 180 at once, and no early media of any of them', s => {
    const bob = s.phone('bob', { early: true, ringAfterMs: 300, answerAfterMs: 3_000, talkFrames: 100 })
    const carol = s.phone('carol', { ringAfterMs: 400 })
    s.app({ '/call': dial([bob, carol]) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.run(100)
    expect(statusesOf(call)).toEqual([180])
    s.until('it is answered', () => call.acked)
    expect(statusesOf(call)).toEqual([180, 200])
    expect(heardBetween(call, 0, call.times['200'] ?? 0)).toEqual([])
    alice.hangUp(call)
  })

  story('D08 an answered caller hears ringback once somebody’s phone rings, and nothing before', s => {
    const bob = s.phone('bob', { ringAfterMs: 1_000, answerAfterMs: 8_000 })
    s.app({ '/call': dial([bob], { answerOnBridge: false }) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.run(950)
    expect(call.audio?.heard).toEqual([])
    s.run(1_000)
    const burst = heardBetween(call, s.now - 700, s.now - 100)
    expect(levelOf(burst, RINGBACK_HZ)).toBeGreaterThan(-20)
    // 1 s on, 4 s off.
    s.run(2_000)
    expect(loudnessOf(lately(s, call, 500))).toBeLessThan(-60)
    s.until('the callee answers', () => bob.calls[0]?.acked === true)
    s.run(100)
    const from = s.now
    s.run(500)
    expect(heardBetween(call, from, s.now), 'the ringback has ended').toEqual([])
    alice.hangUp(call)
  })

  story('D08 an answered caller hears ringback for several targets too', s => {
    const phones = ['bob', 'carol'].map(name => s.phone(name, { ringAfterMs: 200 }))
    s.app({ '/call': dial(phones, { answerOnBridge: false, timeout: 3 }) })
    const call = s.call(s.phone('alice'))
    s.run(1_100)
    expect(levelOf(lately(s, call, 600), RINGBACK_HZ)).toBeGreaterThan(-20)
    s.until('it is over', () => call.ended)
    expect(lately(s, call, 0)).toEqual([])
  })
})

describe('early media', () => {
  const early = { early: true, ringAfterMs: 200, answerAfterMs: 2_500 }

  /** The callee says something before it answers. */
  function announce(s: Story, callee: SimPhone, hz: number): void {
    s.until('the callee has media', () => callee.calls[0]?.audio !== undefined)
    callee.calls[0]?.audio?.talk(50, voice(hz))
  }

  story('D07 a 183 of the single target is passed on, and its media is heard before the answer', s => {
    const bob = s.phone('bob', early)
    s.app({ '/call': dial([bob]) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    announce(s, bob, 900)
    s.run(1_200)
    expect(statusesOf(call)).toEqual([183])
    expect(call.bodies.get(183)).toContain('m=audio')
    const heard = lately(s, call, 1_200)
    expect(heard.length).toBeGreaterThan(45)
    expect(levelOf(heard, 900)).toBeGreaterThan(-11)
    s.until('it is answered', () => call.acked && bob.calls[0]?.acked === true)
    expect(call.bodies.get(200)).toBe(call.bodies.get(183))
    call.audio?.talk(20, voice(700))
    bob.calls[0]?.audio?.talk(20, voice(1_300))
    s.run(500)
    expect(levelOf(lately(s, call, 500), 1_300)).toBeGreaterThan(-12)
    expect(levelOf(lately(s, s.rung(bob), 500), 700)).toBeGreaterThan(-12)
    alice.hangUp(call)
  })

  story('D07 after a 180: first the 180, then the 183 with media', s => {
    const bob = s.phone('bob', { ringAfterMs: 200, earlyAfterMs: 600, answerAfterMs: 2_500 })
    s.app({ '/call': dial([bob]) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    announce(s, bob, 900)
    s.run(1_200)
    expect(statusesOf(call)).toEqual([180, 183])
    expect(levelOf(lately(s, call, 500), 900)).toBeGreaterThan(-12)
    s.until('it is answered', () => call.acked)
    alice.hangUp(call)
  })

  story('D08 an answered caller hears it in place of ringback', s => {
    const bob = s.phone('bob', { ringAfterMs: 200, earlyAfterMs: 600, answerAfterMs: 2_500 })
    s.app({ '/call': dial([bob], { answerOnBridge: false }) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.run(500)
    expect(levelOf(lately(s, call, 200), RINGBACK_HZ)).toBeGreaterThan(-20)
    announce(s, bob, 900)
    s.run(1_000)
    expect(levelOf(lately(s, call, 500), 900)).toBeGreaterThan(-12)
    expect(levelOf(lately(s, call, 500), RINGBACK_HZ)).toBeLessThan(-35)
    s.until('the callee answers', () => bob.calls[0]?.acked === true)
    alice.hangUp(call)
  })

  story('D07 that ends in a refusal: the caller gets the refusal after the announcement', s => {
    const bob = s.phone('bob', { early: true, ringAfterMs: 200, reject: { status: 480, afterMs: 2_000 } })
    s.app({ '/call': dial([bob]) })
    const call = s.call(s.phone('alice'))
    announce(s, bob, 900)
    s.until('it is over', () => call.ended)
    expect(statusesOf(call)).toEqual([183, 480])
    expect(levelOf((call.audio?.heard ?? []).slice(0, 25), 900)).toBeGreaterThan(-12)
  })

  story('D07 that ends in a refusal, and the next target in the flow rings', s => {
    const bob = s.phone('bob', { early: true, ringAfterMs: 200, reject: { status: 480, afterMs: 1_000 } })
    const carol = s.phone('carol', { early: true, ringAfterMs: 200, answerAfterMs: 2_000 })
    s.app({ '/call': [...dial([bob]), ...dial([carol])] })
    const alice = s.phone('alice')
    const call = s.call(alice)
    announce(s, bob, 900)
    announce(s, carol, 1_500)
    s.run(1_000)
    expect(statusesOf(call)).toEqual([183])
    expect(levelOf(lately(s, call, 500), 1_500)).toBeGreaterThan(-12)
    s.until('it is answered', () => call.acked && carol.calls[0]?.acked === true)
    alice.hangUp(call)
  })

  story('D07 D26 of one of two phones of a user is not passed on: nobody knows which of them will answer', s => {
    const phones = ['desk', 'mobile'].map(name => s.phone(name, { ...early, talkFrames: 100 }))
    s.world.contacts.set(
      'jane',
      phones.map(phone => phone.uri),
    )
    s.app({ '/call': [{ verb: 'dial', answerOnBridge: true, target: [{ type: 'user', name: 'jane' }] }] })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('it is answered', () => call.acked)
    expect(statusesOf(call)).toEqual([180, 200])
    expect(heardBetween(call, 0, call.times['200'] ?? 0)).toEqual([])
    alice.hangUp(call)
  })

  story('D08 K06 ends with the dial, even if the callee does not hear the CANCEL', s => {
    const bob = s.phone('bob', { early: true, ringAfterMs: 200, deafToCancel: true, talkFrames: 400 })
    s.app({ '/call': [...dial([bob], { answerOnBridge: false, timeout: 2 }), { verb: 'pause', length: 3 }] })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(heardBetween(call, 1_000, 2_000).length).toBeGreaterThan(45)
    expect(heardBetween(call, 2_100, s.now)).toEqual([])
  })

  story('D07 of a callee whose description is of no use is no more than ringing', s => {
    const bob = s.phone('bob', { early: true, ringAfterMs: 200, answerAfterMs: 1_000, sdp: { payloadTypes: [9] } })
    s.app({ '/call': dial([bob]) })
    const call = s.call(s.phone('alice'))
    s.until('it rings', () => call.statuses.includes(180))
    s.until('it is over', () => call.ended)
    expect(statusesOf(call)).toEqual([180, 502])
    expect(bob.calls[0]?.byeReceived).toBe(true)
  })
})
