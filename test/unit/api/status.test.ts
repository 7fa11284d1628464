import { describe, expect, it } from 'vitest'
import { Desk } from './desk.ts'

describe('/healthz', () => {
  it('says that every part is well, without a token', async () => {
    const { status, json } = await new Desk().get('/healthz')
    expect(status).toBe(200)
    expect(json).toEqual({
      status: 'ok',
      ready: true,
      version: '1.2.3',
      node: 'node-1',
      parts: { sip: { ok: true, detail: 'UDP' }, store: { ok: true, detail: '0 rows' } },
    })
  })

  it('fails when one part has, and names it, though calls still go on', async () => {
    const desk = new Desk()
    desk.health = { ready: true, parts: { sip: { ok: true, detail: '' }, store: { ok: false, detail: '9 rows wait' } } }
    const { status, json } = await desk.get('/healthz')
    expect(status).toBe(503)
    expect(json).toMatchObject({
      status: 'failing',
      ready: true,
      parts: { store: { ok: false, detail: '9 rows wait' } },
    })
    expect((await desk.get('/readyz')).status).toBe(200)
  })
})

describe('/readyz', () => {
  it('sends new calls elsewhere once the switch is to end', async () => {
    const desk = new Desk()
    desk.health = { ...desk.health, ready: false }
    expect(await desk.get('/readyz')).toMatchObject({ status: 503, json: { ready: false } })
  })
})

describe('/metrics', () => {
  it('is Prometheus text', async () => {
    const desk = new Desk()
    desk.metrics.counter('cordboard_calls_total', 'Calls by direction', ['direction']).add({ direction: 'inbound' }, 3)
    const { status, type, text } = await desk.get('/metrics')
    expect(status).toBe(200)
    expect(type).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(text).toContain('cordboard_calls_total{direction="inbound"} 3')
  })
})

describe('what there is not', () => {
  it('is a problem document on our own API', async () => {
    const { status, type, json } = await new Desk().get('/v1/nothing?secret=1')
    expect(status).toBe(404)
    expect(type).toMatch(/^application\/problem\+json/)
    expect(json).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'There is nothing at GET /v1/nothing.',
    })
  })

  it("and a message below a vendor's prefix", async () => {
    const { status, json } = await new Desk().get('/jambonz/v1/Nothing')
    expect(status).toBe(404)
    expect(json).toEqual({ msg: 'There is nothing at GET /jambonz/v1/Nothing.' })
  })
})
