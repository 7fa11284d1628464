/**
 * The switch as it is put under load: on 127.0.0.1:15060 with the numbers that the benchmark dials, and its data in a
 * directory that goes with it. Prints `pid NUMBER ready` once it serves, and stays until SIGTERM.
 *
 * It is the whole switch, with its database, its metrics and its HTTP server, so that the figures are those of a real
 * one. The benchmark's number plan is in test/bench/README.md.
 */
import { createLog } from './base/index.ts'
import { temporaryDirectory } from './cli/data-directory.ts'
import type { Config } from './config.ts'
import { type BuiltInProgram, builtInPrograms, type DemoPrompt } from './demo.ts'
import type { Op, Origin, Target } from './flow/index.ts'
import { melodyWav } from './melody.ts'
import { startService } from './service.ts'
import { escapeUser } from './sip/index.ts'
import type { TrunkRecord } from './store/index.ts'

const LOOPBACK = '127.0.0.1'
const SIP_PORT = 15_060
const CALLED_PORT = 17_062
const RING_MS = 30_000
const PATIENCE_MS = 5_000

const PROMPT: DemoPrompt = {
  program: 'menu',
  path: 'prompt.wav',
  bytes: () =>
    melodyWav([262, 294, 330, 349, 392, 440, 494, 523].map(frequencyHz => ({ frequencyHz, durationMs: 600 }))),
}

/** The called party by way of a trunk that wants A-law: both legs then differ in codec. */
const ALAW: TrunkRecord = {
  name: 'alaw',
  host: LOOPBACK,
  port: CALLED_PORT,
  outbound: true,
  priority: 0,
  weight: 0,
  numberFormat: 'plus',
  codecs: ['PCMA'],
  mediaSources: [],
}

const at: Origin = { path: '$', verb: 'bench' }

/** Connects to the called party when it answers, and not before. */
const connect = (target: Target): readonly Op[] => [
  { op: 'originate', at, group: 'called', targets: [target], ringTimeoutMs: RING_MS, alerting: { relay: true } },
  { op: 'await', at, until: ['called'] },
  {
    op: 'branch',
    at,
    on: 'called',
    cases: {
      won: [
        { op: 'bridge', at, bridge: 'joined', a: 'self', b: { winnerOf: 'called' } },
        { op: 'await', at, until: ['joined'] },
      ],
    },
  },
  { op: 'hangup', at, leg: 'self' },
]

/** A prompt that a digit stops, four digits, the end. */
const menu: readonly Op[] = [
  {
    op: 'play',
    at,
    task: 'prompt',
    leg: 'self',
    sources: [{ kind: 'audio', location: PROMPT.path }],
    times: 1,
    policy: 'auto',
  },
  {
    op: 'collect',
    at,
    task: 'digits',
    leg: 'self',
    minDigits: 4,
    maxDigits: 4,
    finishKeys: '',
    firstDigitTimeoutMs: PATIENCE_MS,
    interDigitTimeoutMs: PATIENCE_MS,
    prompt: { task: 'prompt', barge: true, listen: true },
    policy: 'auto',
  },
  { op: 'await', at, until: ['digits'] },
  { op: 'hangup', at, leg: 'self' },
]

const programs: Readonly<Record<string, BuiltInProgram>> = {
  ...builtInPrograms,
  bridge: ({ to }) => ({
    dialect: 'bench',
    ops: connect({ type: 'sip', path: '$', uri: `sip:${escapeUser(to)}@${LOOPBACK}:${CALLED_PORT}` }),
  }),
  'bridge-alaw': ({ to }) => ({
    dialect: 'bench',
    ops: connect({ type: 'phone', path: '$', number: to, trunk: ALAW.name }),
  }),
  menu: () => ({ dialect: 'bench', ops: menu }),
}

const NUMBERS = { '1000': 'wait', '1001': 'echo', '91*': 'bridge', '92*': 'bridge-alaw', '97*': 'menu' } as const

function benchConfig(dataDir: string): Config {
  const names = [...new Set(Object.values(NUMBERS))]
  return {
    node: 'bench',
    accountSid: 'bench',
    sip: { bind: { address: LOOPBACK, port: SIP_PORT }, domain: 'bench', allow: ['127.0.0.0/8'] },
    media: { ports: { from: 20_000, to: 31_999 }, workers: 1, timeoutMs: 60_000, tones: 'eu' },
    http: { bind: { address: LOOPBACK, port: 0 }, url: `http://${LOOPBACK}`, token: 'no request comes here' },
    dataDir,
    promptsDir: dataDir,
    logLevel: 'warn',
    demo: false,
    applications: names.map(name => ({ sid: name, accountSid: 'bench', name, programName: name })),
    numbers: Object.entries(NUMBERS).map(([pattern, applicationSid]) => ({ pattern, applicationSid })),
    trunks: [ALAW],
    users: [],
  }
}

const temporary = temporaryDirectory()
const config = benchConfig(temporary.path)

/** Ends the process, with nothing left behind. */
function end(code: number): never {
  temporary.remove()
  process.exit(code)
}

try {
  const log = createLog(config.logLevel, line => process.stderr.write(line))
  const prompts = [PROMPT]
  const service = await startService({ config, log, version: 'bench', programs, prompts })
  process.once('SIGTERM', () => service.stop().then(() => end(0)))
  process.stdout.write(`pid ${process.pid} ready\n`)
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`)
  end(1)
}
