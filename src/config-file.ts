/**
 * The shape of `cordboard.yaml`: its sections, their defaults and limits, and what to say about a value that is not
 * right. References between sections are checked in config-checks.ts.
 */
import * as z from 'zod'
import { type Endpoint, ipVersion, type LogLevel } from './base/index.ts'
import { builtInPrograms } from './demo.ts'
import { dialects } from './dialects/index.ts'
import { codecFormats, type PortRange, type ToneCountry, tonePlans } from './media/index.ts'
import { parseUri } from './sip/index.ts'

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const satisfies readonly LogLevel[]
const TONES = Object.keys(tonePlans) as readonly ToneCountry[]
const CODECS = codecFormats.map(({ name }) => name)
const PROGRAMS = Object.keys(builtInPrograms)
const DIALECTS = dialects.map(dialect => dialect.name)

/** Media ports: two for each leg. */
const LEAST_PORTS = 4

/** YAML reads 1000 as a number and yes as a boolean: what was meant as text needs quotes. */
const unquoted = ({ input }: { readonly input: unknown }): string =>
  typeof input === 'number' || typeof input === 'boolean'
    ? `This must be text. Put it in quotes: without them YAML reads ${String(input)} as a ${typeof input}.`
    : 'This must be text.'

const line = (most: number): z.ZodString =>
  z.string({ error: unquoted }).min(1, 'This must not be empty.').max(most, `At most ${most} characters.`)

const text = line(256)

const whole = (least: number, most: number): z.ZodNumber => {
  const error = `This must be a whole number from ${least} to ${most}.`
  return z.int({ error }).min(least, { error }).max(most, { error })
}

const oneOf = <const Value extends string>(values: readonly Value[]): z.ZodType<Value> =>
  z.enum(values as readonly [Value, ...Value[]], { error: `This must be one of ${values.join(', ')}.` })

const flag = z.boolean({ error: 'This must be true or false.' })

const matching = (pattern: RegExp, message: string): z.ZodType<string> => text.regex(pattern, message)

/** From text to a value; `read` gives undefined for text that `message` is to be said about. */
const read = <Value>(message: string, reader: (given: string) => Value | undefined): z.ZodType<Value> =>
  text.transform((given, context) => {
    const value = reader(given)
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })

const endpoint = read('This must be an IP address and a port, such as 0.0.0.0:5060 or [::]:5060.', readEndpoint)

const ports = read(
  `This must be a range of at least ${LEAST_PORTS} ports from 1024 to 65535, such as 10000-32767.`,
  readPorts,
)

const network = text.refine(isNetwork, 'This must be an IP address or a network such as 192.0.2.0/24.')

const host = text.refine(
  given => ipVersion(given) > 0 || /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/.test(given),
  'This must be a host name or an IP address, without a port.',
)

const url = line(2_048).refine(isHttpUrl, 'This must be an http or https URL.')

const hook = z.preprocess(
  given => (typeof given === 'string' ? { url: given } : given),
  z.strictObject(
    {
      url,
      method: oneOf(['GET', 'POST']).default('POST'),
      username: text.optional(),
      password: text.optional(),
    },
    { error: 'This must be a URL, or a section with url, method, username and password.' },
  ),
)

