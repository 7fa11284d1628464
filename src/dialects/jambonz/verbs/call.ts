/**
 * Verbs about the call itself: answer, alert, pause, hangup, redirect, sip:decline and tag.
 */
import * as z from 'zod'
import { headers, hook, line, seconds } from '../fields.ts'
import { actionHook, verb } from '../verb.ts'

const harmless = ['id']

export const answer = verb('answer', { schema: z.strictObject({}), harmless }, (_, { at }) => [{ op: 'answer', at }])

export const alert = verb('alert', { schema: z.strictObject({ message: line }), harmless }, ({ message }, { at }) => [
  { op: 'ring', at, alertInfo: message },
])

export const pause = verb('pause', { schema: z.strictObject({ length: seconds }), harmless }, ({ length }, { at }) => [
  { op: 'await', at, until: [], timeoutMs: length },
])

export const hangup = verb(
  'hangup',
  { schema: z.strictObject({ headers: headers.optional() }), harmless },
  (given, { at }) => [{ op: 'hangup', at, leg: 'self', ...(given.headers && { headers: given.headers }) }],
)

/** Goes on with what another URL says; without an answer of it, with the next verb. */
export const redirect = verb(
  'redirect',
  { schema: z.strictObject({ actionHook: hook, statusHook: hook.optional() }), harmless },
  (given, context) => [
    ...(given.statusHook ? [{ op: 'set' as const, at: context.at, statusHook: given.statusHook }] : []),
    ...actionHook(context, given.actionHook, { type: 'redirect' }),
  ],
)

export const decline = verb(
  'sip:decline',
  {
    schema: z.strictObject({
      status: z.int().min(300).max(699),
      reason: line.optional(),
      headers: headers.optional(),
    }),
    harmless,
  },
  ({ status, reason, headers: fields }, { at }) => [
    { op: 'reject', at, status, ...(reason !== undefined && { reason }), ...(fields && { headers: fields }) },
  ],
)

/** Replaces the data that is sent with every hook. */
export const tag = verb(
  'tag',
  { schema: z.strictObject({ data: z.record(z.string(), z.unknown()) }), harmless },
  ({ data }, { at }) => [{ op: 'set', at, tag: { ...data } }],
)
