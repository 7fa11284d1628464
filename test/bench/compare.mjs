// The switch, Asterisk and a bare forwarder under the same load, in turn: prints the median of every figure and how
// the switch stands against its targets. Ends with 1 when a target is missed or a run was not clean.
//
//     npm run bench:compare
//
// env: ROUNDS=3                 how often each system is measured, in the order A B A B
//      SYSTEMS="switch asterisk forwarder"      SCENARIOS="answer bridge relay bridged"
//      SWITCH_COMMAND="npm run bench:switch"   prints `pid NUMBER ready` once it serves 127.0.0.1:15060
//      CPS=300 CPS_SECS=10      call rate and length of answer and bridge
//      N=100 SECS=12            calls and length of relay
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { measure, start } from './systems.mjs'
import { fixed, median, table } from './table.mjs'

const OUT = `${import.meta.dirname}/out/compare`

/** Words of an environment variable. */
const words = (name, fallback) => (process.env[name] ?? fallback).split(/\s+/).filter(Boolean)

const LOAD = { CPS: '300', CPS_SECS: '10', N: '100', SECS: '12', ...process.env, REPS: '1' }
const ROUNDS = Number(process.env['ROUNDS'] ?? 3)

/** What can be measured. Each command prints `pid NUMBER ready` once it serves on its port. */
const SYSTEMS = {
  switch: { port: 15060, command: words('SWITCH_COMMAND', 'npm run bench:switch') },
  asterisk: { port: 15070, command: [`${import.meta.dirname}/asterisk.sh`, 'start'] },
  forwarder: { port: 15090, command: [process.execPath, `${import.meta.dirname}/forwarder.mjs`, '15090'] },
}

/**
 * What is measured, on which systems, after which warm-up: 6,000 of the same calls where CPU per call counts, as many
 * as cps.sh places before it comes to this rate; twenty where memory does, so that the growth is seen from a small heap.
 */
const FEW_CALLS = { scenario: 'bridge', CPS: '20', CPS_SECS: '1' }
const SCENARIOS = {
  answer: { systems: ['switch', 'asterisk'], warmUp: { scenario: 'answer', CPS_SECS: '20' } },
  bridge: { systems: ['switch', 'asterisk'], warmUp: { scenario: 'bridge', CPS_SECS: '20' } },
  relay: { systems: ['switch', 'asterisk', 'forwarder'], warmUp: FEW_CALLS },
  bridged: { systems: ['switch', 'asterisk'], warmUp: FEW_CALLS },
}

/** What the switch must reach: at most `limit` times the reference's figure, or at most `limit` itself. */
const CALL_CPU = { path: 'cpu_ms_per_call', reference: 'asterisk', limit: 0.6 }
const RELAY_CPU = { name: 'relay, CPU % per 100 calls', scenario: 'relay', path: 'steady.cpu_pct_per_100' }
const TARGETS = [
  { name: 'answered call, CPU ms', scenario: 'answer', ...CALL_CPU },
  { name: 'bridged call, CPU ms', scenario: 'bridge', ...CALL_CPU },
  { ...RELAY_CPU, reference: 'forwarder', limit: 1.2 },
  { ...RELAY_CPU, reference: 'asterisk', limit: 0.6 },
  { name: 'bridged call held, RSS KiB', scenario: 'bridged', path: 'steady.rss_kib_per_call', limit: 150 },
]

/** One clean start of a system, its warm-up, one measured run. */
async function runOnce(name, scenario) {
  const { port, command } = SYSTEMS[name]
  const { scenario: warmScenario, ...warmLoad } = SCENARIOS[scenario].warmUp
  const system = await start(name, command)
  try {
    const target = { name, address: `127.0.0.1:${port}`, pid: system.pid }
    await measure({ ...target, out: `${OUT}/warm-up` }, warmScenario, { ...LOAD, ...warmLoad })
    return await measure({ ...target, out: OUT }, scenario, LOAD)
  } finally {
    await system.stop()
  }
}

/** Why a run's figure cannot be trusted, or undefined. */
function fault(run) {
  if (run.ok !== run.calls) return `${run.calls - run.ok} of ${run.calls} calls failed`
  if (run.gen.rx_overflow > 0) return `the generator lost ${run.gen.rx_overflow} packets itself`
  if ((run.steady?.loss_pct ?? 0) > 0.1) return `${run.steady.loss_pct} % of the packets lost`
  return undefined
}

/** A target's line of the table, or undefined where one of the systems was not measured. */
function judge({ name, scenario, path, reference, limit }, runs) {
  const of = system =>
    median(
      runs.filter(run => run.sut === system && run.label === scenario),
      path,
    )
  const own = of('switch')
  const other = reference && of(reference)
  if (own === undefined || (reference && other === undefined)) return undefined
  const value = reference ? own / other : own
  const cells = [name, fixed(own), reference ? `${reference} ${fixed(other)}` : '-', reference ? fixed(value) : '-']
  return { met: value <= limit, cells: [...cells, `<= ${limit}`, value <= limit ? 'met' : 'MISSED'] }
}

function report(runs) {
  const verdicts = TARGETS.map(target => judge(target, runs)).filter(verdict => verdict !== undefined)
  const faults = runs.flatMap(run => fault(run) ?? []).length
  console.log(`\n${table(runs)}\n`)
  if (verdicts.length > 0) {
    const head = ['target', 'switch', 'reference', 'ratio', 'limit', 'verdict']
    const lines = [head, head.map(() => '---'), ...verdicts.map(verdict => verdict.cells)]
    console.log(`${lines.map(cells => `| ${cells.join(' | ')} |`).join('\n')}\n`)
  }
  const missed = verdicts.filter(verdict => !verdict.met).length
  console.log(`${verdicts.length - missed} targets met, ${missed} missed, ${faults} runs not clean`)
  return missed + faults === 0
}

/** Measures and prints everything; resolves to whether every target is met by clean runs. */
async function compare() {
  const systems = words('SYSTEMS', Object.keys(SYSTEMS).join(' '))
  const scenarios = words('SCENARIOS', Object.keys(SCENARIOS).join(' '))
  const unknown = [...systems.filter(name => !SYSTEMS[name]), ...scenarios.filter(name => !SCENARIOS[name])]
  if (unknown.length > 0) throw new Error(`unknown system or scenario: ${unknown.join(', ')}`)
  rmSync(OUT, { recursive: true, force: true })
  mkdirSync(OUT, { recursive: true })

  console.log(`${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}, load average ${fixed(loadavg()[0])}`)
  const runs = []
  for (const scenario of scenarios) {
    const figure = TARGETS.find(target => target.scenario === scenario)
    const measured = SCENARIOS[scenario].systems.filter(system => systems.includes(system))
    for (let round = 1; round <= ROUNDS; round++)
      for (const name of measured) {
        const run = await runOnce(name, scenario)
        runs.push(run)
        console.log(`${scenario} ${round}/${ROUNDS} ${name}: ${figure.name} ${fixed(median([run], figure.path))}`)
        if (fault(run)) console.log(`  NOT CLEAN: ${fault(run)} ${JSON.stringify(run.fail_codes)}`)
      }
  }
  writeFileSync(`${OUT}/runs.json`, `${JSON.stringify(runs, undefined, 1)}\n`)
  return report(runs)
}

try {
  process.exitCode = (await compare()) ? 0 : 1
} catch (error) {
  console.error(`bench: ${error.message}`)
  process.exitCode = 1
}
