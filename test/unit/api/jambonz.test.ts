import { describe, expect, it } from 'vitest'
import { APPLICATION, Desk, ECHO, LEG, NONE, TOKEN } from './desk.ts'

const TO = { type: 'sip', sipUri: 'sip:2000@192.0.2.7' } as const
const CALL = { from: '1000', to: TO, application_sid: 'app-1' }

describe('POST /jambonz/v1/Accounts/:accountSid/Calls', () => {
  it('places the call and answers with its sid', async () => {
    const desk = new Desk()
    const { status, json } = await desk.call({ ...CALL, timeout: 20, timeLimit: 600, tag: { order: 7 } })
    expect(status).toBe(201)
    expect(json).toEqual({ sid: LEG.id })
    expect(desk.placements).toEqual([
      {
        target: { type: 'sip', path: '$.to', uri: 'sip:2000@192.0.2.7' },
        application: APPLICATION,
        callerId: '1000',
        ringTimeoutMs: 20_000,
        limitMs: 600_000,
        tag: { order: 7 },
      },
    ])
  })

  it('runs the hook of the request in place of that of the application, signed by its secret', async () => {
    const desk = new Desk()
    await desk.call({ ...CALL, call_hook: '/other', call_status_hook: { url: 'status', method: 'GET' } })
    expect(desk.placements[0]?.application).toEqual({
      ...APPLICATION,
      callHook: { url: 'https://app.test/other', method: 'POST' },
      statusHook: { url: 'https://app.test/status', method: 'GET' },
    })
  })

  it('needs no application where the request brings a hook or a flow', async () => {
    const desk = new Desk()
    await desk.call({ from: '1000', to: TO, call_hook: 'https://app.test/x' })
    await desk.call({ from: '1000', to: TO, app_json: [{ verb: 'hangup' }] })
    const [hooked, flowing] = desk.placements
    expect(hooked?.application).toEqual({ ...NONE, callHook: { url: 'https://app.test/x', method: 'POST' } })
    expect(hooked?.program).toBeUndefined()
    expect(flowing?.application).toEqual(NONE)
    expect(flowing?.program?.ops).toMatchObject([{ op: 'hangup' }])
  })

  it('runs the program of a built-in application, unless the request brings a hook', async () => {
    const desk = new Desk()
    await desk.call({ ...CALL, application_sid: 'built-in' })
    await desk.call({ ...CALL, application_sid: 'built-in', call_hook: 'https://app.test/x' })
    expect(desk.placements.map(({ program }) => program)).toEqual([ECHO, undefined])
  })

  it('takes JSON with comments, and says in a header that it did', async () => {
    const desk = new Desk()
    const { status, headers } = await desk.call(
      `{ // to the desk\n "from": "1000", "to": ${JSON.stringify(TO)}, "application_sid": "app-1", }`,
    )
    expect(status).toBe(201)
    expect(headers['cordboard-warning']).toMatch(/comments.*trailing commas/)
    expect(desk.placements).toHaveLength(1)
  })
})

describe('a request without the right token', () => {
  it.each([
    ['none', ''],
    ['another scheme', `Basic ${TOKEN}`],
    ['another token', 'Bearer token-of-that-test'],
    ['half the token', `Bearer ${TOKEN.slice(0, 9)}`],
    ['more than the token', `Bearer ${TOKEN}x`],
    ['an empty token', 'Bearer '],
  ])('is refused before anything is read: %s', async (_story, authorization) => {
    const desk = new Desk()
    const { status, headers, json } = await desk.call('not even JSON', {
      headers: { authorization },
      account: 'nobody',
    })
    expect(status).toBe(401)
    expect(headers['www-authenticate']).toBe('Bearer realm="cordboard"')
    expect(json).toEqual({ msg: 'A valid bearer token is needed.' })
    expect(desk.placements).toEqual([])
  })

  it('may write the scheme in any case', async () => {
    expect((await new Desk().call(CALL, { headers: { authorization: `bearer ${TOKEN}` } })).status).toBe(201)
  })
})

