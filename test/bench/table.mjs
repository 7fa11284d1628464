// Medians of the runs of run.sh as a Markdown table.
//
//     node table.mjs OUT/NAME.jsonl...
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

/** The value at a dotted path of a run, or undefined; sipload writes -1 for a figure without samples. */
function figure(run, path) {
  const value = path.split('.').reduce((inner, key) => inner?.[key], run)
  return value === -1 ? undefined : value
}

/** The median of a figure over runs, or undefined where none has it. */
export function median(runs, path) {
  const values = runs.map(run => figure(run, path)).filter(value => value !== undefined)
  values.sort((a, b) => a - b)
  const middle = values.length >> 1
  return values.length % 2 ? values[middle] : values.length ? (values[middle - 1] + values[middle]) / 2 : undefined
}

/** How often anything was sent again, by either side. */
export const resent = run => Object.values(run.retrans).reduce((sum, count) => sum + count, 0)

export const fixed = (value, digits = 2) => (value === undefined ? '-' : value.toFixed(digits))

const single = (path, digits) => runs => fixed(median(runs, path), digits)
const pair = (low, high) => runs =>
  median(runs, low) === undefined ? '-' : `${single(low, 2)(runs)}/${single(high, 2)(runs)}`

const COLUMNS = {
  runs: runs => runs.length,
  calls: runs => runs[0].calls,
  failed: runs => runs.reduce((sum, run) => sum + run.calls - run.ok, 0),
  'CPU ms/call': single('cpu_ms_per_call', 3),
  'CPU %/100 calls': single('steady.cpu_pct_per_100', 2),
  'RSS KiB/call': runs => (/idle|bridged/.test(runs[0].label) ? single('steady.rss_kib_per_call', 0)(runs) : '-'),
  'loss %': single('steady.loss_pct', 3),
  'latency ms p50/p99': pair('steady.lat_ms.ab_p50', 'steady.lat_ms.ab_p99'),
  'jitter ms p99': single('steady.jitter_ms.p99', 2),
  'PDD ms p50/p99': pair('pdd_ms.p50', 'pdd_ms.p99'),
  'answer ms p50/p99': pair('answer_ms.p50', 'answer_ms.p99'),
  'setup ms p50/p99': pair('setup_ms.p50', 'setup_ms.p99'),
  resent: runs => runs.map(resent).join('/'),
  'load avg': runs => runs.map(run => fixed(run.load, 1)).join('/'),
}

/** Runs grouped by system and scenario, one line each. */
export function table(runs) {
  const groups = new Map()
  for (const run of runs) {
    const key = `${run.sut} | ${run.label === 'sweep' ? `sweep ${run.calls}` : run.label}`
    groups.set(key, [...(groups.get(key) ?? []), run])
  }
  const head = ['system', 'scenario', ...Object.keys(COLUMNS)]
  const lines = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, group]) => [key, ...Object.values(COLUMNS).map(column => column(group))])
  return [head, head.map(() => '---'), ...lines].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const lines = process.argv.slice(2).flatMap(file => readFileSync(file, 'utf8').split('\n').filter(Boolean))
  console.log(table(lines.map(line => JSON.parse(line))))
}
