/**
 * The media room as it runs in production: built, in worker threads, over real sockets on loopback.
 */
import { execFileSync } from 'node:child_process'
import dgram from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/base/index.ts'
import type * as Media from '../../src/media/index.ts'
import { makeMp3 } from '../unit/media/file/mp3-maker.ts'
import { wavOf } from '../unit/media/file/wav-maker.ts'

const HOST = '127.0.0.1'
const PORTS = { from: 20_000, to: 20_399 }
const DEADLINE_MS = 10_000

let media: typeof Media
let directory: string

beforeAll(async () => {
  // Below the repository, so that the built code finds its dependencies.
  directory = mkdtempSync(join(process.cwd(), 'node_modules', '.media-host-'))
  execFileSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', directory, '--incremental', 'false', '--tsBuildInfoFile', 'null'],
    { stdio: 'pipe' },
  )
  media = await import(pathToFileURL(join(directory, 'media/index.js')).href)
}, 120_000)

afterAll(() => rmSync(directory, { recursive: true, force: true }))
