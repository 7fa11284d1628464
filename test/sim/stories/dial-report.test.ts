/**
 * What the application hears of a dial: the hook at its end, and the statuses of its legs.
 */
import { describe, expect } from 'vitest'
import type { SimPhone } from '../peers/phone.ts'
import { APPLICATION } from '../world/world.ts'
import { heardBetween, levelOf } from './sounds.ts'
import { dial, type Payload, statusesOf, story, WATCHED } from './story.ts'

const refuses = (status: number, afterMs = 300): SimPhone['manners'] => ({
  ringAfterMs: 50,
  reject: { status, afterMs },
})

/** What the hook says in its four fields of the dialled leg. */
const dialFields = (payload: Payload): Payload =>
  Object.fromEntries(
    Object.entries(payload).filter(([name]) => /^dial_(call_sid|status|call_status|sip_status)$/.test(name)),
  )

describe('the action hook', () => {
  story('D04 is a POST of JSON once the dialled call has ended, with all that a hook has', s => {
    const bob = s.phone('bob', { answerAfterMs: 300, hangUpAfterMs: 2_500 })
    s.app({ '/call': dial([bob]), '/dial': [{ verb: 'hangup' }] })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    const [hook, ...more] = s.hooks('/dial')
    expect(more).toEqual([])
    expect(hook?.request.method).toBe('POST')
    expect(hook?.request.headers['content-type']).toBe('application/json')
    expect((hook?.atMs ?? 0) - (bob.calls[0]?.times['bye'] ?? 0)).toBeLessThan(10)
    s.finish()
    const [inbound, outbound] = s.world.started
    expect(hook?.payload).toMatchObject({
      call_sid: inbound?.leg.id,
      account_sid: 'account-1',
      application_sid: 'app-1',
      direction: 'inbound',
      from: 'alice',
      to: '1',
      call_status: 'in-progress',
      dial_call_sid: outbound?.leg.id,
      dial_status: 'completed',
      dial_call_status: 'completed',
      dial_sip_status: 200,
    })
  })

  story('D04 is named dial when none is given, below the application', s => {
    const bob = s.phone('bob', refuses(486))
    s.world.applications.set('1', { ...WATCHED, callHook: { url: 'http://app.test/flows/call', method: 'POST' } })
    s.app({ '/flows/call': dial([bob], { actionHook: null }) })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(s.hook('/flows/dial')).toMatchObject({ dial_status: 'busy' })
  })

  story('D04 named dial and answered with an error is no failure of the flow', s => {
    const bob = s.phone('bob', refuses(486))
    s.app({
      '/call': [...dial([bob], { actionHook: null }), { verb: 'sip:decline', status: 410 }],
      '/dial': { status: 404, text: 'nothing here' },
    })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(statusesOf(call)).toEqual([180, 410])
    s.run(100)
    expect(s.problems).toEqual([])
  })

  story('D04 with a relative URL, a method and credentials', s => {
    const bob = s.phone('bob', refuses(486))
    const actionHook = { url: '../after/dial?x=1', method: 'get', basicAuth: { username: 'u', password: 'p:w' } }
    s.world.applications.set('1', { ...WATCHED, callHook: { url: 'http://app.test/flows/call', method: 'POST' } })
    s.app({ '/flows/call': dial([bob], { actionHook }) })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    const [hook] = s.hooks('/after/dial')
    expect(hook?.request.method).toBe('GET')
    expect(hook?.request.body).toBeUndefined()
    expect(hook?.request.headers['authorization']).toBe(`Basic ${Buffer.from('u:p:w').toString('base64')}`)
    expect(hook?.payload).toMatchObject({ x: '1', dial_status: 'busy', dial_sip_status: '486' })
  })

  story('D04 brings the verbs that come next, in place of the rest', s => {
    const bob = s.phone('bob', refuses(486))
    s.app({
      '/call': [...dial([bob]), { verb: 'sip:decline', status: 410 }],
      '/dial': [{ verb: 'sip:decline', status: 600, reason: 'All busy' }],
    })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(statusesOf(call)).toEqual([180, 600])
  })

  story('D04 without anything to add lets the flow go on', s => {
    const bob = s.phone('bob', refuses(486))
    s.app({ '/call': [...dial([bob]), { verb: 'sip:decline', status: 410 }], '/dial': [] })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(statusesOf(call)).toEqual([180, 410])
  })

  story('R6 D04 also when the caller hangs up while it rings, with 487', s => {
    const bob = s.phone('bob', { ringAfterMs: 50 })
    s.app({ '/call': dial([bob]) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('it rings', () => call.statuses.includes(180))
    alice.hangUp(call)
    s.until('it is over', () => call.ended)
    s.run(100)
    expect(bob.calls[0]?.canceled).toBe(true)
    expect(s.hook('/dial')).toMatchObject({ dial_status: 'no-answer', dial_sip_status: 487, call_status: 'no-answer' })
  })

  story('R6 D04 also when the caller hangs up a call that was joined: completed', s => {
    const bob = s.phone('bob', { answerAfterMs: 300 })
    s.app({ '/call': [...dial([bob]), { verb: 'play', url: 'tone_stream://%(1000,0,440)' }] })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('both are up', () => call.acked && bob.calls[0]?.acked === true)
    s.run(3_000)
    alice.hangUp(call)
    s.until('it is over', () => bob.calls[0]?.ended === true)
    s.run(100)
    expect(s.hook('/dial')).toMatchObject({ dial_status: 'completed', dial_sip_status: 200, call_status: 'completed' })
  })
})

describe('D28 the status of a dial', () => {
  const cases = [
    { manners: refuses(486), status: 'busy', sip: 486, ends: 486 },
    { manners: refuses(600), status: 'busy', sip: 600, ends: 486 },
    { manners: refuses(603), status: 'busy', sip: 603, ends: 603 },
    { manners: refuses(480), status: 'no-answer', sip: 480, ends: 480 },
    { manners: refuses(408), status: 'no-answer', sip: 408, ends: 480 },
    { manners: refuses(487), status: 'no-answer', sip: 487, ends: 480 },
    { manners: refuses(404), status: 'failed', sip: 404, ends: 502 },
    { manners: refuses(500), status: 'failed', sip: 500, ends: 502 },
    { manners: refuses(503), status: 'failed', sip: 503, ends: 502 },
    { manners: refuses(302), status: 'failed', sip: 302, ends: 502 },
  ]
  for (const { manners, status, sip, ends } of cases) {
    story(`D28 R2 ${sip} is ${status}, and the caller is refused with ${ends}`, s => {
      const bob = s.phone('bob', manners)
      s.app({ '/call': dial([bob]) })
      const call = s.call(s.phone('alice'))
      s.until('it is over', () => call.ended)
      const leg = s.world.started.find(({ leg }) => leg.direction === 'outbound')?.leg.id
      expect(dialFields(s.hook('/dial'))).toEqual({
        dial_call_sid: leg,
        dial_status: status,
        dial_call_status: status,
        dial_sip_status: sip,
      })
      expect(statusesOf(call)).toEqual([180, ends])
    })
  }

  const mixes = [
    { name: 'busy before declined', statuses: [503, 603, 486, 480], reported: 486 },
    { name: 'declined before no-answer', statuses: [404, 480, 603], reported: 603 },
    { name: 'no-answer before failed', statuses: [503, 480, 404], reported: 480 },
    { name: 'the first of several failures', statuses: [404, 503], reported: 404 },
  ]
  for (const { name, statuses, reported } of mixes) {
    story(`R5 D28 of several targets: ${name}, with that leg’s id and status`, s => {
      const phones = statuses.map((status, index) => s.phone(`p${status}`, refuses(status, 300 + 50 * index)))
      s.app({ '/call': dial(phones) })
      const call = s.call(s.phone('alice'))
      s.until('it is over', () => call.ended)
      const leg = s.world.started.find(({ leg }) => leg.to === `p${reported}`)?.leg.id
      expect(s.hook('/dial')).toMatchObject({ dial_sip_status: reported, dial_call_sid: leg })
    })
  }

  story('D28 completed goes with the status of the winner, whatever the others said', s => {
    const phones = [s.phone('busy', refuses(486)), s.phone('bob', { answerAfterMs: 1_000, hangUpAfterMs: 500 })]
    s.app({ '/call': dial(phones) })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    const leg = s.world.started.find(({ leg }) => leg.to === 'bob')?.leg.id
    expect(dialFields(s.hook('/dial'))).toEqual({
      dial_call_sid: leg,
      dial_status: 'completed',
      dial_call_status: 'completed',
      dial_sip_status: 200,
    })
  })
})

describe('the status hook', () => {
  story('K07 hears of every state of both legs, in order, and how long they talked', s => {
    const bob = s.phone('bob', { ringAfterMs: 100, answerAfterMs: 500, hangUpAfterMs: 3_200 })
    s.app({ '/call': dial([bob]) })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    s.finish()
    expect(s.statuses('inbound')).toEqual(['trying', 'ringing', 'in-progress', 'completed'])
    expect(s.statuses('outbound')).toEqual(['trying', 'ringing', 'in-progress', 'completed'])
    const ends = s.hooks('/status').filter(({ payload }) => payload['call_status'] === 'completed')
    for (const { payload } of ends) expect(payload['duration']).toBe(3)
    const [inbound] = s.world.started
    const outbound = ends.find(({ payload }) => payload['direction'] === 'outbound')?.payload
    expect(outbound).toMatchObject({ parent_call_sid: inbound?.leg.id, to: 'bob', from: 'alice' })
  })

  story('K07 hears who ended the call', s => {
    const bob = s.phone('bob', { answerAfterMs: 300 })
    s.app({ '/call': dial([bob]) })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('both are up', () => call.acked && bob.calls[0]?.acked === true)
    alice.hangUp(call)
    s.until('it is over', () => bob.calls[0]?.ended === true)
    s.finish()
    const by = s
      .hooks('/status')
      .filter(({ payload }) => payload['call_status'] === 'completed')
      .map(({ payload }) => [payload['direction'], payload['call_termination_by']])
    expect(new Map(by as [string, string][])).toEqual(
      new Map([
        ['inbound', 'caller'],
        ['outbound', 'jambonz'],
      ]),
    )
  })

  story('R9 that never answers holds up neither the call nor its sound', s => {
    const bob = s.phone('bob', { ringAfterMs: 100, answerAfterMs: 500, hangUpAfterMs: 1_000 })
    s.app({ '/call': dial([bob]), '/dial': [{ verb: 'play', url: 'tone_stream://%(500,0,440)' }, { verb: 'hangup' }] })
    const { server } = s.world.http
    s.world.http.server = request => (request.url.endsWith('/status') ? undefined : server(request))
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(call.times['200']).toBeLessThan(1_200)
    expect(s.now).toBeLessThan(4_000)
    expect(levelOf(heardBetween(call, s.now - 400, s.now), 440)).toBeGreaterThan(-16)
    s.until('the last notification is given up', () => s.statuses('inbound').includes('completed'))
    s.run(30_000)
  })

  story('R9 that is not there at all changes nothing for the call', s => {
    const bob = s.phone('bob', { ringAfterMs: 100, answerAfterMs: 500, hangUpAfterMs: 1_000 })
    s.app({ '/call': dial([bob]) })
    const { server } = s.world.http
    s.world.http.server = request => (request.url.endsWith('/status') ? { fault: 'refused' } : server(request))
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(statusesOf(call)).toEqual([180, 200])
    expect(s.now).toBeLessThan(2_000)
  })

  story('R9 a slow action hook does not stop what is heard', s => {
    const bob = s.phone('bob', { early: true, ringAfterMs: 100, answerAfterMs: 5_000 })
    s.app({
      '/call': [{ verb: 'gather', numDigits: 1, actionHook: '/menu', play: { url: 'tone_stream://%(300,0,440)' } }],
      '/menu': () => ({ json: dial([bob]), delayMs: 3_000 }),
    })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('the prompt plays', () => (call.audio?.heard.length ?? 0) > 5)
    call.audio?.press('1')
    s.until('it is dialled', () => bob.calls.length > 0)
    s.until('it is answered', () => bob.calls[0]?.acked === true)
    alice.hangUp(call)
  })

  story('K07 is none for an application that has none', s => {
    s.world.applications.set('1', APPLICATION)
    const bob = s.phone('bob', { answerAfterMs: 300, hangUpAfterMs: 500 })
    s.app({ '/call': dial([bob]) })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(s.world.http.received.map(({ request }) => new URL(request.url).pathname)).toEqual(['/call', '/dial'])
  })
})
