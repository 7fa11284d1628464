// `npm test -- [VITEST ARGUMENT...]`: sets up what is missing, then runs every check and every test. All of them run
// even when one fails; the last line is `N passed, N failed`, and the exit code is 0 only when nothing failed.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { performance } from 'node:perf_hooks'
import { command, prepare, ROOT, since } from './prepare.mjs'

const inCi = Boolean(process.env.CI)
const vitestArguments = process.argv.slice(2)

/** Runs a command with its output shown; returns whether it ended with 0, and the line for the summary. */
function check(title, [file, ...args]) {
  console.log(`\n== ${title}`)
  const startMs = performance.now()
  const { status, signal, error } = spawnSync(file, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] })
  const ok = status === 0
  const ending = ok ? 'passed' : `FAILED (${error?.message ?? signal ?? `exit code ${status}`})`
  return { ok, line: `${title}: ${ending}, ${since(startMs)}` }
}

/** Runs vitest; besides the outcome returns the report that it wrote, or undefined when it wrote none. */
function vitest() {
  const folder = mkdtempSync(join(tmpdir(), 'cordboard-test-'))
  const reportFile = join(folder, 'report.json')
  const reporters = [`--reporter=${inCi ? 'verbose' : 'default'}`, '--reporter=json', `--outputFile.json=${reportFile}`]
  const outcome = check('tests', [...command('vitest'), 'run', ...reporters, ...vitestArguments])
  try {
    return { outcome, report: JSON.parse(readFileSync(reportFile, 'utf8')) }
  } catch (error) {
    if (outcome.ok) throw error
    return { outcome, report: undefined }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Names of the tests of a report that have one of the states, each with its file. */
const named = (report, ...states) =>
  report.testResults.flatMap(file =>
    file.assertionResults
      .filter(test => states.includes(test.status))
      .map(test => `${relative(ROOT, file.name)}: ${test.fullName}`),
  )

/** Files that failed without a failed test: they could not be loaded, or a hook of theirs threw. */
const brokenFiles = report =>
  report.testResults
    .filter(file => file.status === 'failed' && !file.assertionResults.some(test => test.status === 'failed'))
    .map(file => `${relative(ROOT, file.name)}: ${file.message.split('\n')[0]}`)

/** What vitest's report comes to: tests passed, and a line for each thing that failed. */
function count(report, outcome) {
  if (!report) return { passed: 0, failures: ['vitest wrote no report'] }
  const failures = [...named(report, 'failed'), ...brokenFiles(report)]
  const skipped = named(report, 'pending', 'skipped', 'todo', 'disabled')
  if (skipped.length > 0) console.log(`${skipped.length} tests not run`)
  // A test that cannot run on this machine must not pass unnoticed; a filter leaves tests out on purpose.
  const unfiltered = vitestArguments.length === 0
  if (unfiltered) for (const name of skipped) console.log(`not run: ${name}`)
  if (unfiltered && inCi) failures.push(...skipped.map(name => `not run: ${name}`))
  if (!outcome.ok && failures.length === 0) failures.push('vitest failed outside any test; see its output above')
  if (failures.length === 0 && report.numPassedTests === 0) failures.push('no test ran')
  return { passed: report.numPassedTests, failures }
}

await prepare()
const checks = [
  check('format and lint', [...command('@biomejs/biome', 'biome'), 'check', '--error-on-warnings', '.']),
  check('types', [...command('typescript', 'tsc'), '-p', 'tsconfig.json']),
  check('unused code', command('knip')),
]
const { outcome, report } = vitest()

console.log('\n== summary')
const { passed, failures } = count(report, outcome)
for (const { line } of [...checks, outcome]) console.log(line)
for (const failure of failures) console.log(`failed: ${failure}`)
const failed = failures.length + checks.filter(({ ok }) => !ok).length
process.exitCode = failed === 0 ? 0 : 1
console.log(`${passed} passed, ${failed} failed`)
