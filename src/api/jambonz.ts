/**
 * The REST routes of the jambonz dialect, below `/jambonz/v1/Accounts/:accountSid`.
 */
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Problem } from '../base/index.ts'
import type { Placed, Placement } from '../calls/index.ts'
import { type CreateCall, readCreateCall } from '../dialects/index.ts'
import type { ApplicationInfo, Program } from '../flow/index.ts'
import { sendMessage } from './problem.ts'

export interface CallApplications {
  find(sid: string): { readonly application: ApplicationInfo; readonly program?: MakeProgram } | undefined
  /** For a call that names no application. */
  readonly none: ApplicationInfo
}

type MakeProgram = (call: { readonly to: string }) => Program

export interface JambonzEnv {
  readonly accountSid: string
  readonly authorized: (authorization: string | undefined) => boolean
  readonly applications: CallApplications
  /** As `Calls.place`. */
  readonly place: (placement: Placement, done: (placed: Placed) => void) => void
  /** False once the switch is to end. */
  readonly isOpen: () => boolean
}

interface AccountParams {
  readonly accountSid: string
}

/** A plugin: what it sets holds for its routes alone. Token and account come before the body is read. */
export function jambonzRoutes(env: JambonzEnv): (app: FastifyInstance) => Promise<void> {
  return async app => {
    app.addHook<{ Params: AccountParams }>('onRequest', (request, reply, next) => {
      const { accountSid } = request.params
      if (!env.authorized(request.headers.authorization)) {
        reply.header('www-authenticate', 'Bearer realm="cordboard"')
        sendMessage(reply, { status: 401, detail: 'A valid bearer token is needed.' })
      } else if (accountSid !== env.accountSid) {
        sendMessage(reply, { status: 404, detail: `There is no account ${accountSid}.` })
      } else next()
    })
    app.post('/Calls', (request, reply) => createCall(String(request.body ?? ''), reply, env))
  }
}

function createCall(body: string, reply: FastifyReply, env: JambonzEnv): FastifyReply | Promise<FastifyReply> {
  if (!env.isOpen()) {
    reply.header('retry-after', '10')
    return sendMessage(reply, { status: 503, detail: 'The switch is stopping and takes no new calls.' })
  }
  const read = readCreateCall(body)
  warn(reply, read.warnings)
  if (!read.ok) {
    const detail = read.problems.map(({ path, message }) => `${path}: ${message}`).join(' ')
    return sendMessage(reply, { status: 400, detail, problems: read.problems })
  }
  const placement = placementOf(read.call, env.applications)
  if (!placement.ok) return refuse(reply, placement.problem)
  return new Promise((resolve, reject) => {
    const done = (placed: Placed): void =>
      resolve(placed.ok ? reply.code(201).send({ sid: placed.leg.id }) : refuse(reply, placed.problem))
    try {
      env.place(placement.value, done)
    } catch (error) {
      reject(error)
    }
  })
}

/** The document is right, but what it asks for cannot be done. */
const refuse = (reply: FastifyReply, problem: Problem): FastifyReply =>
  sendMessage(reply, { status: 422, detail: `${problem.path}: ${problem.message}`, problems: [problem] })

type PlacementResult =
  | { readonly ok: true; readonly value: Placement }
  | { readonly ok: false; readonly problem: Problem }

/** A program comes before a hook, and a hook of the request before the application's own. */
function placementOf(call: CreateCall, applications: CallApplications): PlacementResult {
  const { applicationSid, callHook, statusHook, from, to, callerName, headers, ringTimeoutMs, timeLimitMs, tag } = call
  const found = applicationSid === undefined ? { application: applications.none } : applications.find(applicationSid)
  if (!found) {
    const message = `There is no application ${applicationSid}.`
    return { ok: false, problem: { path: '$.application_sid', code: 'unknown-application', message } }
  }
  const application = { ...found.application, ...(callHook && { callHook }), ...(statusHook && { statusHook }) }
  const builtIn = callHook || !('program' in found) ? undefined : found.program
  const program = call.program ?? builtIn?.({ to: calleeOf(call) })
  const value: Placement = {
    target: to,
    application,
    callerId: from,
    ringTimeoutMs,
    tag,
    ...(program && { program }),
    ...(callerName !== undefined && { callerName }),
    ...(headers && { headers }),
    ...(timeLimitMs !== undefined && { limitMs: timeLimitMs }),
  }
  return { ok: true, value }
}

function calleeOf({ to }: CreateCall): string {
  switch (to.type) {
    case 'phone':
      return to.number
    case 'user':
      return to.name
    case 'sip':
      return to.uri
  }
}

const WARNINGS_BYTES = 1_024

/** What was accepted though it is not right goes into a header (choice A20): the body belongs to the vendor. */
function warn(reply: FastifyReply, warnings: readonly Problem[]): void {
  if (warnings.length === 0) return
  const text = warnings.map(({ path, message }) => `${path}: ${message}`).join(' ')
  reply.header('cordboard-warning', text.replace(/[^\x20-\x7e]/g, '?').slice(0, WARNINGS_BYTES))
}
