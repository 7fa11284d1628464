// `npm run setup`: everything that a fresh clone needs before it can start.
import { performance } from 'node:perf_hooks'
import { prepare, since } from './prepare.mjs'

const startMs = performance.now()
await prepare()
console.log(`setup: ready (${since(startMs)})`)
