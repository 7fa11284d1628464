/**
 * The configuration: `cordboard.yaml` and the environment, read into one checked value, with everything that is wrong
 * reported at once.
 */
import { createHash } from 'node:crypto'
import { BlockList } from 'node:net'
import { resolve } from 'node:path'
import type * as z from 'zod'
import { type Endpoint, formatEndpoint, ipVersion, type LogLevel, type Problem } from './base/index.ts'
import { checkReferences, checkText, pathOf, suggestion } from './config-checks.ts'
import { type Environment, overlay } from './config-environment.ts'
import { type FallbackSources, readFallbacks } from './config-fallbacks.ts'
import { type ConfigFile, configFile, settingsAt } from './config-file.ts'
import { parseYaml } from './config-yaml.ts'
import { demoNumbers, demoUsers } from './demo.ts'
import type { PortRange, ToneCountry } from './media/index.ts'
import type { ApplicationRecord, Hook, NumberRecord, TrunkRecord, UserRecord } from './store/index.ts'

export interface Config {
  /** Name of this switch among others: in every call detail row. */
  readonly node: string
  /** The one account of this installation, as vendor-shaped APIs want one. */
  readonly accountSid: string
  readonly sip: {
    readonly bind: Endpoint
    readonly domain: string
    /** Addresses and networks from which calls are taken. */
    readonly allow: readonly string[]
  }
  readonly media: {
    readonly ports: PortRange
    readonly workers: number
    /** 0: never. */
    readonly timeoutMs: number
    readonly tones: ToneCountry
  }
  readonly http: {
    readonly bind: Endpoint
    /** Where applications reach the API; without a slash at its end. */
    readonly url: string
    /** Absent: one is made at the first start. */
    readonly token?: string
  }
  /** Absolute paths. */
  readonly dataDir: string
  readonly promptsDir: string
  readonly logLevel: LogLevel
  /** There is no file: the demo is configured. */
  readonly demo: boolean
  readonly applications: readonly ApplicationRecord[]
  readonly numbers: readonly NumberRecord[]
  readonly trunks: readonly TrunkRecord[]
  readonly users: readonly UserRecord[]
}

/** What is known beside the file; relative paths start at `directory`. */
export interface ConfigSources extends FallbackSources {
  readonly hostName: string
}

export type ConfigLoaded =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly Problem[] }

type Settings = Readonly<Record<string, unknown>>

/** `text`: that of `cordboard.yaml`; undefined when there is none, which gives the demo. */
export function loadConfig(text: string | undefined, environment: Environment, sources: ConfigSources): ConfigLoaded {
  const parsed = text === undefined ? { ok: true as const, document: demoDocument() } : parseYaml(text)
  if (!parsed.ok) return parsed
  const { document, origins, problems } = overlay(parsed.document, environment)
  const named = (problem: Problem): Problem => ({ ...problem, path: origins.get(problem.path) ?? problem.path })
  const result = configFile.safeParse(document)
  const fallbacks = readFallbacks(document, sources)
  const found = [
    ...problems,
    ...(result.success ? [] : result.error.issues.flatMap(issue => problemsOf(issue, document))).map(named),
    ...checkText(document).map(named),
    ...checkReferences(document),
    ...fallbacks.flatMap(fallback => fallback.problems),
  ]
  if (!result.success || found.length > 0) return { ok: false, problems: found }
  const documents = fallbacks.map(fallback => fallback.document)
  return { ok: true, config: freeze(build(result.data, documents, text === undefined, sources)) }
}

/** Whether an IP address is in one of the networks, each an address or in CIDR form. */
export function networksContain(networks: readonly string[]): (address: string) => boolean {
  const familyOf = (address: string): 'ipv4' | 'ipv6' => (ipVersion(address) === 6 ? 'ipv6' : 'ipv4')
  const list = new BlockList()
  for (const given of networks) {
    const [address = '', bits] = given.split('/')
    if (bits === undefined) list.addAddress(address, familyOf(address))
    else list.addSubnet(address, Number(bits), familyOf(address))
  }
  // The same few peers call again and again, and a check costs more than the look-up of a call.
  const known = new Map<string, boolean>()
  return candidate => {
    const before = known.get(candidate)
    if (before !== undefined) return before
    const contained = list.check(candidate, familyOf(candidate))
    if (known.size >= KNOWN_ADDRESSES) known.clear()
    known.set(candidate, contained)
    return contained
  }
}

