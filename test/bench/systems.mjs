// Starts and stops a system under test, and puts load on it by run.sh.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

const START_LIMIT_MS = 120_000
const STOP_LIMIT_MS = 15_000
const LOAD_LIMIT_MS = 300_000

/** Processes that this program started and has not yet stopped, by id. */
const started = new Set()

for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    for (const pid of started) if (alive(pid)) process.kill(pid)
    process.exit(130)
  })

/** True while the process exists and is more than a zombie that waits for its parent. */
function alive(pid) {
  try {
    return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

async function stop(pid) {
  if (alive(pid)) process.kill(pid, 'SIGTERM')
  for (let waitedMs = 0; alive(pid) && waitedMs < STOP_LIMIT_MS; waitedMs += 100) await sleep(100)
  if (alive(pid)) {
    console.log(`  process ${pid} did not end within ${STOP_LIMIT_MS / 1000} s of SIGTERM; killed`)
    process.kill(pid, 'SIGKILL')
  }
  started.delete(pid)
}

/**
 * Runs `command` until it prints `pid NUMBER ready`. The process of that id is the system: it may be the command
 * itself, or one that the command started.
 */
export async function start(name, command) {
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] })
  const pid = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill()
      fail(`was not ready within ${START_LIMIT_MS / 1000} s`)
    }, START_LIMIT_MS)
    const fail = why => {
      clearTimeout(timer)
      reject(new Error(`${name} did not start: \`${command.join(' ')}\` ${why}`))
    }
    child.once('error', error => fail(error.message))
    child.once('exit', code => fail(`ended with ${code}`))
    // Reading goes on after the ready line, so that the system never blocks on a full pipe.
    createInterface(child.stdout).on('line', line => {
      const ready = /^pid (\d+) ready$/.exec(line)
      if (!ready) return
      clearTimeout(timer)
      resolve(Number(ready[1]))
    })
  })
  started.add(pid)
  return { pid, stop: () => stop(pid) }
}

/** One run of run.sh's `scenario` on a system; resolves to its figures, as sipload prints them. */
export async function measure({ name, address, pid, out }, scenario, env) {
  const runner = spawn(`${import.meta.dirname}/run.sh`, [name, address, String(pid), out, scenario], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: LOAD_LIMIT_MS,
  })
  let output = ''
  runner.stdout.setEncoding('utf8').on('data', text => {
    output += text
  })
  const code = await new Promise((resolve, reject) => runner.once('error', reject).once('close', resolve))
  if (!alive(pid)) throw new Error(`${name} ended by itself during ${scenario}`)
  if (code !== 0 || output === '') throw new Error(`run.sh ended with ${code} during ${scenario}`)
  return JSON.parse(output)
}
