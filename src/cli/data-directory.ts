/**
 * The directory of a switch: its database, the hash of its API token, what its configuration declared last, and the
 * prompts of the demo.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { hashToken } from '../api/index.ts'
import { Failure, type Random, randomToken } from '../base/index.ts'
import { type DeclaredKeys, NOTHING_DECLARED } from '../declared.ts'
import type { DemoPrompt } from '../demo.ts'

const TOKEN_FILE = 'api-token.json'
const DECLARED_FILE = 'declared.json'
const LOCK_FILE = 'lock.sqlite'
const TOKEN_LENGTH = 32

export interface ApiToken {
  readonly hash: string
  /** Set when it has just been made: nobody will see it again. */
  readonly fresh?: string
}

/** Files and directories here are the owner's alone: calls, secrets and hashes are in them. */
export class DataDirectory {
  readonly path: string

  /** Makes the directory if there is none. Throws the failure `data-directory`. */
  constructor(path: string) {
    this.path = path
    attempt(`The data directory ${path} cannot be made`, () => mkdirSync(path, { recursive: true, mode: 0o700 }))
  }

  get database(): string {
    return join(this.path, 'cordboard.sqlite')
  }

  get tokenFile(): string {
    return join(this.path, TOKEN_FILE)
  }

  /** The token of this installation, made at its first start. Throws the failure `data-directory`. */
  token(random: Random): ApiToken {
    const stored = this.#read(TOKEN_FILE)
    if (stored !== undefined) {
      const hash = (stored as { readonly sha256?: unknown } | null)?.sha256
      if (typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash)) return { hash }
      throw new Failure('data-directory', `${this.tokenFile} is damaged. Remove it, and a new token is made.`)
    }
    const fresh = randomToken(random, TOKEN_LENGTH)
    this.#write(TOKEN_FILE, { sha256: hashToken(fresh) })
    return { hash: hashToken(fresh), fresh }
  }

  /** What the configuration declared at the last start. */
  get declared(): DeclaredKeys {
    return { ...NOTHING_DECLARED, ...(this.#read(DECLARED_FILE) as Partial<DeclaredKeys> | undefined) }
  }

  rememberDeclared(keys: DeclaredKeys): void {
    this.#write(DECLARED_FILE, keys)
  }

  /**
   * Keeps every other switch out until the returned function is called or the process ends, however it ends: the lock
   * is the operating system's, by way of a database. Throws the failure `data-directory`.
   */
  lock(): () => void {
    const database = new BetterSqlite3(join(this.path, LOCK_FILE), { timeout: 0 })
    try {
      database.exec('BEGIN EXCLUSIVE')
    } catch {
      database.close()
      throw new Failure('data-directory', `The data directory ${this.path} is in use by another switch.`)
    }
    return () => database.close()
  }

  #read(name: string): unknown {
    const file = join(this.path, name)
    return attempt(`${file} cannot be read`, () =>
      existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as unknown) : undefined,
    )
  }

  /** Whole or not at all. */
  #write(name: string, value: unknown): void {
    const file = join(this.path, name)
    attempt(`${file} cannot be written`, () => {
      writeFileSync(`${file}.new`, `${JSON.stringify(value)}\n`, { mode: 0o600 })
      renameSync(`${file}.new`, file)
    })
  }
}

/** Writes those that are not there yet, so that anybody may put a better one in their place. */
export function writePrompts(directory: string, prompts: readonly Pick<DemoPrompt, 'path' | 'bytes'>[]): void {
  for (const { path, bytes } of prompts) {
    const file = join(directory, path)
    if (existsSync(file)) continue
    attempt(`The prompt ${file} cannot be written`, () => {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, bytes())
    })
  }
}

/** For a switch that is to leave nothing behind. */
export function temporaryDirectory(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'cordboard-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

function attempt<Value>(what: string, run: () => Value): Value {
  try {
    return run()
  } catch (error) {
    throw new Failure('data-directory', `${what}: ${error instanceof Error ? error.message : error}`, { cause: error })
  }
}
