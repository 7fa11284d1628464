/**
 * The store as the calls room wants it: where a call goes, who can be rung over what, and where records are kept.
 */
import { type Clock, type Draft, type Log, type Random, randomBelow } from './base/index.ts'
import type {
  Arriving,
  CallRecords,
  Destination,
  Directory,
  Leg,
  LegRecordEnd,
  Routes,
  TrunkInfo,
} from './calls/index.ts'
import type { BuiltInProgram } from './demo.ts'
import { dialectNamed } from './dialects/index.ts'
import type { ApplicationInfo, HookRef, Program } from './flow/index.ts'
import type {
  ApplicationRecord,
  CallStore,
  EndedLegRecord,
  Hook,
  LegRecord,
  Routed,
  TrunkRecord,
} from './store/index.ts'

export interface ApplicationsEnv {
  readonly store: CallStore
  readonly log: Log
  /** By name. */
  readonly programs: Readonly<Record<string, BuiltInProgram>>
  /** Of what belongs to no application. */
  readonly accountSid: string
  /** Told to applications with every hook. */
  readonly apiBaseUrl: string
}

export interface FoundApplication {
  readonly application: ApplicationInfo
  /** Runs in place of a call hook. */
  readonly program?: BuiltInProgram
}

export interface Applications {
  /** By SID. */
  find(sid: string): FoundApplication | undefined
  /** Undefined, with a line in the log, when the record names a program that there is not. */
  of(record: ApplicationRecord): FoundApplication | undefined
  /** For a call that names no application. */
  readonly none: ApplicationInfo
}

const DIALECT = 'jambonz'

/** Records as the flow knows them. A record is read once; the store gives the same one until it changes. */
export function applicationsOver(env: ApplicationsEnv): Applications {
  const { store, log, programs, accountSid, apiBaseUrl } = env
  const known = new WeakMap<ApplicationRecord, ApplicationInfo>()
  const infoOf = (record: ApplicationRecord): ApplicationInfo => {
    const info = known.get(record) ?? applicationInfo(record, env)
    known.set(record, info)
    return info
  }
  const of = (record: ApplicationRecord): FoundApplication | undefined => {
    const { programName } = record
    const application = infoOf(record)
    if (programName === undefined) return { application }
    const program = Object.hasOwn(programs, programName) ? programs[programName] : undefined
    if (program) return { application, program }
    log.error({ application: record.name, program: programName }, 'There is no such built-in program')
    return undefined
  }
  return {
    find(sid) {
      const record = store.application(sid)
      return record && of(record)
    },
    of,
    none: { sid: '', accountSid, dialect: DIALECT, apiBaseUrl },
  }
}

function applicationInfo(record: ApplicationRecord, { log, apiBaseUrl }: ApplicationsEnv): ApplicationInfo {
  const { sid, accountSid, callHook, callStatusHook, secret } = record
  const fallback = fallbackOf(record, log)
  return {
    sid,
    accountSid,
    dialect: DIALECT,
    apiBaseUrl,
    ...(callHook && { callHook: hookRef(callHook) }),
    ...(callStatusHook && { statusHook: hookRef(callStatusHook) }),
    ...(secret !== undefined && { secret }),
    ...(fallback && { fallback }),
  }
}

function hookRef({ url, method, username, password }: Hook): HookRef {
  const basicAuth = username !== undefined && password !== undefined ? { username, password } : undefined
  return { url, method, ...(basicAuth && { basicAuth }) }
}

/** A document that cannot be read is reported and left out. */
function fallbackOf({ name, fallbackDocument }: ApplicationRecord, log: Log): Program | undefined {
  if (fallbackDocument === undefined) return undefined
  const result = dialectNamed(DIALECT)?.read(fallbackDocument as string | object)
  if (result?.ok) return result.program
  log.error({ application: name, problems: result?.problems }, 'The fallback document cannot be read')
  return undefined
}

export interface RoutesEnv {
  readonly store: CallStore
  readonly applications: Applications
  /** Whether calls are taken from an address. */
  readonly allows: (address: string) => boolean
  /** False once the switch is to end. */
  readonly isOpen: () => boolean
}

/** Who may call, and what for. */
export function routesOver({ store, applications, allows, isOpen }: RoutesEnv): Routes {
  return {
    destination(call, done) {
      const { address } = call.source
      if (!allows(address)) done({ ok: false, status: 403, reason: `calls from ${address} are not taken` })
      else if (!isOpen()) done({ ok: false, status: 503, reason: 'the switch is stopping' })
      else routeDialled(store, call.to, routed => done(destinationOf(routed, call, applications)))
    },
  }
}

function destinationOf(routed: Routed, { to }: Arriving, applications: Applications): Destination {
  if (!routed.ok) return { ok: false, status: 503, reason: routed.message }
  if (!routed.route) return { ok: false, status: 404, reason: 'nobody has this number' }
  const found = applications.of(routed.route.application)
  if (!found) return { ok: false, status: 500, reason: 'the application has no program' }
  const { application, program } = found
  return { ok: true, application, ...(program && { program: program({ to }) }) }
}

/** Long enough to be a number of the world, not of this switch alone. */
const E164 = /^\+?[1-9][0-9]{6,14}$/

