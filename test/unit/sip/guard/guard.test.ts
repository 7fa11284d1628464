import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Guard, type GuardOptions } from '../../../../src/sip/guard/guard.ts'
import { type Conduct, DEFAULT_BANS } from '../../../../src/sip/guard/offences.ts'
import { handClock } from '../surroundings.ts'

const SOURCE = '198.51.100.66'
const request = (agent: string): Uint8Array =>
  Buffer.from(`REGISTER sip:192.0.2.1 SIP/2.0\r\nUser-Agent: ${agent}\r\nContent-Length: 0\r\n\r\n`)
const HONEST = request('Phone/1.0')

const PASS = { action: 'pass' }
const drop = (because: string) => ({ action: 'drop', because })

function bench(options: Partial<GuardOptions> = {}) {
  const clock = handClock()
  const guard = new Guard({ clock, ...options })
  const check = (address = SOURCE, bytes = HONEST) => guard.check(address, bytes)
  return { clock, guard, check }
}

/** How many requests of a tool get through, when each is followed by what the switch sees it do. */
function triesOf(tool: string, conduct: Conduct, options: Partial<GuardOptions> = {}): number {
  const { clock, guard, check } = bench(options)
  let tries = 0
  while (tries < 1_000 && check(SOURCE, request(tool)).action === 'pass') {
    tries++
    guard.report(SOURCE, conduct)
    clock.passMs(20)
  }
  return tries
}

describe('a scanner', () => {
  test('that says so is never answered, and banned whatever it says next', () => {
    const { check, guard } = bench()
    expect(check(SOURCE, request('friendly-scanner'))).toEqual(drop('scanner'))
    expect(check()).toEqual(drop('banned'))
    expect(guard.counts).toEqual({
      passed: 0,
      dropped: { 'too-large': 0, banned: 1, rate: 0, scanner: 1 },
      bans: 1,
    })
  })

  test.each<[string, Conduct]>([
    ['svmap', 'refused'],
    ['svcrack', 'wrong-credentials'],
    ['svwar', 'refused'],
    ['a fuzzer', 'malformed'],
  ])('in disguise such as %s is banned within 11 tries', (_, conduct) => {
    expect(triesOf('Phone/1.0', conduct)).toBe(10)
  })

  test('that leaves challenges unanswered is banned too', () => {
    expect(triesOf('Phone/1.0', 'challenged')).toBe(DEFAULT_BANS.unanswered)
  })
})

describe('a ban', () => {
  test('is told once, ends, and is longer the next time', () => {
    const { check, clock, guard } = bench()
    expect(guard.report(SOURCE, 'scanner')).toEqual({ source: SOURCE, because: 'scanner', banMs: 60_000, bans: 1 })
    expect(guard.report(SOURCE, 'scanner')).toBeUndefined()
    clock.passMs(59_999)
    expect(check()).toEqual(drop('banned'))
    clock.passMs(1)
    expect(check()).toEqual(PASS)
    expect(guard.report(SOURCE, 'scanner')).toMatchObject({ banMs: 120_000, bans: 2 })
    expect(guard.counts.bans).toBe(2)
  })

  test('is for nobody else', () => {
    const { check, guard } = bench()
    guard.report(SOURCE, 'scanner')
    expect(check('198.51.100.67')).toEqual(PASS)
  })

  test('is for an IPv6 network, and for an IPv4 address in IPv6 clothes', () => {
    const { check, guard } = bench()
    expect(guard.report('2001:db8::1', 'scanner')).toMatchObject({ source: '2001:db8:0:0::/64' })
    expect(check('2001:db8::2')).toEqual(drop('banned'))
    expect(check('2001:db8:0:1::2')).toEqual(PASS)
    guard.report(`::ffff:${SOURCE}`, 'scanner')
    expect(check()).toEqual(drop('banned'))
  })

  test('does not end because many other sources send', () => {
    const { check, guard } = bench({ sources: 10 })
    guard.report(SOURCE, 'scanner')
    for (let host = 0; host < 200; host++) check(`192.0.2.${host}`)
    expect(check()).toEqual(drop('banned'))
  })
})

