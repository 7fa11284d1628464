/**
 * The built switch as a process of its own, in an empty directory, on ports that the system chooses.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MAIN = join(import.meta.dirname, '../../dist/main.js')
const FREE_PORTS = { CORDBOARD_SIP_BIND: '127.0.0.1:0', CORDBOARD_HTTP_BIND: '127.0.0.1:0' }

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

/** A directory to start in; everything in it goes with it. */
export class Home {
  readonly path = mkdtempSync(join(tmpdir(), 'cordboard-home-'))
  readonly #children: ChildProcess[] = []

  write(name: string, content: string | Uint8Array): void {
    writeFileSync(join(this.path, name), content)
  }

  run(environment: Readonly<Record<string, string>> = {}, ...given: readonly string[]): SwitchProcess {
    if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: build it with npm run build.`)
    const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CORDBOARD_')))
    const child = spawn(process.execPath, [MAIN, ...given], {
      cwd: this.path,
      env: { ...own, ...FREE_PORTS, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#children.push(child)
    return new SwitchProcess(child)
  }

  remove(): void {
    for (const child of this.#children) if (child.exitCode === null) child.kill('SIGKILL')
    rmSync(this.path, { recursive: true, force: true })
  }
}

export class SwitchProcess {
  readonly ended: Promise<Ended>
  readonly #child: ChildProcess
  #out = ''
  #err = ''

  constructor(child: ChildProcess) {
    this.#child = child
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#out += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#err += text
    })
    this.ended = new Promise(resolve => {
      child.once('close', (code, signal) => resolve({ code, signal, out: this.#out, err: this.#err }))
    })
  }

  /** What it printed once it served. */
  async ready(): Promise<Ready> {
    while (!this.#out.includes('Ctrl-C')) {
      const next = new Promise<undefined>(resolve => this.#child.stdout?.once('data', () => resolve(undefined)))
      const ended = await Promise.race([next, this.ended])
      if (ended) throw new Error(`The switch ended with ${ended.code}: ${ended.err}`)
    }
    const match = (pattern: RegExp): string => pattern.exec(this.#out)?.[1] ?? ''
    return {
      text: this.#out,
      sipPort: Number(match(/SIP +127\.0\.0\.1:(\d+)/)),
      http: match(/HTTP +(http:\S+)/),
      calls: match(/POST (\S+)/),
      token: match(/Token +(\S+)\n +shown this once/),
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }
}

export interface Ready {
  readonly text: string
  readonly sipPort: number
  /** Without a slash at its end. */
  readonly http: string
  /** Path to make calls at. */
  readonly calls: string
  /** Empty unless it was just made. */
  readonly token: string
}
