/**
 * The command from outside: starting, serving, stopping, and every mistake an operator can make on the way.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { noMetrics, silentLog, systemClock } from '../../../src/base/index.ts'
import { type Cdr, openSqlite } from '../../../src/store/index.ts'
import { Home } from '../process.ts'
import { RawPhone } from './raw-phone.ts'

let home: Home
let phone: RawPhone
beforeEach(async () => {
  home = new Home()
  phone = await RawPhone.open()
})
afterEach(() => {
  phone.close()
  home.remove()
})

/** The phone of the test is alice; bob never answers anything. */
const RING_ALL = `
applications: [{name: all, program: ring-all}]
numbers: [{number: "1", application: all}]
users:
  - {name: alice, contact: "sip:alice@127.0.0.1:PORT"}
  - {name: bob, contact: "sip:bob@127.0.0.1:9"}
`

async function cdrs(): Promise<readonly Cdr[]> {
  const options = { clock: systemClock, log: silentLog, metrics: noMetrics }
  const store = openSqlite(join(home.path, 'var/cordboard.sqlite'), options)
  const { cdrs } = await store.manage.cdrs.list({})
  await store.close()
  return cdrs
}

describe('without a configuration', () => {
  it('serves the demo, says what to dial, and ends with 0 when told to', async () => {
    const running = home.run()
    const { text, http } = await running.ready()
    expect(text).toMatch(/^ +1003 {2}plays a melody/m)
    expect(await (await fetch(`${http}/healthz`)).json()).toMatchObject({ status: 'ok', ready: true })
    running.signal('SIGTERM')
    expect(await running.ended).toMatchObject({ code: 0, err: '' })
  })

  it('keeps its token from one start to the next, and shows it once', async () => {
    const first = home.run()
    const { token, http, calls } = await first.ready()
    expect(token).not.toBe('')
    expect((await fetch(`${http}${calls}`, { method: 'POST' })).status).toBe(401)
    first.signal('SIGINT')
    expect((await first.ended).code).toBe(0)

    const second = home.run()
    const again = await second.ready()
    expect(again.text).not.toContain(token)
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    expect((await fetch(`${again.http}${again.calls}`, { method: 'POST', headers, body: '{}' })).status).toBe(400)
  })
})

describe('calls', () => {
  it('that are up when the switch stops are hung up, and have their row', async () => {
    const running = home.run()
    const { sipPort } = await running.ready()
    await phone.call('1000', sipPort)
    running.signal('SIGTERM')
    phone.respond(await phone.next(/^BYE /), '200 OK', sipPort)
    expect(await running.ended).toMatchObject({ code: 0, err: '' })
    expect(await cdrs()).toMatchObject([
      { to: '1000', direction: 'inbound', disposition: 'completed', endedBy: 'switch', durationMs: expect.any(Number) },
    ])
  })

  it('of a peer that never answers the BYE do not hold up the end for long', async () => {
    const running = home.run()
    const { sipPort } = await running.ready()
    await phone.call('1000', sipPort)
    const startMs = performance.now()
    running.signal('SIGTERM')
    expect((await running.ended).code).toBe(0)
    expect(performance.now() - startMs).toBeLessThan(10_000)
    expect(await cdrs()).toMatchObject([{ to: '1000', disposition: 'completed', endedBy: 'switch' }])
  })

  it('that nobody has answered when the switch stops are refused, and so are the phones that ring for them', async () => {
    home.write('cordboard.yaml', RING_ALL.replace('PORT', String(phone.port)))
    const caller = await RawPhone.open()
    const running = home.run()
    const { sipPort } = await running.ready()
    caller.invite('1', sipPort)
    await phone.next(/^INVITE /)
    running.signal('SIGTERM')
    await caller.next(/^SIP\/2\.0 480/)
    caller.close()
    expect((await running.ended).code).toBe(0)
    const rows = await cdrs()
    expect(rows.map(({ to, disposition }) => [to, disposition]).sort()).toEqual([
      ['1', 'no-answer'],
      ['alice', 'canceled'],
      ['bob', 'canceled'],
    ])
  })

  it('that a crash cut off are told as that at the next start', async () => {
    const first = home.run()
    await phone.call('1000', (await first.ready()).sipPort)
    first.signal('SIGKILL')
    await first.ended
    const second = home.run()
    await second.ready()
    second.signal('SIGTERM')
    await second.ended
    expect(await cdrs()).toMatchObject([{ to: '1000', disposition: 'node_crash', endedBy: 'switch' }])
  })

  it('of a switch that runs are none of the business of another that is started beside it by mistake', async () => {
    const running = home.run()
    const { sipPort } = await running.ready()
    await phone.call('1000', sipPort)
    expect(await home.run().ended).toEqual({
      code: 1,
      signal: null,
      out: '',
      err: expect.stringMatching(/^cordboard: The data directory \S+var is in use by another switch\.\n$/),
    })
    running.signal('SIGTERM')
    phone.respond(await phone.next(/^BYE /), '200 OK', sipPort)
    await running.ended
    expect(await cdrs()).toMatchObject([{ to: '1000', disposition: 'completed' }])
  })

  it('are made on request', async () => {
    const running = home.run({ CORDBOARD_HTTP_TOKEN: 'a-token-for-this-test' })
    const { sipPort, http, calls } = await running.ready()
    const response = await fetch(`${http}${calls}`, {
      method: 'POST',
      headers: { authorization: 'Bearer a-token-for-this-test', 'content-type': 'application/json' },
      body: JSON.stringify({
        from: '1000',
        to: { type: 'sip', sipUri: `sip:tester@127.0.0.1:${phone.port}` },
        app_json: [{ verb: 'pause', length: 0.1 }, { verb: 'hangup' }],
      }),
    })
    expect(response.status).toBe(201)
    const { sid } = (await response.json()) as { readonly sid: string }
    const invite = await phone.next(/^INVITE /)
    phone.respond(invite, '200 OK', sipPort)
    await phone.next(/^ACK /)
    phone.respond(await phone.next(/^BYE /), '200 OK', sipPort)
    running.signal('SIGTERM')
    await running.ended
    const [, sipCallId] = /^Call-ID: (\S+)/im.exec(invite) ?? []
    expect(await cdrs()).toMatchObject([{ legSid: sid, sipCallId, direction: 'outbound', disposition: 'completed' }])
  })
})