const KNOWN_ADDRESSES = 1_000

function demoDocument(): Settings {
  return {
    applications: demoNumbers.map(({ program }) => ({ name: program, program })),
    numbers: demoNumbers.map(({ number, program }) => ({ number, application: program })),
    users: demoUsers.map(user => ({ ...user })),
  }
}

function problemsOf(issue: z.core.$ZodIssue, document: Settings): readonly Problem[] {
  const path = pathOf(issue.path)
  if (issue.code === 'unrecognized_keys') {
    const known = settingsAt(issue.path)
    return issue.keys.map(key => ({
      path: pathOf([...issue.path, key]),
      code: 'unknown-setting',
      message: `There is no setting ${JSON.stringify(key)} here${suggestion(key, known) || `; there are ${known.join(', ')}.`}`,
    }))
  }
  const around = valueAt(document, issue.path.slice(0, -1))
  // A hook that is written as nothing but its URL.
  if (typeof around === 'string')
    return [{ path: pathOf(issue.path.slice(0, -1)), code: 'bad-value', message: issue.message }]
  const missing = valueAt(document, issue.path) === undefined
  if (missing) return [{ path, code: 'missing', message: `${String(issue.path.at(-1))} is required.` }]
  return [{ path, code: 'bad-value', message: issue.message }]
}

const valueAt = (document: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], document)

function build(file: ConfigFile, fallbacks: readonly unknown[], demo: boolean, sources: ConfigSources): Config {
  const { sip, media, http } = file
  const accountSid = file.accountSid ?? uuidOf('account')
  const dataDir = resolve(sources.directory, file.dataDir)
  const applications = file.applications.map((application, index) =>
    toApplication(application, fallbacks[index], accountSid),
  )
  const sidOf = (name: string): string => applications.find(application => application.name === name)?.sid ?? ''
  const url = http.url?.replace(/\/+$/, '') ?? `http://${formatEndpoint(http.bind)}`
  return {
    node: file.node ?? sources.hostName,
    accountSid,
    sip,
    media: { ports: media.ports, workers: media.workers, timeoutMs: media.timeoutSeconds * 1_000, tones: media.tones },
    http: { bind: http.bind, url, ...(http.token !== undefined && { token: http.token }) },
    dataDir,
    promptsDir:
      file.promptsDir === undefined ? resolve(dataDir, 'prompts') : resolve(sources.directory, file.promptsDir),
    logLevel: file.log,
    demo,
    applications,
    numbers: file.numbers.map(({ number, application }) => ({ pattern: number, applicationSid: sidOf(application) })),
    trunks: file.trunks.map(trunk => ({ ...defined<Omit<TrunkRecord, 'mediaSources'>>(trunk), mediaSources: [] })),
    users: file.users.map(({ name, contact }) => ({ username: name, domain: sip.domain, contact })),
  }
}

function toApplication(
  { name, sid, callHook, statusHook, secret, program }: ConfigFile['applications'][number],
  fallbackDocument: unknown,
  accountSid: string,
): ApplicationRecord {
  return {
    sid: sid ?? uuidOf(`application ${name}`),
    accountSid,
    name,
    ...(callHook && { callHook: defined<Hook>(callHook) }),
    ...(statusHook && { callStatusHook: defined<Hook>(statusHook) }),
    ...(secret !== undefined && { secret }),
    ...(fallbackDocument !== undefined && { fallbackDocument }),
    ...(program !== undefined && { programName: program }),
  }
}

/** Without the settings that are not there. */
function defined<Whole>(settings: { readonly [Key in keyof Whole]: Whole[Key] | undefined }): Whole {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as Whole
}

/** The same name gives the same UUID on every machine (RFC 9562 section 5.8). */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(`cordboard ${name}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const item of Object.values(value)) freeze(item)
  }
  return value
}
