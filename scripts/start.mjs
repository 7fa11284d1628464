// `npm start -- [OPTION...]`: sets up what is missing, then is `cordboard start [OPTION...]`, in this very process.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { prepare, ROOT } from './prepare.mjs'

await prepare()
const main = join(ROOT, 'dist', 'main.js')
process.argv.splice(1, 1, main, 'start')
await import(pathToFileURL(main).href)
