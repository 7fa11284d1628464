// What `npm start` and `npm test` do first: check Node, install packages, compile. Each step is skipped when a stamp
// says that it has been done for exactly these inputs.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))
const INSTALL_STAMP = join(ROOT, 'node_modules', '.cordboard-setup')
/** Packages with a licence of their own, which nothing of ours imports. */
const ESPEAK = 'plugins/espeak'
const BUILD_STAMP = join(ROOT, 'dist', '.cordboard-build')
const MINIMUM_NODE = [20, 19]
const HEARTBEAT_MS = 10_000
const FAULT_LINES = 25

/** A condition that the user can put right; its message is all there is to print. */
class SetupFault extends Error {}

/** Ends with a running, installed, compiled checkout, or prints what is missing and ends the process. */
export async function prepare() {
  try {
    checkNode()
    await install()
    await installPlugin(ESPEAK)
    await build()
  } catch (error) {
    if (!(error instanceof SetupFault)) throw error
    console.error(`\nsetup failed: ${error.message}`)
    process.exit(1)
  }
}

/** Seconds since `startMs` of `performance.now()`, as text. */
export const since = startMs => `${((performance.now() - startMs) / 1000).toFixed(1)} s`

/** The argument list that runs a package's command with this Node, without a shell. */
export function command(packageName, name = packageName) {
  const manifest = join(ROOT, 'node_modules', packageName, 'package.json')
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'))
  return [process.execPath, join(manifest, '..', typeof bin === 'string' ? bin : bin[name])]
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1])) return
  throw new SetupFault(
    `Cordboard needs Node ${MINIMUM_NODE.join('.')} or later; this is ${process.versions.node} (${process.execPath}).`,
  )
}

// Packages

async function install() {
  const wanted = digest([readFileSync(join(ROOT, 'package-lock.json')), platform()])
  if (stamp(INSTALL_STAMP) === wanted) return
  if (!installedByHand()) await npmCi()
  const fault = nativeFault()
  if (fault) throw new SetupFault(`better-sqlite3 is installed but cannot be loaded.\n${fault}\n${missingTools()}`)
  writeFileSync(INSTALL_STAMP, wanted)
}

async function installPlugin(folder) {
  const stampFile = join(ROOT, folder, 'node_modules', '.cordboard-setup')
  const wanted = digest([readFileSync(join(ROOT, folder, 'package-lock.json'))])
  if (stamp(stampFile) === wanted) return
  await npmCi(folder)
  writeFileSync(stampFile, wanted)
}

/** Compiled packages belong to one Node ABI on one kind of machine. */
const platform = () => `${process.platform} ${process.arch} ${process.versions.modules}`

/** True where npm itself has already installed exactly what the lockfile says, for this Node. */
function installedByHand() {
  const wanted = lockedVersions('package-lock.json')
  const present = lockedVersions('node_modules/.package-lock.json')
  if (!wanted || !present) return false
  const same = [...wanted].every(([path, { version, optional }]) =>
    present.has(path) ? present.get(path).version === version : optional,
  )
  return same && !nativeFault()
}

/** The packages of a lockfile by path, or undefined where there is none. */
function lockedVersions(file) {
  try {
    const { packages } = JSON.parse(readFileSync(join(ROOT, file), 'utf8'))
    return new Map(Object.entries(packages).filter(([path]) => path !== ''))
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

async function npmCi(folder = '.') {
  const { size } = lockedVersions(join(folder, 'package-lock.json'))
  console.log(`setup: installing ${size} packages (npm ci${folder === '.' ? '' : ` in ${folder}`})`)
  const startMs = performance.now()
  const heartbeat = setInterval(() => console.log(`setup: still installing, ${since(startMs)}`), HEARTBEAT_MS)
  // Under `npm run` this is the npm that was called; else the one in the path.
  const npm = /npm-cli\.js$/.test(process.env.npm_execpath ?? '')
    ? [process.execPath, process.env.npm_execpath]
    : ['npm']
  const { code, output } = await run([...npm, 'ci', '--include=dev', '--no-audit', '--no-fund'], folder)
  clearInterval(heartbeat)
  if (code !== 0) {
    const tools = /node-gyp|prebuild-install/.test(output) ? `\n\n${missingTools()}` : ''
    throw new SetupFault(`npm ci ended with ${code}.\n\n${shortened(output)}${tools}`)
  }
  console.log(`setup: installed in ${since(startMs)}`)
}

/** What the one native package says when a database is opened in a process of its own; undefined when all is well. */
function nativeFault() {
  const probe = "new (require('better-sqlite3'))(':memory:').close()"
  const { status, stderr } = spawnSync(process.execPath, ['-e', probe], { cwd: ROOT, encoding: 'utf8' })
  return status === 0 ? undefined : shortened(stderr)
}

/** npm names the cause first and a compiler's complaint last, so of a long output both ends stay. */
function shortened(output) {
  const lines = output.trimEnd().split('\n')
  const left = lines.length - 2 * FAULT_LINES
  if (left <= 0) return lines.join('\n')
  return [...lines.slice(0, FAULT_LINES), `... (${left} lines left out)`, ...lines.slice(-FAULT_LINES)].join('\n')
}

/** What a machine needs to compile native packages and lacks, with the Debian packages that bring it. */
function missingTools() {
  const needed = [
    { any: ['python3'], debian: 'python3' },
    { any: ['make'], debian: 'make' },
    { any: ['g++', 'c++', 'clang++'], debian: 'g++' },
  ]
  const missing = needed.filter(({ any }) => !any.some(inPath))
  if (missing.length === 0)
    return 'python3, make and a C++ compiler are here, so a package without a prebuilt binary can be compiled.'
  return [
    'Where a package has no prebuilt binary for this machine it is compiled, and for that',
    `${missing.map(({ any }) => any[0]).join(', ')} cannot be found in the path.`,
    `On Debian and Ubuntu: apt-get install ${missing.map(({ debian }) => debian).join(' ')}`,
  ].join('\n')
}

function inPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some(folder => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

// Compilation

async function build() {
  const sources = filesBelow('src').filter(file => /\.(ts|json)$/.test(file))
  const settings = ['package-lock.json', 'tsconfig.build.json', 'tsconfig.json']
  const wanted = digest([...sources, ...settings].flatMap(file => [file, readFileSync(join(ROOT, file))]))
  if (stamp(BUILD_STAMP) === wanted) return
  console.log('setup: compiling')
  const startMs = performance.now()
  // From nothing, so that no output of a removed source stays behind.
  rmSync(join(ROOT, 'dist'), { recursive: true, force: true })
  const { code, output } = await run([...command('typescript', 'tsc'), '-p', 'tsconfig.build.json'])
  if (code !== 0) throw new SetupFault(`the sources do not compile.\n\n${output.trimEnd()}`)
  mkdirSync(join(ROOT, 'dist'), { recursive: true })
  writeFileSync(BUILD_STAMP, wanted)
  console.log(`setup: compiled in ${since(startMs)}`)
}

/** Paths of all files below a folder, relative to the root, in one fixed order. */
function filesBelow(folder) {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .flatMap(entry => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]))
    .sort()
}

// Shared

function digest(parts) {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\0')
  return hash.digest('hex')
}

function stamp(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Runs a command in a folder of the root; resolves to its exit code and all that it wrote. */
function run([file, ...args], folder = '.') {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: join(ROOT, folder), stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', text => {
        output += text
      })
    child.once('error', error => reject(new SetupFault(`${file} cannot be run: ${error.message}`)))
    child.once('close', (code, signal) => resolve({ code: code ?? signal, output }))
  })
}
