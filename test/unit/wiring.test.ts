import { beforeEach, describe, expect, it } from 'vitest'
import { type Log, noMetrics, type Random, silentLog } from '../../src/base/index.ts'
import type { Destination, LegRecordEnd, TrunkInfo } from '../../src/calls/index.ts'
import type { LegInfo, Program } from '../../src/flow/index.ts'
import { type ApplicationRecord, openMemory, type Store, type TrunkRecord } from '../../src/store/index.ts'
import { type Applications, applicationsOver, directoryOver, recordsOver, routesOver } from '../../src/wiring.ts'
import { StillClock } from './store/fixtures.ts'

const HOOKED: ApplicationRecord = {
  sid: 'app-1',
  accountSid: 'account-1',
  name: 'support',
  callHook: { url: 'https://app.test/call', method: 'POST', username: 'u', password: 'p' },
  callStatusHook: { url: 'https://app.test/status', method: 'GET' },
  secret: 'shared',
  fallbackDocument: [{ verb: 'hangup' }],
}
const BUILT_IN: ApplicationRecord = { sid: 'app-2', accountSid: 'account-1', name: 'echo', programName: 'echo' }
const LOST: ApplicationRecord = { sid: 'app-3', accountSid: 'account-1', name: 'lost', programName: 'constructor' }

const TRUNK: TrunkRecord = {
  name: 'carrier',
  host: 'sip.example.com',
  port: 5060,
  outbound: true,
  priority: 10,
  weight: 10,
  numberFormat: 'plus',
  mediaSources: [],
}

const echoOf = (to: string): Program => ({ dialect: to, ops: [] })

let clock: StillClock
let store: Store
let applications: Applications
let isOpen: boolean
let complaints: string[]

beforeEach(async () => {
  clock = new StillClock()
  isOpen = true
  complaints = []
  const log: Log = { ...silentLog, error: (_fields, message) => complaints.push(message) }
  store = openMemory({ clock, log: silentLog, metrics: noMetrics, node: 'node-1' })
  for (const application of [HOOKED, BUILT_IN, LOST]) await store.manage.applications.put(application)
  const programs = { echo: ({ to }: { readonly to: string }) => echoOf(to) }
  const apiBaseUrl = 'http://127.0.0.1:8080/jambonz'
  applications = applicationsOver({ store, log, programs, accountSid: 'account-1', apiBaseUrl })
})

const giveNumber = (pattern: string, applicationSid: string): Promise<void> =>
  store.manage.numbers.put({ pattern, applicationSid })

function dial(to: string, address = '127.0.0.1'): Destination {
  const found: Destination[] = []
  const allows = (source: string): boolean => source === '127.0.0.1'
  const routes = routesOver({ store, applications, allows, isOpen: () => isOpen })
  routes.destination({ to, from: '100', source: { address, port: 5062 } }, destination => found.push(destination))
  clock.advance(10)
  expect(found, 'told once').toHaveLength(1)
  return found[0] as Destination
}

