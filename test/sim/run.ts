/**
 * `npm run sim -- [race|loss] [--seeds N] [--first N] [--calls N] [--seed N]`: the simulation profiles in full, on every
 * core. `--seed` runs one dial race with its ladder printed. Exit code 1 when anything does not hold.
 */
import { availableParallelism } from 'node:os'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import type { Job, RaceShare } from './batch.ts'
import { dialRace, RACES } from './profiles/dial-race.ts'
import type { TwoLegResult } from './profiles/two-leg.ts'

const RACE_BATCH = 250
const LOSS_BATCH = 500
/** Loss per datagram and direction, and the share of calls that must complete. */
const LOSS_TARGETS = [
  { loss: 0.1, least: 1 },
  { loss: 0.2, least: 0.9997 },
  { loss: 0.3, least: 0.996 },
] as const
const LEAST_RACE_SHARE = 0.01
const HASHED_SHARE = 0.01

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '20000' },
    first: { type: 'string', default: '1' },
    calls: { type: 'string', default: '10000' },
    seed: { type: 'string' },
  },
})

let failed = false

if (values.seed !== undefined) printOne(Number(values.seed))
else {
  if (positionals.length === 0 || positionals.includes('loss')) await loss(Number(values.calls))
  if (positionals.length === 0 || positionals.includes('race')) await races(Number(values.first), Number(values.seeds))
}
process.exitCode = failed ? 1 : 0

function check(ok: boolean, line: string): void {
  if (!ok) failed = true
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${line}`)
}

async function loss(calls: number): Promise<void> {
  for (const { loss, least } of LOSS_TARGETS) {
    const startMs = performance.now()
    const batches = Math.ceil(calls / LOSS_BATCH)
    const jobs = Array.from({ length: batches }, (_, index): Job => {
      return { profile: 'loss', seed: index + 1, calls: Math.min(LOSS_BATCH, calls - index * LOSS_BATCH), loss }
    })
    const results = await spread<TwoLegResult>(jobs)
    const completed = results.reduce((sum, result) => sum + result.completed, 0)
    const share = ((100 * completed) / calls).toFixed(3)
    const wanted = Math.ceil(calls * least)
    check(
      completed >= wanted,
      `loss ${loss * 100} %: ${completed} of ${calls} calls (${share} %), at least ${wanted}; ${since(startMs)}`,
    )
    for (const [timer, count] of sum(results.map(result => result.timeouts)))
      console.log(`         ${count} x ${timer}`)
    const defects = results.flatMap(result => result.defects)
    check(defects.length === 0, `loss ${loss * 100} %: ${defects.length} calls failed without a timer that ran out`)
    for (const defect of defects.slice(0, 10)) console.log(`         ${defect}`)
  }
}

async function races(first: number, seeds: number): Promise<void> {
  const startMs = performance.now()
  const jobs = Array.from({ length: Math.ceil(seeds / RACE_BATCH) }, (_, index): Job => {
    const from = index * RACE_BATCH
    return { profile: 'race', firstSeed: first + from, seeds: Math.min(RACE_BATCH, seeds - from) }
  })
  const shares = await spread<RaceShare>(jobs)
  const steps = shares.reduce((total, share) => total + share.steps, 0)
  console.log(`dial race: ${seeds} seeds from ${first}, ${steps} events; ${since(startMs)}`)
  const counts = new Map(sum(shares.map(share => share.races)))
  for (const race of RACES) {
    const share = (counts.get(race) ?? 0) / seeds
    check(share >= LEAST_RACE_SHARE, `${(100 * share).toFixed(1).padStart(5)} %  ${race}`)
  }
  const violations = shares.flatMap(share => share.violations)
  check(violations.length === 0, `invariants I1-I12: ${violations.length} violations`)
  for (const violation of violations.slice(0, 20)) console.log(`         ${violation}`)
  sameTwice(first, Math.max(1, Math.round(seeds * HASHED_SHARE)))
}

/** The same seed gives the same run, to the byte and the millisecond. */
function sameTwice(first: number, seeds: number): void {
  let different = 0
  for (let seed = first; seed < first + seeds; seed++) {
    const [one, other] = [dialRace(seed, { trace: true }), dialRace(seed, { trace: true })]
    if (one.hash !== other.hash) different++
  }
  check(different === 0, `replay: ${seeds} seeds run twice, ${different} with another trace hash`)
}

function printOne(seed: number): void {
  const { races, violations, hash } = dialRace(seed, { trace: true, print: line => console.log(line) })
  console.log(`\nraces: ${[...races].join(', ') || 'none'}\ntrace hash: ${hash}`)
  for (const violation of violations) console.log(violation)
  failed = violations.length > 0
}

function sum(counts: readonly Readonly<Record<string, number>>[]): [string, number][] {
  const total: Record<string, number> = {}
  for (const count of counts)
    for (const [name, value] of Object.entries(count)) total[name] = (total[name] ?? 0) + value
  return Object.entries(total).sort((a, b) => b[1] - a[1])
}

function since(startMs: number): string {
  return `${((performance.now() - startMs) / 1000).toFixed(0)} s`
}

/** Gives the jobs to as many threads as there are cores; results in the order of the jobs. */
async function spread<Result>(jobs: readonly Job[]): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  const threads = Array.from({ length: Math.min(availableParallelism(), jobs.length) }, async () => {
    const worker = new Worker(new URL('./batch.js', import.meta.url))
    let settle: { resolve: (result: Result) => void; reject: (error: unknown) => void } | undefined
    worker.on('message', (result: Result) => settle?.resolve(result))
    worker.on('error', error => settle?.reject(error))
    for (let index = next++; index < jobs.length; index = next++) {
      results[index] = await new Promise<Result>((resolve, reject) => {
        settle = { resolve, reject }
        worker.postMessage(jobs[index])
      })
    }
    await worker.terminate()
  })
  await Promise.all(threads)
  return results
}