describe('a request that cannot be carried out', () => {
  it('has a path that is none', async () => {
    const { status, json } = await new Desk().call(CALL, { account: '%zz' })
    expect(status).toBe(400)
    expect(json['msg']).toMatch(/%zz/)
  })

  it('names another account', async () => {
    const { status, json } = await new Desk().call(CALL, { account: 'account-2' })
    expect([status, json]).toEqual([404, { msg: 'There is no account account-2.' }])
  })

  it('has faults: all of them come back, with their paths', async () => {
    const desk = new Desk()
    const { status, json } = await desk.call({
      from: '1000',
      to: { type: 'fax' },
      timeout: 'long',
      application_sid: 'app-1',
    })
    expect(status).toBe(400)
    expect(json['msg']).toMatch(/\$\.to\.type.*\$\.timeout/)
    expect((json['problems'] as { path: string }[]).map(({ path }) => path)).toEqual(['$.to.type', '$.timeout'])
    expect(desk.placements).toEqual([])
  })

  it.each([
    ['nothing', ''],
    ['half a document', '{"from": "1000"'],
    ['a flow where a call belongs', '[]'],
    ['no object', '7'],
    ['depth without end', '['.repeat(100_000)],
  ])('says %s', async (_story, body) => {
    const { status, json } = await new Desk().call(body)
    expect(status).toBe(400)
    expect(json['msg']).toMatch(/^\$/)
  })

  it('names an application that there is not', async () => {
    const desk = new Desk()
    const { status, json } = await desk.call({ ...CALL, application_sid: 'app-9' })
    expect(status).toBe(422)
    expect(json).toMatchObject({ problems: [{ path: '$.application_sid', code: 'unknown-application' }] })
    expect(desk.placements).toEqual([])
  })

  it.each([
    ['call_hook', { call_hook: '/path' }],
    ['call_status_hook', { app_json: [], call_status_hook: 'status' }],
  ])('names a path as its %s, and no application whose it could be', async (property, hooks) => {
    const desk = new Desk()
    const { status, json } = await desk.call({ from: '1000', to: TO, ...hooks })
    expect(status).toBe(422)
    expect(json).toMatchObject({ problems: [{ path: `$.${property}`, code: 'bad-hook' }] })
    expect(desk.placements).toEqual([])
  })

  it('has nobody to ring', async () => {
    const desk = new Desk()
    const problem = { path: '$.to', code: 'unreachable-target', message: 'No outbound trunk' }
    desk.place = (_placement, done) => done({ ok: false, problem })
    const { status, json } = await desk.call(CALL)
    expect([status, json]).toEqual([422, { msg: '$.to: No outbound trunk', problems: [problem] }])
  })

  it('comes while the switch stops', async () => {
    const desk = new Desk()
    desk.isOpen = false
    const { status, headers, json } = await desk.call(CALL)
    expect([status, headers['retry-after']]).toEqual([503, '10'])
    expect(json).toEqual({ msg: 'The switch is stopping and takes no new calls.' })
    expect(desk.placements).toEqual([])
  })

  it('is longer than a megabyte', async () => {
    const desk = new Desk()
    const { status, json } = await desk.call({ ...CALL, tag: { long: 'x'.repeat(1_048_576) } })
    expect([status, json]).toEqual([413, { msg: 'A body has at most 1048576 bytes.' }])
    expect(desk.placements).toEqual([])
  })

  it('is no JSON by its own account', async () => {
    const { status, json } = await new Desk().call('from=1000', { headers: { 'content-type': 'text/xml' } })
    expect([status, json]).toEqual([415, { msg: 'The body must be application/json.' }])
  })

  it('meets a defect of ours: the answer says nothing of it, the log does', async () => {
    const desk = new Desk()
    desk.place = () => {
      throw new Error('the secret inside')
    }
    const { status, text } = await desk.call(CALL)
    expect(status).toBe(500)
    expect(text).toBe('{"msg":"The switch failed to answer this request."}')
    expect(desk.logged).toEqual(['A request could not be answered'])
    expect((await desk.get('/healthz')).status).toBe(200)
  })
})
