import { describe, expect, test } from 'vitest'
import { dialectNamed } from '../../../../src/dialects/index.ts'
import type { AskRequest, HookEvent, LegInfo, Outcome } from '../../../../src/flow/index.ts'
import { application, callee, hookRef, leg } from '../../flow/scene.ts'

function write(event: HookEvent, more: Partial<AskRequest> = {}) {
  return dialectNamed('jambonz')?.write({
    sessionId: 'session-1',
    sequence: 1,
    application,
    hook: hookRef('/x'),
    event,
    self: leg('up'),
    tag: {},
    expect: 'flow',
    ...more,
  })
}

const invite = { method: 'INVITE', uri: 'sip:bob@h', body: 'v=0' }
const sip: LegInfo['sip'] = {
  ...invite,
  headers: [
    ['via', 'x'],
    ['x-order', '7'],
    ['via', 'y'],
  ],
}

const base = {
  call_sid: 'a',
  account_sid: 'account-1',
  application_sid: 'app-1',
  direction: 'inbound',
  from: '+4930901820',
  to: '+4930901821',
  call_id: 'call-a',
  sbc_callid: 'call-a',
  call_status: 'in-progress',
  sip_status: 200,
  sip_reason: 'OK',
  trace_id: 'session-1',
  originating_sip_ip: '192.0.2.7',
}

describe('every hook', () => {
  test('tells which call it is about', () => {
    expect(write({ type: 'redirect' })).toEqual(base)
  })

  test('tells the trunk, and where the API is', () => {
    const self = leg('up', { trunk: 'Twilio' })
    const there = { ...application, apiBaseUrl: 'https://switch.example/jambonz/v1' }
    expect(write({ type: 'redirect' }, { self, application: there })).toEqual({
      ...base,
      originating_sip_trunk_name: 'Twilio',
      api_base_url: 'https://switch.example/jambonz/v1',
    })
  })

  test('brings the data of the tag verb back, as it was given', () => {
    expect(write({ type: 'redirect' }, { tag: { order_id: 7, camelCase: { a: 1 } } })).toEqual({
      ...base,
      customerData: { order_id: 7, camelCase: { a: 1 } },
    })
  })

  test.each<[LegInfo['state'], string]>([
    ['trying', 'trying'],
    ['ringing', 'ringing'],
    ['early', 'early-media'],
    ['up', 'in-progress'],
  ])('calls the state %s %s', (state, status) => {
    expect(write({ type: 'redirect' }, { self: leg(state) })).toMatchObject({ call_status: status })
  })
})

describe('the first hook', () => {
  test('has the INVITE and the names of the caller', () => {
    const payload = write({ type: 'call' }, { self: leg('trying', { callerName: 'Jane', sip }) })
    expect(payload).toMatchObject({ caller_name: 'Jane', caller_id: '+4930901820', call_status: 'trying' })
    const headers = { via: 'x, y', 'x-order': '7' }
    expect(payload?.['sip']).toEqual({
      ...invite,
      headers,
      calledNumber: '+4930901821',
      callingNumber: '+4930901820',
    })
  })

  test('has no INVITE in a query string', () => {
    const payload = write({ type: 'call' }, { self: leg('trying', { sip }), hook: { url: '/x', method: 'GET' } })
    expect(payload).toMatchObject({ caller_name: '', caller_id: '+4930901820' })
    expect(payload && 'sip' in payload).toBe(false)
  })

  test('is the only one with the INVITE', () => {
    const payload = write({ type: 'redirect' }, { self: leg('up', { sip }) })
    expect(payload && 'sip' in payload).toBe(false)
  })
})

