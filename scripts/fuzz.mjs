// `npm run fuzz -- ...`: compiles the fuzzer and runs it; see test/fuzz/run.ts.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { command, prepare, ROOT } from './prepare.mjs'

await prepare()
const [node, ...tsc] = command('typescript', 'tsc')
const compiled = spawnSync(node, [...tsc, '-p', 'tsconfig.fuzz.json'], { cwd: ROOT, stdio: 'inherit' })
if (compiled.status !== 0) process.exit(1)
const run = join(ROOT, '.cache/fuzz/test/fuzz/run.js')
const options = ['--expose-gc', run, ...process.argv.slice(2)]
const { status } = spawnSync(process.execPath, options, { cwd: ROOT, stdio: 'inherit' })
process.exit(status ?? 1)
