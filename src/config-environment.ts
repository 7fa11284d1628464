/**
 * Settings by environment variable: each replaces one setting of the file, and is checked like it.
 */
import type { Problem } from './base/index.ts'
import { nearest } from './config-checks.ts'

type Settings = Record<string, unknown>

export type Environment = Readonly<Record<string, string | undefined>>

interface Variable {
  readonly name: string
  /** Section and setting, or a setting of the file itself. */
  readonly path: readonly string[]
  readonly read: (given: string) => unknown
}

const PREFIX = 'CORDBOARD_'

const asText = (given: string): string => given
/** What is no number stays text, and is refused with the rest. */
const asNumber = (given: string): unknown => (/^[0-9]{1,9}$/.test(given) ? Number(given) : given)
const asList = (given: string): readonly string[] => given.split(',').map(item => item.trim())

const variable = (name: string, path: readonly string[], read: (given: string) => unknown = asText): Variable => ({
  name: `${PREFIX}${name}`,
  path,
  read,
})

const VARIABLES: readonly Variable[] = [
  variable('NODE', ['node']),
  variable('LOG', ['log']),
  variable('DATA_DIR', ['dataDir']),
  variable('PROMPTS_DIR', ['promptsDir']),
  variable('SIP_BIND', ['sip', 'bind']),
  variable('SIP_DOMAIN', ['sip', 'domain']),
  variable('SIP_ALLOW', ['sip', 'allow'], asList),
  variable('MEDIA_PORTS', ['media', 'ports']),
  variable('MEDIA_WORKERS', ['media', 'workers'], asNumber),
  variable('MEDIA_TIMEOUT_SECONDS', ['media', 'timeoutSeconds'], asNumber),
  variable('MEDIA_TONES', ['media', 'tones']),
  variable('HTTP_BIND', ['http', 'bind']),
  variable('HTTP_URL', ['http', 'url']),
  variable('HTTP_TOKEN', ['http', 'token']),
]

/** Names the configuration file: read before anything else. */
export const FILE_VARIABLE = `${PREFIX}CONFIG`

/** Without their prefix. */
const KNOWN = [...VARIABLES.map(({ name }) => name), FILE_VARIABLE].map(name => name.slice(PREFIX.length))

export interface Overlaid {
  readonly document: Readonly<Settings>
  /** Variable by the path that it set, such as `sip.bind`. */
  readonly origins: ReadonlyMap<string, string>
  readonly problems: readonly Problem[]
}

/** The document with the settings of the environment in their places. An empty variable is an unset one. */
export function overlay(document: Readonly<Settings>, environment: Environment): Overlaid {
  const result: Settings = { ...document }
  const origins = new Map<string, string>()
  for (const { name, path, read } of VARIABLES) {
    const given = environment[name]
    if (given === undefined || given === '') continue
    if (put(result, path, read(given))) origins.set(path.join('.'), name)
  }
  return { document: result, origins, problems: misspelt(environment) }
}

/** False where the section that it belongs to is none: that is reported by itself. */
function put(document: Settings, [first, second]: readonly string[], value: unknown): boolean {
  if (first === undefined) return false
  if (second === undefined) {
    document[first] = value
    return true
  }
  const section = document[first] ?? {}
  if (typeof section !== 'object' || Array.isArray(section)) return false
  document[first] = { ...section, [second]: value }
  return true
}

/** A variable with our prefix that nothing reads is reported if it looks like a slip of the pen. */
function misspelt(environment: Environment): readonly Problem[] {
  return Object.keys(environment)
    .filter(name => name.startsWith(PREFIX) && !KNOWN.includes(name.slice(PREFIX.length)))
    .flatMap(name => {
      const meant = nearest(name.slice(PREFIX.length), KNOWN)
      if (meant === undefined) return []
      const message = `There is no such variable; did you mean ${PREFIX}${meant}?`
      return [{ path: name, code: 'unknown-variable', message }]
    })
}