describe('a status', () => {
  test('of the callee is about the callee, and names its parent', () => {
    const payload = write({ type: 'status', leg: callee('ringing', { sipStatus: 180, sipReason: 'Ringing' }) })
    expect(payload).toMatchObject({
      call_sid: 'b',
      parent_call_sid: 'a',
      direction: 'outbound',
      call_id: 'call-b',
      call_status: 'ringing',
      sip_status: 180,
      sip_reason: 'Ringing',
    })
    expect(payload && ('originating_sip_ip' in payload || 'duration' in payload)).toBe(false)
  })

  test.each<[Outcome, string]>([
    ['completed', 'completed'],
    ['busy', 'busy'],
    ['no-answer', 'no-answer'],
    ['declined', 'busy'],
    ['canceled', 'no-answer'],
    ['failed', 'failed'],
    ['error', 'failed'],
  ])('at the end, after %s, is %s', (outcome, status) => {
    const ended = leg('ended', { outcome, durationMs: 61_999, endedBy: 'callee' })
    expect(write({ type: 'status', leg: ended })).toMatchObject({
      call_status: status,
      duration: 61,
      call_termination_by: 'caller',
    })
  })

  test('at the end says that it was us', () => {
    const ended = leg('ended', { outcome: 'completed', endedBy: 'switch' })
    expect(write({ type: 'status', leg: ended })).toMatchObject({ duration: 0, call_termination_by: 'jambonz' })
  })

  test('at an end without an outcome goes by the duration', () => {
    expect(write({ type: 'status', leg: leg('ended', { durationMs: 5 }) })).toMatchObject({ call_status: 'completed' })
    expect(write({ type: 'status', leg: leg('ended') })).toMatchObject({ call_status: 'failed' })
  })
})

describe('D28: the hook of a dial', () => {
  const dial = (outcome: Outcome, sipStatus: number, winner?: LegInfo): HookEvent => ({
    type: 'dial',
    outcome,
    sipStatus,
    message: 'Busy Here',
    durationMs: 0,
    ...(winner && { leg: winner }),
  })

  test('has identifier, status under both names, and the SIP status', () => {
    expect(write(dial('busy', 486, callee('ended')))).toEqual({
      ...base,
      dial_call_sid: 'b',
      dial_sbc_callid: 'call-b',
      dial_status: 'busy',
      dial_call_status: 'busy',
      dial_sip_status: 486,
      dial_sip_reason: 'Busy Here',
    })
  })

  test.each<[Outcome, number, string]>([
    ['completed', 200, 'completed'],
    ['no-answer', 487, 'no-answer'],
    ['declined', 603, 'busy'],
    ['canceled', 487, 'no-answer'],
    ['failed', 404, 'failed'],
    ['error', 500, 'failed'],
  ])('after %s (%i) says %s', (outcome, sipStatus, status) => {
    expect(write(dial(outcome, sipStatus))).toMatchObject({
      dial_status: status,
      dial_call_status: status,
      dial_sip_status: sipStatus,
    })
  })

  test('D31: says why where there was no leg at all', () => {
    const payload = write({
      type: 'dial',
      outcome: 'failed',
      sipStatus: 503,
      message: 'no outbound trunk',
      durationMs: 0,
    })
    expect(payload).toMatchObject({ dial_status: 'failed', dial_sip_reason: 'no outbound trunk' })
    expect(payload && 'dial_call_sid' in payload).toBe(false)
  })
})

describe('the hooks of gather and play', () => {
  test('digits', () => {
    expect(write({ type: 'gather', outcome: { result: 'digits', digits: '4711', finishKey: '#' } })).toEqual({
      ...base,
      reason: 'dtmfDetected',
      digits: '4711',
    })
  })

  test.each(['timeout', 'stopped'] as const)('%s, whatever was pressed before it', result => {
    expect(write({ type: 'gather', outcome: { result, digits: '47' } })).toEqual({ ...base, reason: 'timeout' })
  })

  test('a prompt that was heard', () => {
    expect(write({ type: 'play', outcome: { result: 'completed', playedMs: 2_560.4 } })).toEqual({
      ...base,
      reason: 'playCompleted',
      playback_seconds: 2,
      playback_milliseconds: 2_560,
      playback_last_offset_pos: '20483',
    })
    expect(write({ type: 'play', outcome: { result: 'stopped', playedMs: 500 } })).toMatchObject({
      reason: 'playCompleted',
    })
  })

  test('a prompt that was not', () => {
    expect(write({ type: 'play', outcome: { result: 'failed', playedMs: 0, message: 'x' } })).toEqual({
      ...base,
      reason: 'playFailed',
      status: 'fail',
      error: 'x',
    })
  })
})

test('a problem names the hook without its credentials, and what is wrong', () => {
  const problems = [{ path: '$[0]', code: 'unknown-verb', message: 'There is no verb "sing".' }]
  const hook = { ...hookRef('/menu'), basicAuth: { username: 'u', password: 'S3cr3t' } }
  expect(write({ type: 'problem', hook, message: '$[0]: There is no verb "sing".', problems })).toEqual({
    ...base,
    event: 'problem',
    hook: '/menu',
    message: '$[0]: There is no verb "sing".',
    problems,
  })
})
