/**
 * `npm run fuzz -- [TARGET...] [--minutes N] [--seed N] [--keep]`: fuzzes the targets in turn, each for its share of
 * the time. Prints how it goes; a finding is printed with the seed, made small and saved in test/fuzz/corpus, where
 * `npm test` tries it from then on. `--keep` puts in place of the corpus what is enough for the coverage reached.
 * Exit code 1 when anything was found.
 */
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { Campaign, type Finding } from './campaign.ts'
import { keep, readCorpus, replaceCorpus } from './corpus.ts'
import { Coverage } from './coverage.ts'
import { minimise } from './minimise.ts'
import type { Target } from './target.ts'
import { targets } from './targets.ts'
import { tryInput } from './trial.ts'

const REPORT_MS = 10_000
const MINUTE_MS = 60_000
/** Longer inputs are not worth their place in the repository. */
const LONGEST_KEPT = 2_000

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
  },
})

const seed = Number(values.seed)
const ms = Number(values.minutes) * MINUTE_MS
if (!Number.isSafeInteger(seed) || !(ms > 0)) throw new Error('--seed takes a whole number, --minutes one above 0.')
const unknown = positionals.filter(name => !targets.some(target => target.name === name))
if (unknown.length > 0)
  throw new Error(`No target ${unknown.join(', ')}: ${targets.map(({ name }) => name).join(', ')}.`)
const chosen = targets.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
for (const target of chosen) fuzz(target, ms / chosen.length)

function fuzz(target: Target, ms: number): void {
  const coverage = newCoverage()
  const campaign = new Campaign(target, { coverage, seed, onFinding: finding => report(target, finding) })
  campaign.begin([...target.seeds(), ...readCorpus(target.name).map(({ bytes }) => bytes)])
  say(target, campaign, coverage, 'from seeds and corpus')
  const startMs = performance.now()
  while (performance.now() - startMs < ms) {
    const [beforeMs, before] = [performance.now(), campaign.inputs]
    campaign.run(Math.min(REPORT_MS, startMs + ms - beforeMs))
    const perSecond = Math.round(((campaign.inputs - before) * 1_000) / (performance.now() - beforeMs))
    say(target, campaign, coverage, `${perSecond} inputs/s`)
  }
  coverage.close()
  if (values.keep) distil(target, campaign)
}

function newCoverage(): Coverage {
  return new Coverage(url => /\/src\/(?:sip|sdp)\//.test(url))
}

function say(target: Target, { inputs, corpus, ends }: Campaign, { covered }: Coverage, more: string): void {
  const reached = `${covered} characters of source covered, ${ends} ends, ${corpus.length} kept`
  console.log(`${target.name}: ${inputs} inputs, ${reached}; ${more}`)
}

function report(target: Target, { bytes, kind, message }: Finding): void {
  process.exitCode = 1
  console.log(`FOUND in ${target.name}, seed ${seed}: ${message}`)
  if (kind === 'memory') return
  const small = minimise(bytes, smaller => {
    const trial = tryInput(target, smaller)
    return !trial.ok && trial.kind === kind
  })
  console.log(
    `saved as ${keep(target.name, small, 'found-')}: ${JSON.stringify(Buffer.from(small).toString('latin1'))}`,
  )
}

/** The corpus is what adds code or ends when the shortest come first. */
function distil(target: Target, { corpus }: Campaign): void {
  const coverage = newCoverage()
  const again = new Campaign(target, { coverage, seed, onFinding: () => {} })
  again.begin(target.seeds())
  const seeds = again.corpus.length
  again.begin(corpus.filter(({ length }) => length <= LONGEST_KEPT))
  coverage.close()
  replaceCorpus(target.name, again.corpus.slice(seeds))
}
