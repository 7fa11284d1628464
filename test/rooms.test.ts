/**
 * The rooms of the house keep their walls: who may import whom, through which door, without cycles, without reaching
 * around the injected world, in files that can be read at one sitting.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path/posix'
import { describe, expect, it } from 'vitest'

/** What each room may import besides itself. Files directly in src and the commands see everything. */
const ALLOWED: Record<string, readonly string[]> = {
  base: [],
  sip: ['base'],
  sdp: ['base'],
  flow: ['base'],
  speech: ['base'],
  store: ['base'],
  media: ['sdp', 'base'],
  dialects: ['flow', 'base'],
  hooks: ['flow', 'dialects', 'base'],
  calls: ['sip', 'sdp', 'media', 'speech', 'flow', 'base'],
  api: ['calls', 'flow', 'dialects', 'store', 'base'],
  console: [],
}
const COMPOSITION = ['main', 'cli']

/** The outside world, which only base, and the composition root before it has built base, may touch. */
const WORLD_MODULES =
  /^(node:)?(fs|fs\/promises|dgram|net|tls|https?|http2|dns|dns\/promises|timers|timers\/promises|perf_hooks|child_process)$|^undici$/
const WORLD_CALLS =
  /\b(Math\.random|process\.hrtime|Date\.now|randomBytes|randomUUID|randomInt|randomFill|randomFillSync|getRandomValues|webcrypto)\b/

const LONG_LINES = 300
const TOO_LONG_LINES = 450

/** Sources by path below src, such as `sip/index.ts`. */
type Sources = ReadonlyMap<string, string>

const IMPORT =
  /^\s*(?:import|export)\b[^'"]*?\bfrom\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm

/** Every module that a source names: type imports, re-exports and import() included. */
const importsOf = (text: string): string[] => [...text.matchAll(IMPORT)].map(([, a, b, c]) => a ?? b ?? c ?? '')

const roomOf = (path: string): string => (path.includes('/') ? path.slice(0, path.indexOf('/')) : 'main')

const lineCount = (text: string): number => text.split('\n').length - 1

/** The files of src that a file imports. */
const edgesOf = (path: string, text: string): string[] =>
  importsOf(text)
    .filter(name => name.startsWith('.'))
    .map(name => join(dirname(path), name))

function wallsBroken(path: string, text: string): string[] {
  const room = roomOf(path)
  const allowed = COMPOSITION.includes(room) ? [...Object.keys(ALLOWED), ...COMPOSITION] : ALLOWED[room]
  if (!allowed) return [`${path}: ${room} is not a room`]
  return edgesOf(path, text).flatMap(target => {
    const other = roomOf(target)
    if (target.startsWith('..')) return [`${path}: imports ${target} from outside src`]
    if (other === room) return []
    if (!allowed.includes(other)) return [`${path}: ${room} may not import ${other}`]
    if (other in ALLOWED && target !== `${other}/index.ts`)
      return [`${path}: enters ${other} by ${target}, not its door`]
    return []
  })
}

function worldTouched(path: string, text: string): string[] {
  const room = roomOf(path)
  if (room === 'base' || room === 'console' || COMPOSITION.includes(room)) return []
  const modules = importsOf(text).filter(name => WORLD_MODULES.test(name))
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '')
  const call = WORLD_CALLS.exec(code)?.[0]
  return [...modules, ...(call ? [call] : [])].map(name => `${path}: touches ${name} past base`)
}

/** Import cycles, each once, named by the path around it. */
function cycles(sources: Sources): string[] {
  const found: string[] = []
  const finished = new Set<string>()
  const visit = (path: string, trail: readonly string[]): void => {
    const text = sources.get(path)
    if (text === undefined || finished.has(path)) return
    if (trail.includes(path)) {
      found.push(`cycle: ${[...trail.slice(trail.indexOf(path)), path].join(' > ')}`)
      return
    }
    for (const next of edgesOf(path, text)) visit(next, [...trail, path])
    finished.add(path)
  }
  for (const path of sources.keys()) visit(path, [])
  return found
}

function violations(sources: Sources): string[] {
  const perFile = [...sources].flatMap(([path, text]) => [
    ...wallsBroken(path, text),
    ...worldTouched(path, text),
    ...(lineCount(text) > TOO_LONG_LINES ? [`${path}: ${lineCount(text)} lines, more than ${TOO_LONG_LINES}`] : []),
  ])
  return [...perFile, ...cycles(sources)]
}

