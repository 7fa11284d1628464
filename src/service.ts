/**
 * The whole switch as one service: takes calls and HTTP requests until it is told to stop.
 */
import { type Api, createApi, type Health, hashToken, type Listening, tokenCheck } from './api/index.ts'
import { type Clock, type Endpoint, Failure, formatEndpoint, type Log, type Metrics } from './base/index.ts'
import type { CallRecords, Directory } from './calls/index.ts'
import { type ApiToken, DataDirectory, writePrompts } from './cli/data-directory.ts'
import { type Config, networksContain } from './config.ts'
import type { BuiltInProgram, DemoPrompt } from './demo.ts'
import { tonePlans } from './media/index.ts'
import { Closers, openSurroundings, type Surroundings } from './surroundings.ts'
import { type Switch, startSwitch } from './switch.ts'
import { type Applications, applicationsOver, directoryOver, endAtStop, recordsOver, routesOver } from './wiring.ts'

export interface ServiceOptions {
  readonly config: Config
  readonly log: Log
  readonly version: string
  /** What applications may name. */
  readonly programs: Readonly<Record<string, BuiltInProgram>>
  /** Those of programs that an application names are written into the prompt directory where they are missing. */
  readonly prompts: readonly DemoPrompt[]
}

export interface Service {
  readonly clock: Clock
  readonly metrics: Metrics
  readonly sip: Endpoint
  readonly http: Endpoint
  /** Absent when the configuration gives the token. */
  readonly token: ApiToken | undefined
  readonly tokenFile: string
  /** Takes no new calls, hangs up the others and closes everything, within some seconds. Idempotent. */
  stop(): Promise<void>
}

/** For the BYEs of live calls to be answered, their rows to be written and their last hooks to be sent. */
const STOP_MS = 5_000
const STOP_POLL_MS = 20
/** For what is then closed: connections to applications that do not answer are not waited for. */
const CLOSE_MS = 2_000

/**
 * Fails with a `Failure` whose message is fit for the operator: `in-use` and `refused` for ports, `data-directory`,
 * `media`, and those of the store.
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const closers = new Closers()
  try {
    return await open(options, closers)
  } catch (error) {
    await closers.close()
    throw error
  }
}

/** What every part may ask. */
interface Inside extends Surroundings {
  readonly config: Config
  readonly applications: Applications
  readonly records: CallRecords
  /** Closed once the switch is to end. */
  readonly gate: { isOpen: boolean }
}

async function open(options: ServiceOptions, closers: Closers): Promise<Service> {
  const { config, log, programs } = options
  const data = new DataDirectory(config.dataDir)
  const isUsed = (program: string): boolean => config.applications.some(({ programName }) => programName === program)
  writePrompts(
    config.promptsDir,
    options.prompts.filter(({ program }) => isUsed(program)),
  )
  const around = await openSurroundings(config, data, log, closers)
  const { clock, metrics, random, store } = around
  const { accountSid } = config
  const apiBaseUrl = `${config.http.url}/jambonz`
  const applications = applicationsOver({ store, log, programs, accountSid, apiBaseUrl })
  const records = recordsOver(store)
  const inside: Inside = { ...around, config, applications, records, gate: { isOpen: true } }
  const directory = directoryOver({ store, random, domain: config.sip.domain })
  const running = await openSwitch(inside, directory, closers)
  const token = config.http.token === undefined ? data.token(random) : undefined
  const hash = token?.hash ?? hashToken(config.http.token ?? '')
  const http = await openApi(inside, running, { hash, version: options.version }, closers)
  return {
    clock,
    metrics,
    sip: running.sip.local,
    http,
    token,
    tokenFile: data.tokenFile,
    stop: () => stop(inside, running, closers),
  }
}

function openSwitch(inside: Inside, directory: Directory, closers: Closers): Promise<Switch> {
  const { config, store, applications, gate } = inside
  const allows = networksContain(config.sip.allow)
  const routes = routesOver({ store, applications, allows, isOpen: () => gate.isOpen })
  const env = { ...inside, routes, directory }
  const tones = tonePlans[config.media.tones]
  return new Promise((resolve, reject) => {
    startSwitch(env, { sipBind: config.sip.bind, tones, mediaTimeoutMs: config.media.timeoutMs }, started => {
      if (started.ok) {
        closers.add(() => started.value.close())
        resolve(started.value)
      } else reject(portFailure('SIP', 'UDP', config.sip.bind, started))
    })
  })
}

async function openApi(
  inside: Inside,
  running: Switch,
  { hash, version }: { readonly hash: string; readonly version: string },
  closers: Closers,
): Promise<Endpoint> {
  const { config, log, metrics, applications, gate } = inside
  const api: Api = createApi({
    log,
    metrics,
    health: () => healthOf(inside, running),
    version,
    node: config.node,
    accountSid: config.accountSid,
    authorized: tokenCheck(hash),
    applications,
    place: (placement, done) => running.calls.place(placement, done),
    isOpen: () => gate.isOpen,
  })
  closers.add(() => api.close())
  const listening = await api.listen(config.http.bind)
  if (!listening.ok) throw portFailure('HTTP', 'TCP', config.http.bind, listening)
  return listening.endpoint
}

function portFailure(
  section: 'SIP' | 'HTTP',
  transport: string,
  bind: Endpoint,
  { code, message }: Pick<Listening & { readonly ok: false }, 'message'> & { readonly code: string },
): Failure {
  const where = `${transport} port ${bind.port} of ${bind.address}`
  const variable = `CORDBOARD_${section}_BIND`
  return code === 'in-use'
    ? new Failure(code, `${where} is in use by another program. Stop that, or choose another with ${variable}.`)
    : new Failure('refused', `${where} cannot be opened (${message}). Choose another with ${variable}.`)
}

function healthOf({ gate, store, media, config }: Inside, { sip, calls }: Switch): Health {
  const { pending, lost, failing } = store.health()
  const { legs, portsInUse, portsResting } = media.counts()
  const { from, to } = config.media.ports
  const pairs = Math.floor((to - from + 1) / 2)
  const hasPorts = portsInUse + portsResting < pairs
  const port = formatEndpoint(sip.local)
  return {
    ready: gate.isOpen && hasPorts,
    parts: {
      sip: { ok: gate.isOpen, detail: gate.isOpen ? `UDP ${port}, ${calls.size} calls` : 'stopping' },
      media: { ok: hasPorts, detail: `${legs} legs, ${portsInUse} of ${pairs} port pairs in use` },
      store: { ok: !failing, detail: failing ? `${pending} rows wait, ${lost} lost` : `${pending} rows wait` },
    },
  }
}

async function stop({ gate, clock, http, records }: Inside, { calls }: Switch, closers: Closers): Promise<void> {
  const after = (delayMs: number): Promise<void> => new Promise(resolve => clock.after(delayMs, resolve))
  gate.isOpen = false
  for (const call of calls) call.hangup('the switch is stopping')
  const untilMs = clock.now() + STOP_MS
  while ((calls.size > 0 || http.pending > 0) && clock.now() < untilMs) await after(STOP_POLL_MS)
  for (const call of calls) for (const leg of call.legs) if (leg.recorded) records.ended(endAtStop(leg, clock))
  await Promise.race([closers.close(), after(CLOSE_MS)])
}
