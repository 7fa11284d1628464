/**
 * A worker thread's share of a simulation profile: runs what it is told and posts the result.
 */
import { parentPort } from 'node:worker_threads'
import { dialRace } from './profiles/dial-race.ts'
import { type TwoLegResult, twoLegCalls } from './profiles/two-leg.ts'

export type Job =
  | { readonly profile: 'race'; readonly firstSeed: number; readonly seeds: number }
  | { readonly profile: 'loss'; readonly seed: number; readonly calls: number; readonly loss: number }

export interface RaceShare {
  readonly races: Readonly<Record<string, number>>
  /** `seed N: violation` */
  readonly violations: readonly string[]
  readonly steps: number
}

export function runRaces({ firstSeed, seeds }: { readonly firstSeed: number; readonly seeds: number }): RaceShare {
  const races: Record<string, number> = {}
  const violations: string[] = []
  let steps = 0
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    const result = dialRace(seed)
    steps += result.steps
    for (const race of result.races) races[race] = (races[race] ?? 0) + 1
    for (const violation of result.violations) violations.push(`seed ${seed}: ${violation}`)
  }
  return { races, violations, steps }
}

parentPort?.on('message', (job: Job) => {
  const result: RaceShare | TwoLegResult =
    job.profile === 'race' ? runRaces(job) : twoLegCalls(job.seed, job.calls, job.loss)
  parentPort?.postMessage(result)
})
