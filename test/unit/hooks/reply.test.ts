import { describe, expect, test } from 'vitest'
import type { HttpResponse } from '../../../src/base/index.ts'
import { dialectNamed } from '../../../src/dialects/index.ts'
import type { AskReply } from '../../../src/flow/index.ts'
import { readFlow, readResult } from '../../../src/hooks/reply.ts'

const jambonz = dialectNamed('jambonz') as NonNullable<ReturnType<typeof dialectNamed>>

const response = (status: number, body: string | Uint8Array = '', type = 'application/json'): HttpResponse => ({
  ok: true,
  status,
  headers: { 'content-type': type },
  body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
})

const read = (status: number, body?: string | Uint8Array, type?: string): AskReply =>
  readFlow(response(status, body, type), jambonz)

describe('the answer of an application', () => {
  test('is a flow', () => {
    expect(read(200, '[{"verb":"answer"}]')).toMatchObject({
      ok: true,
      program: { ops: [{ op: 'answer' }] },
      warnings: [],
    })
    expect(read(202, '{"verb":"answer"}')).toMatchObject({ ok: true, program: { ops: [{ op: 'answer' }] } })
  })

  test('is a flow whatever the server calls it', () => {
    expect(read(200, ' [{"verb":"answer"}]', 'text/plain; charset=utf-8')).toMatchObject({ program: { ops: [{}] } })
    expect(read(200, '[{"verb":"answer"}]', 'text/html')).toMatchObject({ program: { ops: [{}] } })
  })

  test('with a byte order mark is a flow too', () => {
    expect(read(200, '\ufeff[{"verb":"answer"}]')).toMatchObject({ program: { ops: [{}] } })
  })

  test.each([
    ['nothing', 204, '', 'application/json'],
    ['nothing, with 200', 200, ' \n', 'application/json'],
    ['an empty list', 200, '[]', 'application/json'],
    ['null', 200, 'null', 'application/json'],
    ['an object that is no verb', 200, '{"status":"ok"}', 'application/json'],
    ['OK in plain text', 200, 'OK', 'text/plain; charset=utf-8'],
  ])('says nothing: %s', (_, status, body, type) => {
    const reply = read(status, body, type)
    expect(reply).toMatchObject({ ok: true })
    expect('program' in reply).toBe(false)
  })

  test('warns of what it leaves out', () => {
    expect(read(200, '[{"verb":"answer","id":"x"},]')).toMatchObject({
      ok: true,
      warnings: [{ code: 'trailing-comma' }, { path: '$[0].id', code: 'ignored-property' }],
    })
  })

  test.each([100, 201, 301, 302, 400, 401, 404, 410, 500, 503])('is a failure with %i', status => {
    expect(read(status, '[{"verb":"answer"}]')).toMatchObject({ ok: false, code: 'status' })
    expect(readResult(response(status))).toMatchObject({ ok: false, message: `The hook answered ${status}.` })
  })

  test('is a failure with path and offset if it is no JSON', () => {
    expect(read(200, '[{"verb":"answer"}, oops]')).toEqual({
      ok: false,
      code: 'bad-document',
      message: '$[1]: The document is not JSON at line 1, column 21 (offset 20): invalid symbol.',
      problems: [
        {
          path: '$[1]',
          code: 'bad-json',
          message: 'The document is not JSON at line 1, column 21 (offset 20): invalid symbol.',
        },
      ],
    })
  })

  test('is a failure if it is a web page', () => {
    expect(read(200, '<html><body>It works!</body></html>', 'text/html')).toMatchObject({
      ok: false,
      code: 'bad-document',
    })
  })

  test('is a failure if it is not UTF-8', () => {
    expect(read(200, new Uint8Array([0x5b, 0xff, 0x5d]))).toMatchObject({
      ok: false,
      problems: [{ code: 'bad-encoding' }],
    })
  })

  test('is a failure if a verb is not right, with all that is wrong', () => {
    const reply = read(200, '[{"verb":"pause"},{"verb":"sing"}]')
    expect(reply).toMatchObject({
      ok: false,
      code: 'bad-document',
      message: '$[0].length: length is required.',
      problems: [{ path: '$[0].length' }, { path: '$[1]', code: 'unknown-verb' }],
    })
  })

  test('to a notification is not read', () => {
    expect(readResult(response(200, '<html>'))).toEqual({ ok: true })
  })

  test('that never came is a failure with its reason', () => {
    const fault = { ok: false, code: 'too-large', message: 'Too long.' } as const
    expect(readFlow(fault, jambonz)).toEqual({ ok: false, code: 'too-large', message: 'Too long.', problems: [] })
    expect(readResult(fault)).toMatchObject({ ok: false, code: 'too-large' })
  })
})
