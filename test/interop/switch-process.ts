/**
 * The switch as users run it: its own process, real sockets on loopback, a configuration file of the test's.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
const START_LIMIT_MS = 15_000

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export class SwitchProcess {
  readonly directory: string
  stdout = ''
  stderr = ''
  readonly ended: Promise<Ended>
  readonly #child: ChildProcess

  /** `files` are written beside the configuration, which is `config` as YAML text. */
  constructor(config: string, files: Readonly<Record<string, string | Uint8Array>> = {}) {
    this.directory = mkdtempSync(join(tmpdir(), 'cordboard-'))
    const file = join(this.directory, 'cordboard.yaml')
    writeFileSync(file, config)
    for (const [name, content] of Object.entries(files)) writeFileSync(join(this.directory, name), content)
    this.#child = spawn(process.execPath, [MAIN, 'start', '--config', file], {
      cwd: this.directory,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child.stdout?.on('data', chunk => {
      this.stdout += chunk
    })
    this.#child.stderr?.on('data', chunk => {
      this.stderr += chunk
    })
    this.ended = new Promise(resolve => {
      this.#child.on('close', code => resolve({ code, stdout: this.stdout, stderr: this.stderr }))
    })
  }

  /** The port of its SIP socket, once it serves. */
  async sipPort(): Promise<number> {
    return Number(await this.#printed(/SIP\s+\S+:(\d+) \(UDP\)/))
  }

  async httpPort(): Promise<number> {
    return Number(await this.#printed(/HTTP\s+http:\/\/\S+:(\d+)/))
  }

  async token(): Promise<string> {
    return this.#printed(/Token\s+(\S+)/)
  }

  /** Ends it and removes what it wrote. */
  async stop(): Promise<Ended> {
    this.#child.kill('SIGTERM')
    const ended = await this.ended
    rmSync(this.directory, { recursive: true, force: true })
    return ended
  }

  async #printed(pattern: RegExp): Promise<string> {
    const limit = performance.now() + START_LIMIT_MS
    let over = false
    void this.ended.then(() => {
      over = true
    })
    for (;;) {
      const found = /is ready\./.test(this.stdout) && pattern.exec(this.stdout)
      if (found) return found[1] as string
      if (over || performance.now() > limit)
        throw new Error(`The switch does not serve:\n${this.stdout}\n${this.stderr}`)
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }
}
