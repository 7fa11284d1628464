// `npm run sim -- ...`: compiles the simulation and runs its profiles; see test/sim/run.ts.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { command, prepare, ROOT } from './prepare.mjs'

await prepare()
const [node, ...tsc] = command('typescript', 'tsc')
const compiled = spawnSync(node, [...tsc, '-p', 'tsconfig.sim.json'], { cwd: ROOT, stdio: 'inherit' })
if (compiled.status !== 0) process.exit(1)
const run = join(ROOT, '.cache/sim/test/sim/run.js')
const { status } = spawnSync(process.execPath, [run, ...process.argv.slice(2)], { cwd: ROOT, stdio: 'inherit' })
process.exit(status ?? 1)
