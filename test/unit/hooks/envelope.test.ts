import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { AskRequest } from '../../../src/flow/index.ts'
import { application, leg } from '../flow/scene.ts'
import { Desk } from './desk.ts'

const fine = () => ({ json: [] })

/** The request that the application received. */
function sent(more: Partial<AskRequest> = {}, options = {}) {
  const desk = new Desk(fine, options)
  desk.send(more)
  const [received] = desk.http.received
  if (!received) throw new Error('Nothing was sent.')
  return received.request
}

const hook = (url: string, method: 'GET' | 'POST' = 'POST') => ({ url, method })

describe('where a request goes', () => {
  test.each([
    ['https://other.example/x?y=1#rc=2', 'https://other.example/x?y=1'],
    ['/dialed', 'https://app.example/dialed'],
    ['dial', 'https://app.example/flows/dial'],
    ['../up', 'https://app.example/up'],
    ['http://[2001:db8::1]:8080/', 'http://[2001:db8::1]:8080/'],
  ])('A21: %s resolves to %s', (url, absolute) => {
    const base = { ...application, callHook: hook('https://app.example/flows/call') }
    expect(sent({ hook: hook(url), application: base }).url).toBe(absolute)
  })

  test.each(['ftp://app.example/x', 'javascript:alert(1)', 'file:///etc/passwd', 'http://', 'https://a b/'])(
    '%s is refused and nothing is sent',
    url => {
      const desk = new Desk(fine)
      desk.send({ hook: hook(url) })
      expect(desk.replies).toEqual([])
      expect(desk.reply).toMatchObject({ ok: false, code: 'bad-url' })
      expect(desk.http.received).toEqual([])
    },
  )

  test('a path is refused where the application has no URL', () => {
    const { callHook: _, ...local } = application
    const desk = new Desk(fine)
    desk.send({ hook: hook('/x'), application: local })
    expect(desk.reply).toMatchObject({ ok: false, code: 'bad-url' })
  })

  test('a guard may refuse any URL', () => {
    const desk = new Desk(fine, { refuseUrl: url => (url.hostname === 'app.example' ? 'Not this one.' : undefined) })
    desk.send()
    expect(desk.reply).toMatchObject({ ok: false, code: 'bad-url', message: 'Not this one.' })
    expect(desk.http.received).toEqual([])
  })

  test('an application of an unknown dialect is not asked', () => {
    const desk = new Desk(fine)
    desk.send({ application: { ...application, dialect: 'esperanto' } })
    expect(desk.reply).toMatchObject({ ok: false, code: 'unknown-dialect' })
  })
})

describe('what a request says', () => {
  test('POST has the payload as JSON', () => {
    const { method, headers, body } = sent()
    expect(method).toBe('POST')
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'Cordboard' })
    expect(JSON.parse(body ?? '')).toMatchObject({ call_sid: 'a', application_sid: 'app-1' })
  })

  test('D16: GET has the payload as query, after the query of the URL, and no body', () => {
    const { method, url, body, headers } = sent({
      hook: hook('https://app.example/x?mine=1', 'GET'),
      tag: { a: [1, 'ä'] },
    })
    expect([method, body, headers['content-type']]).toEqual(['GET', undefined, undefined])
    const query = new URL(url).searchParams
    expect([...query.keys()][0]).toBe('mine')
    expect(query.get('call_sid')).toBe('a')
    expect(query.get('from')).toBe('+4930901820')
    expect(query.get('customerData')).toBe('{"a":[1,"ä"]}')
  })

  test('A5: a query that would be too long goes without the customer data, and the trace says so', () => {
    const desk = new Desk(fine)
    desk.send({ hook: hook('https://app.example/x', 'GET'), tag: { long: 'x'.repeat(3_000) } })
    desk.timeline.runUntil(1_000)
    expect(new URL(desk.http.received[0]?.request.url ?? '').searchParams.has('customerData')).toBe(false)
    expect(desk.traces[0]?.dropped).toEqual(['customerData'])
  })

  test('A12: the idempotency key names session and request', () => {
    expect(sent({ sequence: 7 }).headers['idempotency-key']).toBe('session-1:7')
  })

  test('credentials of the hook go before those in the URL, which never go in the URL', () => {
    const token = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`
    const both = { ...hook('https://u:p%40@app.example/x'), basicAuth: { username: 'jane', password: 'ö:x' } }
    expect(sent({ hook: both })).toMatchObject({
      url: 'https://app.example/x',
      headers: { authorization: token('jane:ö:x') },
    })
    expect(sent({ hook: hook('https://u:p%40@app.example/x') }).headers['authorization']).toBe(token('u:p@'))
    expect(sent({ hook: hook('https://u:%ff@app.example/x') }).headers['authorization']).toBe(token('u:%ff'))
    expect(sent().headers['authorization']).toBeUndefined()
  })

  test('a trace context is passed on', () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    expect(sent({}, { traceparent: () => traceparent }).headers['traceparent']).toBe(traceparent)
    expect('traceparent' in sent().headers).toBe(false)
  })
})

describe('who sent it', () => {
  const secret = 'S3cr3t'
  const unixSeconds = Date.UTC(2026, 0, 1) / 1_000

  test('without a secret nothing is signed', () => {
    expect(Object.keys(sent().headers).filter(name => /sign|webhook/i.test(name))).toEqual([])
  })

  test('jambonz: an HMAC over time and body', () => {
    const { headers, body } = sent({ application: { ...application, secret } })
    const digest = createHmac('sha256', secret).update(`${unixSeconds}.${body}`).digest('hex')
    expect(headers['Jambonz-Signature']).toBe(`t=${unixSeconds},v1=${digest}`)
  })

  test('Standard Webhooks: identifier, time and body', () => {
    const { headers, body } = sent({ application: { ...application, secret }, sequence: 3 })
    const digest = createHmac('sha256', secret).update(`session-1:3.${unixSeconds}.${body}`).digest('base64')
    expect(headers).toMatchObject({
      'webhook-id': 'session-1:3',
      'webhook-timestamp': String(unixSeconds),
      'webhook-signature': `v1,${digest}`,
    })
  })

  test('Standard Webhooks: a key written whsec_ is base64', () => {
    const key = Buffer.from([0, 255, 1, 254])
    const { headers, body } = sent({ application: { ...application, secret: `whsec_${key.toString('base64')}` } })
    const digest = createHmac('sha256', key).update(`session-1:1.${unixSeconds}.${body}`).digest('base64')
    expect(headers['webhook-signature']).toBe(`v1,${digest}`)
  })

  test('a GET is signed over an empty body', () => {
    const { headers } = sent({ application: { ...application, secret }, hook: hook('https://app.example/x', 'GET') })
    const digest = createHmac('sha256', secret).update(`${unixSeconds}.`).digest('hex')
    expect(headers['Jambonz-Signature']).toBe(`t=${unixSeconds},v1=${digest}`)
  })

  test('the second attempt has the key and identifier of the first, and its own time', () => {
    const desk = new Desk(() => ({ status: 500, delayMs: 2_000 }))
    desk.send({ application: { ...application, secret }, self: leg('up') })
    desk.timeline.runUntil(20_000)
    const [first, second] = desk.http.received.map(({ request }) => request)
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key'])
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
    expect(Number(second?.headers['webhook-timestamp'])).toBe(unixSeconds + 2)
    expect(second?.body).toBe(first?.body)
  })
})
