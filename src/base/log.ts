/**
 * Structured logs: one JSON line each, secrets redacted by key.
 */
import { createRequire } from 'node:module'
import type { LoggerOptions, pino } from 'pino'

export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  /** A logger that adds `fields` to every line. */
  child(fields: object): Log
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

const SECRET_KEYS = ['password', 'token', 'secret', 'authorization', 'digits', 'basicAuth']

const load = createRequire(import.meta.url)

export function createLog(level: LogLevel, write?: (line: string) => void): Log {
  // Loaded with the first log: media workers import this room and write none.
  const create = load('pino') as typeof pino
  const options: LoggerOptions = {
    level,
    base: null,
    redact: { paths: SECRET_KEYS.flatMap(key => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
  }
  return write ? create(options, { write }) : create(options)
}

const nothing = (): void => {}

export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => silentLog }
