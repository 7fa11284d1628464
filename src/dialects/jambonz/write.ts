/**
 * What a jambonz application is told: keys in snake case, except `customerData` and what is in `sip`.
 */
import type { AskRequest, CollectResult, HookEvent, LegInfo, Outcome, PlayResult } from '../../flow/index.ts'
import type { Payload } from '../dialect.ts'

export function write(request: AskRequest): Payload {
  const { event, self, application, tag, sessionId } = request
  const leg = event.type === 'status' ? event.leg : self
  return {
    ...legPayload(leg),
    account_sid: application.accountSid,
    application_sid: application.sid,
    trace_id: sessionId,
    ...(application.apiBaseUrl !== undefined && { api_base_url: application.apiBaseUrl }),
    ...(Object.keys(tag).length > 0 && { customerData: tag }),
    ...eventPayload(event, request),
  }
}

function legPayload(leg: LegInfo): Payload {
  return {
    call_sid: leg.id,
    ...(leg.parentId !== undefined && { parent_call_sid: leg.parentId }),
    direction: leg.direction,
    from: leg.from,
    to: leg.to,
    call_id: leg.callId,
    // There is no session border controller between: its Call-ID is the leg's.
    sbc_callid: leg.callId,
    call_status: callStatus(leg),
    sip_status: leg.sipStatus,
    sip_reason: leg.sipReason,
    ...(leg.direction === 'inbound' && { originating_sip_ip: leg.peerAddress }),
    ...(leg.direction === 'inbound' && leg.trunk !== undefined && { originating_sip_trunk_name: leg.trunk }),
  }
}

function eventPayload(event: HookEvent, { self, hook }: AskRequest): Payload {
  switch (event.type) {
    case 'call':
      return firstPayload(self, hook.method)
    case 'status':
      return event.leg.state === 'ended' ? endPayload(event.leg) : {}
    case 'redirect':
      return {}
    case 'play':
      return playPayload(event.outcome)
    case 'gather':
      return gatherPayload(event.outcome)
    case 'dial':
      return dialPayload(event)
    case 'problem':
      return { event: 'problem', hook: event.hook.url, message: event.message, problems: event.problems }
    default: {
      const unknown: never = event
      return unknown
    }
  }
}

/** The INVITE goes with the first request, except where it would have to go into a query string. */
function firstPayload(self: LegInfo, method: 'GET' | 'POST'): Payload {
  const names = { caller_name: self.callerName ?? '', caller_id: self.from }
  if (!self.sip || method === 'GET') return names
  const { method: sipMethod, uri, headers, body } = self.sip
  const sip = {
    method: sipMethod,
    uri,
    headers: byName(headers),
    body,
    calledNumber: self.to,
    callingNumber: self.from,
  }
  return { ...names, sip }
}

/** Values of header lines of one name are joined by commas (RFC 3261 section 7.3.1). */
function byName(headers: NonNullable<LegInfo['sip']>['headers']): Readonly<Record<string, string>> {
  const values = new Map<string, string>()
  for (const [name, value] of headers) {
    const before = values.get(name)
    values.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  return Object.fromEntries(values)
}

const endPayload = ({ durationMs = 0, endedBy }: LegInfo): Payload => ({
  duration: Math.floor(durationMs / 1_000),
  call_termination_by: endedBy === 'switch' ? 'jambonz' : 'caller',
})

/** `error` is ours: the sentence that says why nothing was heard. */
function playPayload({ result, playedMs, message }: PlayResult): Payload {
  if (result === 'failed') {
    return { reason: 'playFailed', status: 'fail', ...(message !== undefined && { error: message }) }
  }
  return {
    reason: 'playCompleted',
    playback_seconds: Math.floor(playedMs / 1_000),
    playback_milliseconds: Math.round(playedMs),
    // In samples at 8 kHz.
    playback_last_offset_pos: String(Math.round(playedMs * 8)),
  }
}

/** Digits that are too few count for nothing, as the documents say. */
const gatherPayload = ({ result, digits }: CollectResult): Payload =>
  result === 'digits' ? { reason: 'dtmfDetected', digits } : { reason: 'timeout' }

/** Both spellings of the status (choice A9); the reason says what a status of ours cannot. */
function dialPayload({ outcome, sipStatus, message, leg }: Extract<HookEvent, { type: 'dial' }>): Payload {
  const status = statusOf(outcome)
  return {
    ...(leg && { dial_call_sid: leg.id, dial_sbc_callid: leg.callId }),
    dial_status: status,
    dial_call_status: status,
    dial_sip_status: sipStatus,
    dial_sip_reason: message,
  }
}

function callStatus(leg: LegInfo): string {
  switch (leg.state) {
    case 'trying':
    case 'ringing':
      return leg.state
    case 'early':
      return 'early-media'
    case 'up':
      return 'in-progress'
    case 'ended':
      return statusOf(leg.outcome ?? ((leg.durationMs ?? 0) > 0 ? 'completed' : 'failed'))
  }
}

/** The statuses of the dialect know neither refusal nor cancellation; the SIP status beside them does. */
function statusOf(outcome: Outcome): string {
  switch (outcome) {
    case 'completed':
    case 'busy':
    case 'no-answer':
    case 'failed':
      return outcome
    case 'declined':
      return 'busy'
    case 'canceled':
      return 'no-answer'
    case 'error':
      return 'failed'
  }
}