describe('a source that has logged in', () => {
  test('is not banned for what others send in its name', () => {
    const { check, clock, guard } = bench()
    guard.report(SOURCE, 'accepted')
    for (let times = 0; times < 100; times++) guard.report(SOURCE, 'malformed')
    expect(check(SOURCE, request('friendly-scanner'))).toEqual(drop('scanner'))
    expect(check()).toEqual(PASS)
    clock.passMs(3_600_001)
    guard.report(SOURCE, 'scanner')
    expect(check()).toEqual(drop('banned'))
  })

  test('is banned for guessing passwords', () => {
    const { check, guard } = bench()
    for (let times = 0; times < 10; times++) {
      guard.report(SOURCE, 'accepted')
      guard.report(SOURCE, 'wrong-credentials')
    }
    expect(check()).toEqual(drop('banned'))
  })
})

describe('an allowed address', () => {
  test.each([
    ['192.0.2.5', '192.0.2.5'],
    ['192.0.2.5', '::ffff:192.0.2.5'],
    ['2001:DB8:0::5', '2001:db8::5'],
  ])('%s, seen as %s, is never banned, scanned or held back', (allowed, seen) => {
    const { check, guard } = bench({ allow: [allowed], rate: { perSecond: 1, burst: 1 } })
    for (let times = 0; times < 20; times++) expect(guard.report(seen, 'wrong-credentials')).toBeUndefined()
    for (let times = 0; times < 20; times++) expect(check(seen, request('friendly-scanner'))).toEqual(PASS)
    expect(guard.size).toBe(0)
  })

  test('is one address, not its network', () => {
    const { check, guard } = bench({ allow: ['2001:db8::5'] })
    guard.report('2001:db8::6', 'scanner')
    expect(check('2001:db8::6')).toEqual(drop('banned'))
    expect(check('2001:db8::5')).toEqual(PASS)
  })

  test.each(['127.0.0.1', '::1'])('is %s by option', address => {
    for (const allowLoopback of [false, true]) {
      const { check, guard } = bench({ allowLoopback })
      guard.report(address, 'scanner')
      expect(check(address)).toEqual(allowLoopback ? PASS : drop('banned'))
    }
  })
})

describe('a flood', () => {
  test('from one source is cut to its rate, others are not', () => {
    const { check, clock } = bench({ rate: { perSecond: 10, burst: 5 } })
    const passed = (): number =>
      Array.from({ length: 20 }, () => check()).filter(({ action }) => action === 'pass').length
    expect(passed()).toBe(5)
    expect(check()).toEqual(drop('rate'))
    expect(check('198.51.100.67')).toEqual(PASS)
    clock.passMs(300)
    expect(passed()).toBe(3)
  })

  test('of large messages is dropped, whoever sends them', () => {
    const { check } = bench({ messageOctets: 100, allow: [SOURCE] })
    expect(check(SOURCE, new Uint8Array(101))).toEqual(drop('too-large'))
    expect(check(SOURCE, new Uint8Array(100))).toEqual(PASS)
  })

  test('from any number of addresses takes bounded memory', () => {
    const conduct = fc.constantFrom<Conduct>('scanner', 'refused', 'challenged', 'accepted', 'wrong-credentials')
    const seen = fc.tuple(fc.oneof(fc.ipV4(), fc.ipV6()), conduct)
    const property = fc.property(fc.array(seen, { maxLength: 100 }), spray => {
      const { check, guard } = bench({ sources: 7 })
      for (const [address, conduct] of spray) {
        check(address)
        guard.report(address, conduct)
      }
      expect(guard.size).toBeLessThanOrEqual(3 * 7)
    })
    fc.assert(property, { seed: 3261, numRuns: 200 })
  })

  test('of logins of honest sources leaves no record of offences', () => {
    const { guard } = bench()
    for (let times = 0; times < 50; times++) guard.report('192.0.2.1', 'accepted')
    expect(guard.size).toBe(1)
  })
})