/** Carriers write a number with and without its plus sign: the closer match of the two counts. */
function routeDialled(store: CallStore, dialled: string, done: (routed: Routed) => void): void {
  if (!E164.test(dialled)) {
    store.routeNumber(dialled, done)
    return
  }
  const other = dialled.startsWith('+') ? dialled.slice(1) : `+${dialled}`
  store.routeNumber(dialled, routed => store.routeNumber(other, second => done(closer(routed, second))))
}

function closer(first: Routed, second: Routed): Routed {
  const digitsMatched = (routed: Routed): number =>
    routed.ok && routed.route ? routed.route.number.pattern.replace(/^\+/, '').length : -1
  return second.ok && digitsMatched(second) > digitsMatched(first) ? second : first
}

export interface DirectoryEnv {
  readonly store: CallStore
  readonly random: Random
  /** Of users who are named without one. */
  readonly domain: string
}

export function directoryOver({ store, random, domain }: DirectoryEnv): Directory {
  return {
    trunk(name, done) {
      const record = name === undefined ? preferredTrunk(store.trunks(), random) : store.trunk(name)
      done(record?.outbound ? trunkInfo(record) : undefined)
    },
    contacts(user, done) {
      const at = user.lastIndexOf('@')
      const record = at < 0 ? store.user(user, domain) : store.user(user.slice(0, at), user.slice(at + 1))
      done(record?.contact === undefined ? [] : [record.contact])
    },
  }
}

/** Of those with the lowest priority one by chance, in proportion to its weight. */
function preferredTrunk(trunks: readonly TrunkRecord[], random: Random): TrunkRecord | undefined {
  const outbound = trunks.filter(trunk => trunk.outbound)
  const best = outbound.filter(trunk => trunk.priority === outbound[0]?.priority)
  if (best.length < 2) return best[0]
  // One more than its weight, so that a trunk of weight 0 is still tried now and then.
  const shares = best.map(trunk => trunk.weight + 1)
  let drawn = randomBelow(
    random,
    shares.reduce((sum, share) => sum + share, 0),
  )
  return best.find((_, index) => {
    drawn -= shares[index] ?? 0
    return drawn < 0
  })
}

function trunkInfo(record: TrunkRecord): TrunkInfo {
  const { name, host, port, username, password, realm, fromDomain, numberFormat, codecs } = record
  const auth = username !== undefined && password !== undefined ? { username, password } : undefined
  return {
    name,
    host,
    port,
    plus: numberFormat !== 'no-plus',
    ...(auth && { auth: { ...auth, ...(realm !== undefined && { realm }) } }),
    ...(fromDomain !== undefined && { fromDomain }),
    ...(codecs && { codecs }),
  }
}

/** A row for each leg, from its start to its end. */
export function recordsOver(store: CallStore): CallRecords {
  const live = new Map<string, LegRecord>()
  return {
    started({ leg, sessionId, applicationSid, startedAtMs }, done) {
      const { id, parentId, direction, callId, from, to, trunk } = leg
      const row: LegRecord = {
        legSid: id,
        sessionSid: sessionId,
        direction,
        sipCallId: callId,
        from,
        to,
        startedAtMs,
        applicationSid,
        ...(parentId !== undefined && { parentLegSid: parentId }),
        ...(trunk !== undefined && { trunk }),
      }
      live.set(id, row)
      store.callStarted(row, () => done())
    },
    ended(end) {
      const row = live.get(end.leg.id)
      if (!row) return
      live.delete(end.leg.id)
      store.callEnded(endedRow(row, end))
    },
  }
}

/** What is new comes before what is spread: V8 makes a shape anew for each field that is added to a copy. */
function endedRow(row: LegRecord, end: LegRecordEnd): EndedLegRecord {
  const { leg, ringingAtMs, answeredAtMs, media, tag } = end
  const ended: Draft<EndedLegRecord> = {
    endedAtMs: end.endedAtMs,
    durationMs: end.durationMs,
    billedMs: end.answeredMs,
    disposition: leg.outcome ?? 'error',
    sipStatus: leg.sipStatus,
    sipReason: leg.sipReason,
    endedBy: leg.endedBy ?? 'switch',
    ...row,
  }
  ended.sipCallId = leg.callId
  if (Object.keys(tag).length > 0) ended.tag = tag
  if (ringingAtMs !== undefined) ended.ringingAtMs = ringingAtMs
  if (answeredAtMs !== undefined) ended.answeredAtMs = answeredAtMs
  if (leg.cause !== undefined) ended.cause = leg.cause
  if (media) ended.media = media
  return ended
}

/** The end of a leg that has not confirmed it by the time that the switch itself ends. */
export function endAtStop(leg: Leg, clock: Clock): LegRecordEnd {
  const { info, startedAt, ringingAtMs, answeredAt, statistics } = leg
  const endedAt = leg.endedAt ?? { wallMs: clock.wallMs(), ms: clock.now() }
  const outcome = info.outcome ?? (answeredAt ? 'completed' : 'canceled')
  return {
    leg: { ...info, state: 'ended', outcome, endedBy: info.endedBy ?? 'switch', cause: info.cause ?? STOPPED },
    endedAtMs: endedAt.wallMs,
    durationMs: endedAt.ms - startedAt.ms,
    answeredMs: answeredAt ? endedAt.ms - answeredAt.ms : 0,
    tag: {},
    ...(ringingAtMs !== undefined && { ringingAtMs }),
    ...(answeredAt && { answeredAtMs: answeredAt.wallMs }),
    ...(statistics && { media: statistics }),
  }
}

const STOPPED = 'the switch stopped'