const name = matching(/^[^\s@:<>"[\]]+$/, 'A name has no spaces and none of @ : < > " [ ].')

const phoneNumber = z
  .string({ error: numberAsNumber })
  .regex(/^\S{1,64}$/, 'A number has 1 to 64 characters and no spaces; a * at its end stands for anything.')

const sections = {
  sip: {
    bind: endpoint.default({ address: '0.0.0.0', port: 5060 }),
    /** Whom the users of this file belong to. */
    domain: host.default('cordboard.local'),
    allow: z.array(network, { error: 'This must be a list of networks.' }).default(['127.0.0.0/8', '::1/128']),
  },
  media: {
    ports: ports.default({ from: 10_000, to: 32_767 }),
    workers: whole(1, 64).default(1),
    timeoutSeconds: whole(0, 86_400).default(60),
    tones: oneOf(TONES).default('eu'),
  },
  http: {
    bind: endpoint.default({ address: '127.0.0.1', port: 8080 }),
    url: url.optional(),
    token: text.min(16, 'A token has at least 16 characters.').optional(),
  },
  applications: {
    name,
    sid: name.optional(),
    callHook: hook.optional(),
    statusHook: hook.optional(),
    secret: text.optional(),
    dialect: oneOf(DIALECTS).default('jambonz'),
    /** A list of verbs, or the path of a file with one. */
    fallback: z.unknown().optional(),
    program: oneOf(PROGRAMS).optional(),
  },
  numbers: { number: phoneNumber, application: text },
  trunks: {
    name,
    host,
    port: whole(1, 65_535).default(5060),
    username: text.optional(),
    password: text.optional(),
    realm: text.optional(),
    outbound: flag.default(true),
    priority: whole(0, 65_535).default(10),
    weight: whole(0, 65_535).default(10),
    numberFormat: oneOf(['plus', 'no-plus']).default('plus'),
    fromDomain: host.optional(),
    codecs: z.array(oneOf(CODECS)).min(1).optional(),
  },
  users: { name, contact: text.refine(isSipUri, 'This must be a SIP URI, such as sip:alice@192.0.2.7:5060.') },
} as const

const section = <Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> =>
  z.strictObject(shape, { error: 'This must be a section with settings.' })

const listOf = <Shape extends z.ZodRawShape>(
  shape: Shape,
): z.ZodDefault<z.ZodArray<z.ZodObject<Shape, z.core.$strict>>> =>
  z.array(section(shape), { error: 'This must be a list: each entry starts with a hyphen.' }).default([])

const root = {
  node: name.optional(),
  accountSid: name.optional(),
  dataDir: text.default('./var'),
  promptsDir: text.optional(),
  log: oneOf(LOG_LEVELS).default('info'),
  sip: section(sections.sip).prefault({}),
  media: section(sections.media).prefault({}),
  http: section(sections.http).prefault({}),
  applications: listOf(sections.applications),
  numbers: listOf(sections.numbers),
  trunks: listOf(sections.trunks),
  users: listOf(sections.users),
} as const

export const configFile = section(root)

export type ConfigFile = z.output<typeof configFile>

const HOOK_SETTINGS = ['url', 'method', 'username', 'password']

/** The settings that there are at a place of the file: `['trunks', 1]` is that of the second trunk. */
export function settingsAt(path: readonly PropertyKey[]): readonly string[] {
  const [first, ...more] = path.filter(key => typeof key === 'string')
  if (first === undefined) return Object.keys(root)
  if (more.length > 0) return HOOK_SETTINGS
  return first in sections ? Object.keys(sections[first as keyof typeof sections]) : []
}

function numberAsNumber({ input }: { readonly input: unknown }): string {
  if (typeof input !== 'number') return 'This must be a number in quotes, such as "+4512345678".'
  return `Put the number in quotes: without them YAML reads ${input}, and a plus sign or leading zeros are lost.`
}

function readEndpoint(given: string): Endpoint | undefined {
  const [, six, four, digits = ''] = /^(?:\[([^\]]+)\]|([^:]+)):([0-9]{1,5})$/.exec(given) ?? []
  const port = Number(digits)
  const isAddress = six === undefined ? ipVersion(four ?? '') === 4 : ipVersion(six) === 6
  return isAddress && port <= 65_535 ? { address: (six ?? four) as string, port } : undefined
}

function readPorts(given: string): PortRange | undefined {
  const [, from = 0, to = 0] = /^([0-9]{4,5})-([0-9]{4,5})$/.exec(given)?.map(Number) ?? []
  return from >= 1_024 && to <= 65_535 && to - from + 1 >= LEAST_PORTS ? { from, to } : undefined
}

function isNetwork(given: string): boolean {
  const [address = '', bits, ...more] = given.split('/')
  const version = ipVersion(address)
  if (version === 0 || more.length > 0) return false
  return bits === undefined || (/^[0-9]{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}

function isHttpUrl(given: string): boolean {
  if (!URL.canParse(given)) return false
  const { protocol } = new URL(given)
  return protocol === 'http:' || protocol === 'https:'
}

function isSipUri(given: string): boolean {
  return parseUri(given)?.scheme === 'sip'
}