describe('a call that arrives', () => {
  it('goes to the application that has the number, with its hooks, its secret and its fallback', async () => {
    await giveNumber('1000', 'app-1')
    expect(dial('1000')).toEqual({
      ok: true,
      application: {
        sid: 'app-1',
        accountSid: 'account-1',
        dialect: 'jambonz',
        apiBaseUrl: 'http://127.0.0.1:8080/jambonz',
        callHook: { url: 'https://app.test/call', method: 'POST', basicAuth: { username: 'u', password: 'p' } },
        statusHook: { url: 'https://app.test/status', method: 'GET' },
        secret: 'shared',
        fallback: { dialect: 'jambonz', ops: [{ op: 'hangup', at: { path: '$[0]', verb: 'hangup' }, leg: 'self' }] },
      },
    })
  })

  it('runs a built-in program, made for what was dialled', async () => {
    await giveNumber('9*', 'app-2')
    expect(dial('912')).toMatchObject({ ok: true, application: { sid: 'app-2' }, program: echoOf('912') })
  })

  it('gets 404 where nobody has the number', () => {
    expect(dial('1000')).toMatchObject({ ok: false, status: 404 })
  })

  it('gets 403 from elsewhere, whether the number exists or not', async () => {
    await giveNumber('1000', 'app-1')
    for (const to of ['1000', '9999']) {
      expect(dial(to, '192.0.2.1')).toEqual({ ok: false, status: 403, reason: 'calls from 192.0.2.1 are not taken' })
    }
  })

  it('gets 503 while the switch stops, and when the store cannot say', async () => {
    await giveNumber('1000', 'app-1')
    isOpen = false
    expect(dial('1000')).toMatchObject({ ok: false, status: 503 })
    isOpen = true
    await store.close()
    expect(dial('1000')).toMatchObject({ ok: false, status: 503 })
  })

  it('gets 500 for a program that there is not, and the log says which', async () => {
    await giveNumber('1000', 'app-3')
    expect(dial('1000')).toMatchObject({ ok: false, status: 500 })
    expect(complaints).toEqual(['There is no such built-in program'])
  })

  it.each([
    ['+4512345678', '4512345678'],
    ['4512345678', '+4512345678'],
  ])('finds the number %s dialled as %s, before what is for anybody', async (pattern, dialled) => {
    await giveNumber('*', 'app-2')
    await giveNumber(pattern, 'app-1')
    expect(dial(dialled)).toMatchObject({ ok: true, application: { sid: 'app-1' } })
  })

  it('takes the number as it was dialled where both forms of it exist', async () => {
    await giveNumber('+4512345678', 'app-1')
    await giveNumber('4512345678', 'app-2')
    expect(dial('4512345678')).toMatchObject({ application: { sid: 'app-2' } })
    expect(dial('+4512345678')).toMatchObject({ application: { sid: 'app-1' } })
  })

  it('does not take an extension for a number of the world', async () => {
    await giveNumber('+1000', 'app-1')
    expect(dial('1000')).toMatchObject({ ok: false, status: 404 })
  })
})

describe('an application', () => {
  it('is found by its identifier until it changes', async () => {
    expect(applications.find('app-1')?.application).toBe(applications.find('app-1')?.application)
    await store.manage.applications.put({ ...HOOKED, secret: 'other' })
    expect(applications.find('app-1')?.application.secret).toBe('other')
    expect(applications.find('app-9')).toBeUndefined()
  })

  it('whose fallback cannot be read works without it, and the log says so', async () => {
    await store.manage.applications.put({ ...HOOKED, fallbackDocument: [{ verb: 'sya' }] })
    expect(applications.find('app-1')?.application).not.toHaveProperty('fallback')
    applications.find('app-1')
    expect(complaints).toEqual(['The fallback document cannot be read'])
  })
})

describe('a call that leaves', () => {
  /** Draws the numbers in turn. */
  const drawing = (...numbers: readonly number[]): Random => {
    let next = 0
    return { u32: () => numbers[next++ % numbers.length] as number }
  }
  const trunkFor = (name: string | undefined, random = drawing(0)): TrunkInfo | undefined => {
    let found: TrunkInfo | undefined
    directoryOver({ store, random, domain: 'example.com' }).trunk(name, trunk => {
      found = trunk
    })
    return found
  }

  it('takes the named trunk, with its credentials and its way of writing numbers', async () => {
    const more = {
      username: 'me',
      password: 'pw',
      realm: 'r',
      fromDomain: 'example.com',
      numberFormat: 'no-plus',
    } as const
    await store.manage.trunks.put({ ...TRUNK, ...more })
    expect(trunkFor('carrier')).toEqual({
      name: 'carrier',
      host: 'sip.example.com',
      port: 5060,
      plus: false,
      auth: { username: 'me', password: 'pw', realm: 'r' },
      fromDomain: 'example.com',
    })
    expect(trunkFor('other')).toBeUndefined()
  })

  it('takes no trunk that is for incoming calls only, by name or by chance', async () => {
    await store.manage.trunks.put({ ...TRUNK, outbound: false })
    expect(trunkFor('carrier')).toBeUndefined()
    expect(trunkFor(undefined)).toBeUndefined()
  })

  it('takes the trunk of the lowest priority, and of equals one by weight', async () => {
    await store.manage.trunks.put({ ...TRUNK, name: 'in', outbound: false, priority: 0 })
    await store.manage.trunks.put({ ...TRUNK, name: 'a', priority: 1, weight: 0 })
    await store.manage.trunks.put({ ...TRUNK, name: 'b', priority: 1, weight: 2 })
    await store.manage.trunks.put({ ...TRUNK, name: 'last', priority: 2, weight: 100 })
    const drawn = [0, 1, 2, 3].map(number => trunkFor(undefined, drawing(number))?.name)
    expect(drawn).toEqual(['a', 'b', 'b', 'b'])
  })

  it('rings a user at home, in the domain of the switch or in the one that is named', async () => {
    await store.manage.users.put({ username: 'alice', domain: 'example.com', contact: 'sip:alice@192.0.2.7' })
    await store.manage.users.put({ username: 'bob', domain: 'example.com' })
    const contactsOf = (user: string): readonly string[] => {
      let found: readonly string[] = ['not told']
      directoryOver({ store, random: drawing(0), domain: 'example.com' }).contacts(user, uris => {
        found = uris
      })
      return found
    }
    expect(contactsOf('alice')).toEqual(['sip:alice@192.0.2.7'])
    expect(contactsOf('alice@EXAMPLE.com')).toEqual(['sip:alice@192.0.2.7'])
    expect(contactsOf('alice@example.org')).toEqual([])
    expect(contactsOf('bob')).toEqual([])
    expect(contactsOf('carol')).toEqual([])
  })
})

