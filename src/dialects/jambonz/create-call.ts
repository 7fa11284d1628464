/**
 * The body of `POST /v1/Accounts/{sid}/Calls`: a call that the application wants to be made.
 */
import * as z from 'zod'
import type { Problem } from '../../base/index.ts'
import type { Headers, HookRef, Program, Target } from '../../flow/index.ts'
import { copyDocument, parseDocument } from '../document.ts'
import { readNumber } from '../number.ts'
import { isObject, readProperties, refuse } from '../properties.ts'
import { Report } from '../report.ts'
import { userFault } from '../sip-uri.ts'
import { headers, hook, line, positiveSeconds } from './fields.ts'
import { readVerbs } from './read.ts'
import { readTarget } from './target.ts'

export interface CreateCall {
  /** At least one of these three says what the call does; `program` before `callHook` before the application's own. */
  readonly applicationSid?: string
  readonly callHook?: HookRef
  readonly program?: Program
  readonly statusHook?: HookRef
  /** `+E.164`, or a user part. */
  readonly from: string
  readonly callerName?: string
  readonly to: Target
  readonly headers?: Headers
  readonly ringTimeoutMs: number
  /** From the answer. */
  readonly timeLimitMs?: number
  readonly tag: Readonly<Record<string, unknown>>
}

export type ReadCreateCall =
  | { readonly ok: true; readonly call: CreateCall; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] }

const from = z.string().transform((text, context) => {
  const found = readNumber(text)
  if (found.ok) return found.number
  const fault = userFault(text)
  if (fault !== undefined) refuse(context, 'bad-number', 'The caller is neither a number nor a user.')
  return text
})

const callProperties = {
  schema: z.strictObject({
    application_sid: line.optional(),
    call_hook: hook.optional(),
    call_status_hook: hook.optional(),
    from,
    callerName: line.optional(),
    to: z.unknown().optional(),
    headers: headers.optional(),
    timeout: positiveSeconds.default(60_000),
    timeLimit: positiveSeconds.optional(),
    tag: z.record(z.string(), z.unknown()).default({}),
    app_json: z.unknown().optional(),
  }),
  harmless: [
    'account_sid',
    'answerOnBridge',
    'speech_recognizer_language',
    'speech_recognizer_vendor',
    'speech_synthesis_language',
    'speech_synthesis_vendor',
    'speech_synthesis_voice',
  ],
  later: ['amd', 'codecs', 'dual_streams', 'fromHost', 'notifyUrl', 'referHook', 'sipRequestWithinDialogHook'],
} as const

type Given = z.output<typeof callProperties.schema>

/** Reads the body of a request to make a call, as JSON text or already parsed. Never throws. */
export function readCreateCall(document: string | object): ReadCreateCall {
  const report = new Report()
  const body = typeof document === 'string' ? parseDocument(document, report) : copyDocument(document, '$', report)
  const call = report.problems.length === 0 ? readCall(body, report) : undefined
  const { problems, warnings } = report
  return call && problems.length === 0 ? { ok: true, call, warnings } : { ok: false, problems, warnings }
}

function readCall(body: unknown, report: Report): CreateCall | undefined {
  const to = isObject(body) ? readCallee(body['to'], report) : undefined
  const given = readProperties(body, '$', callProperties, report)
  if (!given || !to) return undefined
  const program = readProgram(given, report)
  if (given.app_json === undefined && given.application_sid === undefined && !given.call_hook) {
    const message = 'One of application_sid, call_hook and app_json says what the call does.'
    return report.refuse('$', 'missing', message)
  }
  return toCall(given, to, program)
}

const readCallee = (value: unknown, report: Report): Target | undefined =>
  value === undefined || value === null
    ? report.refuse('$.to', 'missing', 'to is required.')
    : readTarget(value, '$.to', report)

/** Verbs as a list, or as text within the text. */
function readProgram({ app_json: document }: Given, report: Report): Program | undefined {
  if (document === undefined) return undefined
  if (typeof document !== 'string') return readVerbs(document, '$.app_json', report)
  const inner = new Report()
  const value = parseDocument(document, inner)
  const program = inner.problems.length === 0 ? readVerbs(value, '$', inner) : undefined
  const within = ({ path, ...problem }: Problem): Problem => ({ path: `$.app_json${path.slice(1)}`, ...problem })
  report.problems.push(...inner.problems.map(within))
  report.warnings.push(...inner.warnings.map(within))
  return program
}

function toCall(given: Given, to: Target, program: Program | undefined): CreateCall {
  return {
    ...(given.application_sid !== undefined && { applicationSid: given.application_sid }),
    ...(given.call_hook && { callHook: given.call_hook }),
    ...(program && { program }),
    ...(given.call_status_hook && { statusHook: given.call_status_hook }),
    from: given.from,
    ...(given.callerName !== undefined && { callerName: given.callerName }),
    to,
    ...(given.headers && { headers: given.headers }),
    ringTimeoutMs: given.timeout,
    ...(given.timeLimit !== undefined && { timeLimitMs: given.timeLimit }),
    tag: { ...given.tag },
  }
}
