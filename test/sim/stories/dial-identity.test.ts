/**
 * What a called phone sees: who calls, and the header fields that the flow adds.
 */
import { describe, expect } from 'vitest'
import type { SimPhone } from '../peers/phone.ts'
import { field, methodOf, type Text } from '../peers/sip-text.ts'
import { type Story, statusesOf, story } from './story.ts'

/** The INVITE that a dial with these properties sends; the callee is busy. */
function inviteOf(s: Story, more: object, call: Parameters<SimPhone['call']>[2] = {}): Text {
  const bob = s.phone('bob', { reject: { status: 486, afterMs: 100 } })
  s.app({ '/call': [{ verb: 'dial', answerOnBridge: true, target: [{ type: 'sip', sipUri: bob.uri }], ...more }] })
  const calling = s.call(s.phone('alice'), call)
  s.until('it is over', () => calling.ended)
  return s.wire.inviteTo(bob)
}

/** The fallback runs, nobody is called, and the status hook hears what is wrong and where. */
function refused(s: Story, more: object, path: string, code: string): void {
  const bob = s.phone('bob')
  s.fallback([{ verb: 'sip:decline', status: 503 }])
  s.app({ '/call': [{ verb: 'dial', target: [{ type: 'sip', sipUri: bob.uri }], ...more }] })
  const call = s.call(s.phone('alice'))
  s.until('it is over', () => call.ended)
  s.run(100)
  expect(statusesOf(call)).toEqual([503])
  expect(bob.calls).toEqual([])
  expect(s.wrong.map(problem => ({ path: problem.path, code: problem.code }))).toEqual([{ path, code }])
}

describe('the caller ID', () => {
  story('D10 callerId is what the called phone sees', s => {
    const invite = inviteOf(s, { callerId: '+4930901820' })
    expect(field(invite, 'from')).toMatch(/^<sip:\+4930901820@10\.0\.0\.1>;tag=\S+$/)
  })

  story('D10 callerId is read in the ways that people write numbers', s => {
    const invite = inviteOf(s, { callerId: '+49 (30) 901-820' })
    expect(field(invite, 'from')).toMatch(/^<sip:\+4930901820@/)
  })

  story('D10 callerName goes with it, as a quoted string', s => {
    const invite = inviteOf(s, { callerId: '+4930901820', callerName: 'Müller, "Jo" \\ Söhne' })
    const bytes = Buffer.from(field(invite, 'from'), 'latin1').toString('utf8')
    expect(bytes).toMatch(/^"Müller, \\"Jo\\" \\\\ Söhne" <sip:\+4930901820@/)
  })

  for (const callerId of ['alice', '030901820', '+999123', '']) {
    story(`D10 callerId ${JSON.stringify(callerId)} is no number in E.164 and is refused`, s =>
      refused(s, { callerId }, '$[0].callerId', 'bad-number'),
    )
  }

  story('D11 is the caller’s own when none is given, its name with it', s => {
    const invite = inviteOf(s, {}, { from: '+4930901821', displayName: '"Jo \\"X\\" M\\\\"' })
    expect(field(invite, 'from')).toMatch(/^"Jo \\"X\\" M\\\\" <sip:\+4930901821@10\.0\.0\.1>;tag=/)
  })

  story('D11 is the caller’s own also if it is no number', s => {
    const invite = inviteOf(s, {}, { from: 'a%20lice' })
    expect(field(invite, 'from')).toMatch(/^<sip:a%20lice@10\.0\.0\.1>;tag=/)
  })

  story('D11 stays escaped where the caller escaped a line break', s => {
    const invite = inviteOf(s, {}, { from: 'a%0D%0AX-Evil%3A%201' })
    expect(field(invite, 'from')).toMatch(/^<sip:a%0D%0AX-Evil%3A%201@10\.0\.0\.1>;tag=/)
    expect(invite.fields.has('x-evil')).toBe(false)
  })

  story('D10 takes the caller’s name away with the caller’s number', s => {
    const bob = s.phone('bob', { reject: { status: 486, afterMs: 100 } })
    s.app({
      '/call': [
        { verb: 'dial', callerId: '+4930901820', target: [{ type: 'sip', sipUri: bob.uri }] },
        { verb: 'hangup' },
      ],
    })
    const call = s.call(s.phone('alice'), { displayName: '"Alice"' })
    s.until('it is over', () => call.ended)
    expect(field(s.wire.inviteTo(bob), 'from')).not.toContain('Alice')
    expect(s.hook('/call')).toMatchObject({ caller_name: 'Alice', caller_id: 'alice' })
  })
})