function readSources(): Sources {
  const root = join(import.meta.dirname, '../src')
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter(entry => /\.ts$/.test(entry.name))
  return new Map(
    files.map(file => {
      const path = join(file.parentPath, file.name)
      return [relative(root, path), readFileSync(path, 'utf8')]
    }),
  )
}

it('the house has no broken wall, side door, cycle, hidden state or endless file', () => {
  const sources = readSources()
  for (const [path, text] of sources)
    if (lineCount(text) > LONG_LINES) console.log(`long: src/${path}, ${lineCount(text)} lines`)
  expect(sources.size).toBeGreaterThan(0)
  expect(violations(sources)).toEqual([])
})

describe('a house with a fault', () => {
  const seeded: readonly (readonly [story: string, sources: Record<string, string>, expected: readonly string[]])[] = [
    [
      'a room that imports a room it must not know',
      { 'sip/a.ts': "import { x } from '../media/index.ts'" },
      ['sip/a.ts: sip may not import media'],
    ],
    [
      'a forbidden import of types only, over several lines',
      { 'flow/a.ts': "import type {\n  Call,\n  Leg,\n} from '../calls/index.ts'" },
      ['flow/a.ts: flow may not import calls'],
    ],
    [
      'a room that looks at the composition root',
      { 'calls/a.ts': "export { port } from '../config.ts'" },
      ['calls/a.ts: calls may not import main'],
    ],
    [
      'a side door',
      { 'media/a.ts': "import { x } from '../sdp/parse.ts'", 'sdp/parse.ts': '' },
      ['media/a.ts: enters sdp by sdp/parse.ts, not its door'],
    ],
    [
      'a side door that even the composition root may not use',
      { 'main.ts': "const x: import('./sip/parse.ts').X = 1" },
      ['main.ts: enters sip by sip/parse.ts, not its door'],
    ],
    ['a room that nobody planned', { 'utils/a.ts': '' }, ['utils/a.ts: utils is not a room']],
    [
      'a source from outside',
      { 'cli/a.ts': "import '../../test/x.ts'" },
      ['cli/a.ts: imports ../test/x.ts from outside src'],
    ],
    [
      'a cycle of which one half is types only',
      {
        'sdp/a.ts': "import { b } from './b.ts'",
        'sdp/b.ts': "import { c } from './c.ts'",
        'sdp/c.ts': "import type { A } from './a.ts'",
      },
      ['cycle: sdp/a.ts > sdp/b.ts > sdp/c.ts > sdp/a.ts'],
    ],
    [
      'rooms that reach around base',
      {
        'sip/a.ts': "import { open } from 'node:fs/promises'\nimport dgram from 'dgram'",
        'calls/b.ts': 'const id = Math.random()',
        'hooks/c.ts': "import { createHmac, randomUUID } from 'node:crypto'",
        'media/d.ts': 'const nowMs = Date.now() // not excused',
      },
      [
        'sip/a.ts: touches node:fs/promises past base',
        'sip/a.ts: touches dgram past base',
        'calls/b.ts: touches Math.random past base',
        'hooks/c.ts: touches randomUUID past base',
        'media/d.ts: touches Date.now past base',
      ],
    ],
    ['an endless file', { 'api/a.ts': '\n'.repeat(451) }, ['api/a.ts: 451 lines, more than 450']],
  ]

  it.each(seeded)('is reported: %s', (_story, sources, expected) => {
    expect(violations(new Map(Object.entries(sources)))).toEqual(expected)
  })

  it('and a sound house is not', () => {
    const sound = {
      'base/clock.ts': "import { open } from 'node:fs'\nexport const now = () => Date.now()",
      'base/index.ts': "export { now } from './clock.ts'",
      'sdp/index.ts':
        '/** Not Math.random(). */\n// nor Date.now, see https://example.org/Date.now\nexport const x = 1',
      'calls/a.ts':
        "import { createHash } from 'node:crypto'\nimport { now } from '../base/index.ts'\nimport { x } from '../sdp/index.ts'",
      'main.ts': "import { readFileSync } from 'node:fs'\nimport './calls/index.ts'\nimport './config.ts'",
    }
    expect(violations(new Map(Object.entries(sound)))).toEqual([])
  })
})
