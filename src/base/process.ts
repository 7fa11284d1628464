/**
 * Other programs as an argument: the only place that starts one.
 */
import { spawn } from 'node:child_process'

export interface ChildProcess {
  /** To its stdin. Lost if it has ended. */
  write(text: string): void
  /** At once, by force. Idempotent. Nothing is delivered afterwards. */
  kill(): void
}

export interface ProcessOptions {
  readonly command: string
  readonly args: readonly string[]
  /** From its stdout; `bytes` belongs to the receiver. */
  onOutput(bytes: Uint8Array): void
  /** Once, never synchronously, also when it could not be started. `reason` is for the log. */
  onExit(reason: string): void
}

export interface Processes {
  start(options: ProcessOptions): ChildProcess
}

/** Of stderr: its last words tell why it ended. */
const LAST_WORDS_CHARACTERS = 500

export const systemProcesses: Processes = {
  start({ command, args, onOutput, onExit }) {
    // Of the environment only what finds programs: the switch keeps secrets in the rest.
    const child = spawn(command, args, { stdio: 'pipe', env: { PATH: process.env['PATH'] }, windowsHide: true })
    let over = false
    let lastWords = ''
    const finish = (reason: string): void => {
      if (over) return
      over = true
      onExit(lastWords ? `${reason}: ${lastWords.trim()}` : reason)
    }
    child.on('error', error => finish(error.message))
    child.on('close', (status, signal) => finish(signal ? `ended by ${signal}` : `ended with status ${status}`))
    child.stdin.on('error', () => {}) // it has ended, and `close` says so
    child.stderr.setEncoding('utf8')
    child.stderr.on('data', (text: string) => {
      lastWords = (lastWords + text).slice(-LAST_WORDS_CHARACTERS)
    })
    child.stdout.on('data', (bytes: Uint8Array) => {
      if (!over) onOutput(bytes)
    })
    return {
      write(text) {
        if (!over) child.stdin.write(text)
      },
      kill() {
        over = true
        child.kill('SIGKILL')
      },
    }
  },
}