describe('the record of a leg', () => {
  const LEG: LegInfo = {
    id: 'leg-1',
    parentId: 'leg-0',
    direction: 'outbound',
    callId: '',
    from: '+4511111111',
    to: '+4522222222',
    state: 'trying',
    sipStatus: 0,
    sipReason: '',
    peerAddress: '',
    trunk: 'carrier',
  }
  const ENDED: LegRecordEnd = {
    leg: {
      ...LEG,
      callId: 'call-1',
      state: 'ended',
      sipStatus: 200,
      sipReason: 'OK',
      outcome: 'completed',
      endedBy: 'callee',
      cause: 'BYE',
    },
    ringingAtMs: 1_100,
    answeredAtMs: 2_000,
    endedAtMs: 9_000,
    durationMs: 8_000.4,
    answeredMs: 7_000,
    tag: { order: 7 },
  }

  it('is safe before the call goes on, and whole at its end', async () => {
    const records = recordsOver(store)
    let isSafe = false
    records.started({ sessionId: 'session-1', leg: LEG, applicationSid: 'app-1', startedAtMs: 1_000 }, () => {
      isSafe = true
    })
    expect(isSafe).toBe(false)
    clock.advance(10)
    expect(isSafe).toBe(true)
    records.ended(ENDED)
    expect(await store.manage.cdrs.get('leg-1')).toMatchObject({
      legSid: 'leg-1',
      sessionSid: 'session-1',
      parentLegSid: 'leg-0',
      node: 'node-1',
      sipCallId: 'call-1',
      direction: 'outbound',
      from: '+4511111111',
      to: '+4522222222',
      trunk: 'carrier',
      applicationSid: 'app-1',
      startedAtMs: 1_000,
      ringingAtMs: 1_100,
      answeredAtMs: 2_000,
      endedAtMs: 9_000,
      billedMs: 7_000,
      disposition: 'completed',
      sipStatus: 200,
      endedBy: 'callee',
      cause: 'BYE',
      tag: { order: 7 },
    })
  })

  it('lets the call go on when the store cannot keep it', async () => {
    await store.close()
    let goesOn = false
    recordsOver(store).started({ sessionId: 's', leg: LEG, applicationSid: '', startedAtMs: 1 }, () => {
      goesOn = true
    })
    clock.advance(10)
    expect(goesOn).toBe(true)
  })

  it('of a leg that has ended is forgotten: a second end writes nothing', () => {
    const written: unknown[] = []
    const records = recordsOver({ ...store, callEnded: leg => written.push(leg) })
    records.started({ sessionId: 's', leg: LEG, applicationSid: '', startedAtMs: 1 }, () => {})
    records.ended(ENDED)
    records.ended({ ...ENDED, endedAtMs: 99_000 })
    expect(written).toMatchObject([{ legSid: 'leg-1', endedAtMs: 9_000 }])
  })
})
