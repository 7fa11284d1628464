#!/usr/bin/env -S node --no-memory-reducer
/**
 * The command `cordboard`: reads the configuration, starts the switch, and stops it when it is told to. Ends with 0
 * after a stop, with 1 when the switch cannot run, with 2 when it was asked for something that makes no sense.
 */
import { existsSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, resolve } from 'node:path'
import { createLog, Failure, type Log, type Problem, systemClock } from './base/index.ts'
import { readArguments } from './cli/arguments.ts'
import { banner } from './cli/banner.ts'
import { Faults } from './cli/faults.ts'
import { type Config, loadConfig } from './config.ts'
import { FILE_VARIABLE } from './config-environment.ts'
import { builtInPrograms, demoPrompts } from './demo.ts'
import { type Service, startService } from './service.ts'

const DEFAULT_FILE = 'cordboard.yaml'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string
}

const command = readArguments(process.argv.slice(2), version)
switch (command.command) {
  case 'print':
    process.stdout.write(command.text)
    break
  case 'refuse':
    quit(2, `cordboard: ${command.message}`)
    break
  case 'start':
    await start(command.configFile)
    break
}

async function start(configFile: string | undefined): Promise<void> {
  // Secrets and call records are in what is written: for nobody else to read.
  process.umask(0o077)
  const config = readConfig(configFile)
  // Standard output is for people, and stays readable beside the log.
  const log = createLog(config.logLevel, line => process.stderr.write(line))
  try {
    const service = await startService({ config, log, version, programs: builtInPrograms, prompts: demoPrompts })
    guard(service, log)
    process.stdout.write(textFor(config, service))
  } catch (error) {
    quit(1, `cordboard: ${error instanceof Failure ? sentence(error) : `internal error: ${stackOf(error)}`}`)
  }
}

/** The file that was asked for must be there; the default one need not. */
function readConfig(configFile: string | undefined): Config {
  const asked = configFile ?? process.env[FILE_VARIABLE]
  const file = resolve(asked ?? DEFAULT_FILE)
  const text = readText(file)
  if (text === undefined && (asked !== undefined || existsSync(file))) {
    quit(2, `cordboard: The configuration ${file} cannot be read.`)
  }
  const loaded = loadConfig(text, process.env, { directory: dirname(file), hostName: hostname(), readText })
  if (loaded.ok) return loaded.config
  const lines = loaded.problems.map(({ path, message }: Problem) =>
    path === '' ? `  ${message}` : `  ${path}: ${message}`,
  )
  const what = lines.length === 1 ? 'is a mistake' : `are ${lines.length} mistakes`
  quit(2, [`cordboard: There ${what} in ${text === undefined ? 'the environment' : file}:`, ...lines].join('\n'))
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function textFor(config: Config, { sip, http, token, tokenFile }: Service): string {
  const freshToken = token?.fresh
  const hasOwnToken = token === undefined
  return banner(config, { version, sip, http, tokenFile, hasOwnToken, ...(freshToken !== undefined && { freshToken }) })
}

/** From here on the process ends only when it is told to, or when nothing else helps. */
function guard(service: Service, log: Log): void {
  let stopping = false
  const stop = (code: number): void => {
    // Asked twice: somebody is in a hurry.
    if (stopping) process.exit(code)
    stopping = true
    service.stop().then(
      () => process.exit(code),
      (error: unknown) => quit(1, `cordboard: internal error: ${stackOf(error)}`),
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(0))
  const faults = new Faults(systemClock, log, () => {
    if (!stopping) log.error({}, 'Too many faults: the switch stops')
    if (!stopping) stop(1)
  })
  service.metrics.gauge('cordboard_faults_total', 'Errors that nobody caught', () => faults.total)
  process.on('uncaughtException', error => faults.report(error))
  process.on('unhandledRejection', reason => faults.report(reason))
  // Nobody reads any more what is printed: no reason to stop taking calls.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
}

/** The message of a failure with that of its cause, in one line. */
function sentence({ message, cause }: Failure): string {
  const because = cause instanceof Error && !message.includes(cause.message) ? ` (${cause.message})` : ''
  return `${message}${because}`
}

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))

function quit(code: number, message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(code)
}