describe('a mistake', () => {
  it('in the configuration is told with all the others, and nothing starts', async () => {
    home.write(
      'cordboard.yaml',
      'sip: {bnid: x}\ntrunks: [{name: a, host: h, port: 0}]\nnumbers: [{number: "1", application: nobody}]\n',
    )
    const { code, out, err } = await home.run().ended
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err.split('\n')).toEqual([
      expect.stringMatching(/^cordboard: There are 3 mistakes in .*cordboard\.yaml:$/),
      '  sip.bnid: There is no setting "bnid" here; did you mean bind?',
      '  trunks[0].port: This must be a whole number from 1 to 65535.',
      '  numbers[0].application: There is no application "nobody".',
      '',
    ])
  })

  it.each([
    [['--config', 'nope.yaml'], /^cordboard: The configuration .*nope\.yaml cannot be read\.\n$/],
    [['stpo'], /^cordboard: There is no command stpo; try --help\.\n$/],
  ])('on the command line is one line: %j', async (given, message) => {
    const { code, out, err } = await home.run({}, ...given).ended
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(message)
  })

  it('about the SIP port names it', async () => {
    const taken = createSocket('udp4').bind(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address()
    const { code, out, err } = await home.run({ CORDBOARD_SIP_BIND: `127.0.0.1:${port}` }).ended
    taken.close()
    expect([code, out]).toEqual([1, ''])
    expect(err).toBe(
      `cordboard: UDP port ${port} of 127.0.0.1 is in use by another program. Stop that, or choose another with CORDBOARD_SIP_BIND.\n`,
    )
  })

  it('about the HTTP port names it', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { readonly port: number }
    const { code, err } = await home.run({ CORDBOARD_HTTP_BIND: `127.0.0.1:${port}` }).ended
    taken.close()
    expect(code).toBe(1)
    expect(err).toMatch(
      new RegExp(`^cordboard: TCP port ${port} of 127\\.0\\.0\\.1 is in use .* CORDBOARD_HTTP_BIND\\.\\n$`),
    )
  })

  it('about an address that this machine does not have names it', async () => {
    const { code, err } = await home.run({ CORDBOARD_SIP_BIND: '192.0.2.1:5060' }).ended
    expect(code).toBe(1)
    expect(err).toMatch(/^cordboard: UDP port 5060 of 192\.0\.2\.1 cannot be opened \(.*\)\. Choose another .*\n$/)
  })

  it('about the data directory names it, and a file that is no database too', async () => {
    home.write('var', 'a file where a directory should be')
    const blocked = await home.run().ended
    expect(blocked).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^cordboard: The data directory .*var cannot/),
    })
    expect(blocked.err.trimEnd().split('\n')).toHaveLength(1)
    home.write('cordboard.sqlite', 'this is no database, but long enough to be taken for one'.repeat(100))
    const broken = await home.run({ CORDBOARD_DATA_DIR: home.path }).ended
    expect(broken.code).toBe(1)
    expect(broken.err).toMatch(/^cordboard: \S*cordboard\.sqlite: The database cannot be opened\. \(.*\)\n$/)
  })
})