describe('headers', () => {
  story('D17 are added to every INVITE of the dial, and the target’s own before them', s => {
    const bob = s.phone('bob', { reject: { status: 486, afterMs: 100 } })
    const carol = s.phone('carol', { reject: { status: 486, afterMs: 100 } })
    s.app({
      '/call': [
        {
          verb: 'dial',
          headers: { 'X-Account': 'acme', 'X-Order': 17 },
          target: [
            { type: 'sip', sipUri: bob.uri },
            { type: 'sip', sipUri: carol.uri, headers: { 'x-account': 'other' } },
          ],
        },
        { verb: 'hangup' },
      ],
    })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    const [toBob, toCarol] = [s.wire.inviteTo(bob), s.wire.inviteTo(carol)]
    expect([field(toBob, 'x-account'), field(toBob, 'x-order')]).toEqual(['acme', '17'])
    expect([toCarol.fields.get('x-account'), field(toCarol, 'x-order')]).toEqual([['other'], '17'])
  })

  const injections = [
    {
      what: 'a line break in a value',
      more: { headers: { 'X-A': 'a\r\nX-Evil: 1' } },
      path: '$[0].headers["X-A"]',
      code: 'bad-header',
    },
    {
      what: 'a bare line feed in a value',
      more: { headers: { 'X-A': 'a\nX-Evil: 1' } },
      path: '$[0].headers["X-A"]',
      code: 'bad-header',
    },
    {
      what: 'a line break in a name',
      more: { headers: { 'X-A: b\r\nX-Evil': '1' } },
      path: '$[0].headers["X-A: b\\r\\nX-Evil"]',
      code: 'bad-header',
    },
    {
      what: 'a field that belongs to the switch',
      more: { headers: { Via: 'SIP/2.0/UDP evil' } },
      path: '$[0].headers.Via',
      code: 'bad-header',
    },
    {
      what: 'the compact form of such a field',
      more: { headers: { l: '0' } },
      path: '$[0].headers.l',
      code: 'bad-header',
    },
    {
      what: 'a line break in callerId',
      more: { callerId: '+4930901820\r\nX-Evil: 1' },
      path: '$[0].callerId',
      code: 'bad-number',
    },
    {
      what: 'a line break in callerName',
      more: { callerName: 'Bob"\r\nX-Evil: 1' },
      path: '$[0].callerName',
      code: 'bad-character',
    },
  ]
  for (const { what, more, path, code } of injections) {
    story(`D17 D10 ${what} is refused where it stands, and nothing of it is sent`, s => {
      refused(s, more, path, code)
      for (const said of s.wire.said) expect(said).not.toMatch(/evil/i)
    })
  }

  const elsewhere = [
    {
      what: 'a hangup',
      verbs: [{ verb: 'hangup', headers: { 'X-A': 'a\r\nX-Evil: 1' } }],
      path: '$[0].headers["X-A"]',
    },
    {
      what: 'a decline',
      verbs: [{ verb: 'sip:decline', status: 603, reason: 'no\r\nX-Evil: 1' }],
      path: '$[0].reason',
    },
    { what: 'an alert', verbs: [{ verb: 'alert', message: 'x\r\nX-Evil: 1' }], path: '$[0].message' },
    {
      what: 'a SIP URI',
      verbs: [{ verb: 'dial', target: [{ type: 'sip', sipUri: 'sip:b@10.0.1.1\r\nX-Evil: 1' }] }],
      path: '$[0].target[0].sipUri',
    },
    {
      what: 'the headers of a SIP URI',
      verbs: [{ verb: 'dial', target: [{ type: 'sip', sipUri: 'sip:b@10.0.1.1?X-Evil=1' }] }],
      path: '$[0].target[0].sipUri',
    },
    {
      what: 'the headers of a target',
      verbs: [{ verb: 'dial', target: [{ type: 'user', name: 'b', headers: { 'X-A': '\r\nX-Evil: 1' } }] }],
      path: '$[0].target[0].headers["X-A"]',
    },
  ]
  for (const { what, verbs, path } of elsewhere) {
    story(`D17 a line break in ${what} is refused where it stands, and nothing of it is sent`, s => {
      s.fallback([{ verb: 'sip:decline', status: 503 }])
      s.app({ '/call': verbs })
      const call = s.call(s.phone('alice'))
      s.until('it is over', () => call.ended)
      s.run(100)
      expect(statusesOf(call)).toEqual([503])
      expect(s.wrong.map(problem => problem.path)).toEqual([path])
      for (const said of s.wire.said) expect(said).not.toMatch(/evil/i)
    })
  }

  story('D17 in any script, as UTF-8', s => {
    const invite = inviteOf(s, { headers: { 'X-Name': 'Jürgen ☎ 電話' } })
    expect(Buffer.from(field(invite, 'x-name'), 'latin1').toString('utf8')).toBe('Jürgen ☎ 電話')
  })

  story('D17 on the BYE of a hangup, in any script', s => {
    s.app({ '/call': [{ verb: 'answer' }, { verb: 'hangup', headers: { 'X-Why': 'done ☎' } }] })
    const alice = s.phone('alice')
    const call = s.call(alice)
    s.until('it is over', () => call.ended)
    const [bye] = s.wire.requestsTo(alice, 'BYE')
    expect(bye && Buffer.from(field(bye.text, 'x-why'), 'latin1').toString('utf8')).toBe('done ☎')
  })
})

describe('Max-Forwards', () => {
  story('D01 goes down by one with every leg', s => {
    const invite = inviteOf(s, {})
    expect(field(invite, 'max-forwards')).toBe('69')
  })

  story('D01 of 0 lets the call in but nobody be dialled: 483', s => {
    const bob = s.phone('bob')
    s.app({
      '/call': [
        { verb: 'dial', answerOnBridge: true, actionHook: '/dial', target: [{ type: 'sip', sipUri: bob.uri }] },
      ],
    })
    const alice = s.phone('alice')
    alice.maxForwards = 0
    const call = s.call(alice)
    s.until('it is over', () => call.ended)
    expect(statusesOf(call)).toEqual([502])
    expect(s.hook('/dial')).toMatchObject({
      dial_status: 'failed',
      dial_sip_status: 483,
      dial_sip_reason: 'Too many hops',
    })
    expect(s.wire.messages.filter(({ bySwitch, text }) => bySwitch && methodOf(text) === 'INVITE')).toEqual([])
  })

  story('D01 of 1 lets a phone be dialled, with 0 left', s => {
    const bob = s.phone('bob', { reject: { status: 486, afterMs: 100 } })
    s.app({ '/call': [{ verb: 'dial', answerOnBridge: true, target: [{ type: 'sip', sipUri: bob.uri }] }] })
    const alice = s.phone('alice')
    alice.maxForwards = 1
    const call = s.call(alice)
    s.until('it is over', () => call.ended)
    expect(field(s.wire.inviteTo(bob), 'max-forwards')).toBe('0')
  })
})
