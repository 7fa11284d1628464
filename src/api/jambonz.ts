/**
 * The REST routes of the jambonz dialect, below `/jambonz/v1/Accounts/:accountSid`.
 */
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Problem } from '../base/index.ts'
import type { Placed, Placement } from '../calls/index.ts'
import { type CreateCall, readCreateCall } from '../dialects/index.ts'
import type { ApplicationInfo, HookRef, Program } from '../flow/index.ts'
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

type Result<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: Problem }

/** A program comes before a hook, and a hook of the request before the application's own. */
function placementOf(call: CreateCall, applications: CallApplications): Result<Placement> {
  const { applicationSid, from, to, callerName, headers, ringTimeoutMs, timeLimitMs, tag } = call
  const found = applicationSid === undefined ? { application: applications.none } : applications.find(applicationSid)
  if (!found) return impossible('application_sid', 'unknown-application', `There is no application ${applicationSid}.`)
  const hooks = absoluteHooks(call, found.application)
  if (!hooks.ok) return hooks
  const builtIn = call.callHook || !('program' in found) ? undefined : found.program
  const program = call.program ?? builtIn?.({ to: calleeOf(call) })
  const value: Placement = {
    target: to,
    application: { ...found.application, ...hooks.value },
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

type Hooks = Pick<ApplicationInfo, 'callHook' | 'statusHook'>

/** The hooks of the request; paths are those of the application's server. */
function absoluteHooks({ callHook, statusHook }: CreateCall, application: ApplicationInfo): Result<Hooks> {
  const absolute = (hook: HookRef, base: string | undefined): HookRef | undefined =>
    URL.canParse(hook.url, base) ? { ...hook, url: new URL(hook.url, base).href } : undefined
  const own = application.callHook?.url
  const called = callHook && absolute(callHook, own)
  if (callHook && !called) return impossible('call_hook', 'bad-hook', NO_SERVER)
  const told = statusHook && absolute(statusHook, called?.url ?? own)
  if (statusHook && !told) return impossible('call_status_hook', 'bad-hook', NO_SERVER)
  return { ok: true, value: { ...(called && { callHook: called }), ...(told && { statusHook: told }) } }
}

const NO_SERVER = 'The hook is a path, and there is no application with a server that it could be on.'

const impossible = (property: string, code: string, message: string): Result<never> => ({
  ok: false,
  problem: { path: `$.${property}`, code, message },
})

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
