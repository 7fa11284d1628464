/**
 * The messages of RFC 4475 and RFC 5118, each as a datagram to the whole switch: what it answers, where to, that it
 * still serves afterwards, and that nothing is left of it.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readText, statusOf, type Text } from '../peers/sip-text.ts'
import type { Stranger } from '../peers/stranger.ts'
import type { Datagram } from '../world/net.ts'
import { SWITCH } from '../world/world.ts'
import { type Story, story, WATCHED } from './story.ts'

interface VectorCase {
  readonly case: string
  readonly file: string
  readonly rfc: string
  /** The final statuses that the RFC's rules allow. */
  readonly accept: readonly number[]
  readonly dropAllowed: boolean
}

const vectors = new URL('../../vectors/', import.meta.url)

const vectorsOf = (folder: string): readonly (VectorCase & { readonly bytes: Uint8Array })[] => {
  const manifest = readFileSync(new URL(`${folder}/manifest.json`, vectors), 'utf8')
  return (JSON.parse(manifest) as readonly VectorCase[]).map(item => ({
    ...item,
    bytes: readFileSync(new URL(`${folder}/${item.file}`, vectors)),
  }))
}

const CASES = [...vectorsOf('rfc4475'), ...vectorsOf('rfc5118')]

/** The final status of the switch, for every case. */
const ANSWERS: Readonly<Record<number, readonly string[]>> = {
  // Silence: responses, and requests whose sender or whose request cannot be made out.
  0: ['unreason', 'noreason', 'scalarlg', 'bigcode', 'bcast', 'badinv01', 'test'],
  200: [
    ...['lwsdisp', 'semiuri', 'transports', 'badbranch', 'zeromf'],
    ...['esc01', 'longreq', 'baddate', 'inv2543', 'mult-ip-in-sdp'],
    ...['via-received-param-no-delim', 'ipv6-correct-abnf-2-colons'],
  ],
  400: [
    ...['clerr', 'ncl', 'scalar02', 'quotbal', 'ltgtruri', 'lwsruri', 'lwsstart', 'trws', 'escruri', 'regbadct'],
    ...['badaspec', 'baddn', 'mismatch01', 'mismatch02', 'insuf', 'multi01', 'mcl01'],
    ...['ipv6-bad', 'ipv6-bug-abnf-3-colons'],
  ],
  405: [
    ...['mpart01', 'escnull', 'dblreq', 'unksm2', 'regaut01', 'cparam01', 'cparam02', 'regescrt'],
    ...['ipv6-good', 'port-ambiguous', 'port-unambiguous'],
  ],
  406: ['sdp01'],
  415: ['invut'],
  416: ['unkscm', 'novelsc'],
  420: ['bext01'],
  481: ['wsinv', 'via-received-param-with-delim', 'mult-ip-in-header'],
  // No media over IPv6 from an address of IPv4.
  488: ['ipv6-in-sdp', 'ipv4-mapped-ipv6'],
  501: ['intmeth', 'esc02'],
  505: ['badvers'],
}

const answerTo = (name: string): number =>
  Number(Object.entries(ANSWERS).find(([, names]) => names.includes(name))?.[0] ?? Number.NaN)

const isRegister = (bytes: Uint8Array): boolean => readText(bytes).start.startsWith('REGISTER ')

/** Users that the valid INVITEs call. */
const CALLED = ['sips:user@example.com', 'user', 'UserB']

interface Told {
  readonly host: Stranger
  /** What the switch sent, to whomever, until the story went on. */
  readonly sent: readonly { readonly text: Text; readonly to: Datagram['to'] }[]
}

/** A stranger says it to a switch where every number answers and hangs up. */
function tell(s: Story, bytes: Uint8Array): Told {
  for (const user of CALLED) s.world.applications.set(user, WATCHED)
  s.app({ '/call': [{ verb: 'answer' }, { verb: 'hangup' }] })
  const host = s.stranger()
  const sent: { text: Text; to: Datagram['to'] }[] = []
  s.world.net.tap(({ bytes, from, to }, what) => {
    if (what === 'sent' && from.address === SWITCH.address) sent.push({ text: readText(bytes), to })
  })
  host.say(bytes)
  s.run(100)
  return { host, sent: [...sent] }
}

const finalsOf = ({ sent }: Told): readonly number[] =>
  sent.map(({ text }) => statusOf(text)).filter(status => status >= 200)

function vector(name: string): Uint8Array {
  const found = CASES.find(item => item.case === name)
  if (!found) throw new Error(`No vector ${name}`)
  return found.bytes
}

test('every vector has one answer, and the RFC allows it', () => {
  expect(Object.values(ANSWERS).flat().toSorted()).toEqual(CASES.map(item => item.case).toSorted())
  for (const { case: name, accept, dropAllowed, bytes } of CASES) {
    const status = answerTo(name)
    if (status === 0) expect(dropAllowed, name).toBe(true)
    // The manifest supposes a registrar. RFC 3261 section 8.2.1: a method that is not served is answered 405.
    else if (isRegister(bytes) && status === 405) expect(accept, name).not.toContain(status)
    else expect(accept, name).toContain(status)
  }
})

for (const { case: name, rfc, bytes } of CASES) {
  const status = answerTo(name)
  story(`K01 RFC ${rfc} ${name}: ${status === 0 ? 'silence' : status}`, s => {
    const told = tell(s, bytes)
    expect(finalsOf(told)).toEqual(status === 0 ? [] : [status])
    const strayed = told.sent.filter(({ to }) => to.address !== told.host.address)
    expect(strayed, 'sent elsewhere than to where it came from').toEqual([])
    const { heard } = told.host
    const before = heard.length
    told.host.say(told.host.request('OPTIONS', { 'Call-ID': 'alive' }))
    s.run(10)
    expect(heard.slice(before).map(statusOf), 'alive').toEqual([200])
  })
}

describe('what else is to be seen on the wire', () => {
  const fieldsOf = ({ sent }: Told, name: string) => sent[0]?.text.fields.get(name)

  story('K01 RFC 4475 section 3.3.5 bext01: Unsupported names each extension', s => {
    const unsupported = fieldsOf(tell(s, vector('bext01')), 'unsupported')
    expect(unsupported).toEqual(['nothingsupportsthis, nothingsupportsthiseither'])
  })

  story('K01 RFC 4475 section 3.3.6 invut: Accept names what could be read', s => {
    expect(fieldsOf(tell(s, vector('invut')), 'accept')).toEqual(['application/sdp'])
  })

  for (const name of ['regaut01', 'intmeth']) {
    story(`K01 ${name}: Allow names what is served, and REGISTER is not`, s => {
      const [allow = ''] = fieldsOf(tell(s, vector(name)), 'allow') ?? []
      expect(allow).toContain('INVITE')
      expect(allow).not.toContain('REGISTER')
    })
  }

  story('K01 RFC 4475 section 3.1.1.8 dblreq: the INVITE behind the REGISTER is no call', s => {
    tell(s, vector('dblreq'))
    expect(s.world.started).toEqual([])
  })

  story('K01 RFC 4475 section 3.2.1 badbranch: two requests with the bare cookie are two transactions', s => {
    const bytes = vector('badbranch')
    const other = Buffer.from(bytes).toString('latin1').replace('Call-ID: ', 'Call-ID: other-')
    const { host } = tell(s, bytes)
    host.say(other)
    s.run(10)
    expect(host.heard.map(text => [statusOf(text), text.fields.get('call-id')?.[0]?.slice(0, 6)])).toEqual([
      [200, 'badbra'],
      [200, 'other-'],
    ])
  })
})
