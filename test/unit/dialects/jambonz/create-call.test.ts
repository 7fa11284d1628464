import { describe, expect, test } from 'vitest'
import { readCreateCall } from '../../../../src/dialects/index.ts'

const minimal = { from: '+4930901820', to: { type: 'user', name: 'bob' }, call_hook: 'https://app.example/call' }

const faults = (body: object | string): readonly string[] => {
  const result = readCreateCall(body)
  return result.ok ? [] : result.problems.map(({ path, code }) => `${path} ${code}`)
}

describe('a request to make a call', () => {
  test('says as little as it may', () => {
    expect(readCreateCall(minimal)).toEqual({
      ok: true,
      warnings: [],
      call: {
        callHook: { url: 'https://app.example/call', method: 'POST' },
        from: '+4930901820',
        to: { type: 'user', path: '$.to', name: 'bob' },
        ringTimeoutMs: 60_000,
        tag: {},
      },
    })
  })

  test('says everything', () => {
    const result = readCreateCall({
      application_sid: 'app-1',
      call_hook: { url: 'https://app.example/call', method: 'GET', username: 'u', password: 'p' },
      call_status_hook: '/status',
      from: '1000',
      callerName: 'Jane',
      to: { type: 'phone', number: '4930901820', trunk: 'Twilio', headers: { 'X-Leg': 1 } },
      headers: { 'X-Order': '7' },
      timeout: 20,
      timeLimit: 3_600,
      tag: { order: { id: 7 } },
      app_json: '[{"verb":"play","url":"hello.wav"}]',
      speech_synthesis_vendor: 'x',
      amd: {},
      account_sid: null,
    })
    expect(result).toMatchObject({
      ok: true,
      call: {
        applicationSid: 'app-1',
        callHook: { method: 'GET', basicAuth: { username: 'u', password: 'p' } },
        statusHook: { url: '/status' },
        program: { dialect: 'jambonz', ops: [{ op: 'play', at: { path: '$[0]' } }, { op: 'await' }] },
        from: '1000',
        callerName: 'Jane',
        to: { type: 'phone', number: '+4930901820', trunk: 'Twilio', headers: { 'X-Leg': '1' } },
        headers: { 'X-Order': '7' },
        ringTimeoutMs: 20_000,
        timeLimitMs: 3_600_000,
        tag: { order: { id: 7 } },
      },
    })
    expect(result.warnings.map(({ path, code }) => `${path} ${code}`)).toEqual([
      '$.to.number plus-added',
      '$.speech_synthesis_vendor ignored-property',
      '$.amd not-yet-supported',
    ])
  })

  test('may come as text with comments, and with verbs as a list', () => {
    const text = JSON.stringify({ ...minimal, call_hook: undefined, app_json: [{ verb: 'answer' }] })
    const result = readCreateCall(`// call bob\n${text}`)
    expect(result).toMatchObject({
      ok: true,
      call: { program: { ops: [{ op: 'answer', at: { path: '$.app_json[0]' } }] } },
    })
    expect(result.warnings).toMatchObject([{ code: 'comment' }])
  })

  test.each<[string, object | string, readonly string[]]>([
    ['nobody to call', { ...minimal, to: undefined }, ['$.to missing']],
    ['nobody to call from', { ...minimal, from: undefined }, ['$.from missing']],
    ['a caller that breaks out', { ...minimal, from: 'a\r\nX-Evil: 1' }, ['$.from bad-number']],
    ['a bad number', { ...minimal, to: { type: 'phone', number: '+49XXX' } }, ['$.to.number bad-number']],
    [
      'several things at once',
      { to: {}, timeout: -1 },
      ['$.to.type bad-target', '$.from missing', '$.timeout bad-value'],
    ],
    ['nothing to do', { ...minimal, call_hook: null }, ['$ missing']],
    ['a flow that is not right', { ...minimal, app_json: [{ verb: 'pause' }] }, ['$.app_json[0].length missing']],
    ['a flow that is not JSON', { ...minimal, app_json: '[{]' }, ['$.app_json[0] bad-json']],
    [
      'a flow in text that is not right',
      { ...minimal, app_json: '[{"verb":"pause"}]' },
      ['$.app_json[0].length missing'],
    ],
    ['a hook that is none', { ...minimal, call_hook: 'ftp://x/' }, ['$.call_hook bad-hook']],
    ['a property that there is not', { ...minimal, form: 'x' }, ['$.form unknown-property']],
    ['a list', '[]', ['$ bad-type']],
    ['garbage', 'to=bob', ['$ bad-json']],
    [
      'an unscreened call',
      { ...minimal, to: { ...minimal.to, confirmHook: '/x' } },
      ['$.to.confirmHook unsupported-property'],
    ],
  ])('is refused with %s', (_, body, problems) => {
    expect(faults(body)).toEqual(problems)
  })
})
