/**
 * What a configuration must say as a whole. This looks at the document as it was written, so that a name that nothing
 * answers to is found even where the sections around it have faults of their own.
 */
import type { Problem } from './base/index.ts'

type Settings = Readonly<Record<string, unknown>>

const isSettings = (value: unknown): value is Settings =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Control characters have no place in a setting. Fallback documents have rules of their own. */
export function checkText(value: unknown, path: readonly PropertyKey[] = []): readonly Problem[] {
  if (path.length === 3 && path[0] === 'applications' && path[2] === 'fallback') return []
  if (typeof value === 'string') {
    if (!/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(value)) return []
    const message = 'There is a control character in this text, such as a line break.'
    return [{ path: pathOf(path), code: 'bad-character', message }]
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => checkText(item, [...path, index]))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => checkText(item, [...path, key]))
}

/** `['trunks', 1, 'port']` as `trunks[1].port`; what is no plain name is quoted. */
export const pathOf = (keys: readonly PropertyKey[]): string =>
  keys.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`
    const name = String(key)
    if (!/^[\w-]+$/.test(name)) return `${path}[${JSON.stringify(name)}]`
    return path === '' ? name : `${path}.${name}`
  }, '')

/** Duplicates, and names that nothing answers to. */
export function checkReferences(document: Settings): readonly Problem[] {
  const applications = entriesOf(document, 'applications')
  const trunks = entriesOf(document, 'trunks')
  const names = new Set(applications.map(({ name }) => name))
  return [
    ...duplicates('applications', 'name', applications),
    ...duplicates('applications', 'sid', applications),
    ...applications.flatMap(checkApplication),
    ...duplicates('numbers', 'number', entriesOf(document, 'numbers')),
    ...entriesOf(document, 'numbers').flatMap((entry, index) => checkNumber(entry, index, names)),
    ...duplicates('trunks', 'name', trunks),
    ...trunks.flatMap(checkTrunk),
    ...duplicates('users', 'name', entriesOf(document, 'users')),
  ]
}

function entriesOf(document: Settings, section: string): readonly Settings[] {
  const entries = document[section]
  return Array.isArray(entries) ? entries.map(entry => (isSettings(entry) ? entry : {})) : []
}

function duplicates(section: string, key: string, entries: readonly Settings[]): readonly Problem[] {
  const first = new Map<string, number>()
  return entries.flatMap((entry, index) => {
    const value = entry[key]
    if (typeof value !== 'string') return []
    const before = first.get(value)
    if (before === undefined) {
      first.set(value, index)
      return []
    }
    const message = `${JSON.stringify(value)} is taken: ${section}[${before}] has it already.`
    return [{ path: `${section}[${index}].${key}`, code: 'duplicate', message }]
  })
}

function checkApplication({ callHook, program }: Settings, index: number): readonly Problem[] {
  const path = `applications[${index}]`
  if (callHook !== undefined && program !== undefined) {
    const message = 'An application has a callHook or a program, not both.'
    return [{ path, code: 'contradiction', message }]
  }
  if (callHook !== undefined || program !== undefined) return []
  const message = 'The application needs a callHook, the URL that is asked what to do, or a built-in program.'
  return [{ path, code: 'missing', message }]
}

function checkNumber({ application }: Settings, index: number, names: ReadonlySet<unknown>): readonly Problem[] {
  if (typeof application !== 'string' || names.has(application)) return []
  const known = [...names].filter(name => typeof name === 'string')
  const message = `There is no application ${JSON.stringify(application)}${suggestion(application, known) || '.'}`
  return [{ path: `numbers[${index}].application`, code: 'unknown-application', message }]
}

function checkTrunk({ username, password }: Settings, index: number): readonly Problem[] {
  if ((username === undefined) === (password === undefined)) return []
  const [given, missing] = username === undefined ? ['password', 'username'] : ['username', 'password']
  const message = `A trunk with a ${given} needs a ${missing} too.`
  return [{ path: `trunks[${index}]`, code: 'missing', message }]
}

/** `; did you mean port?`, or nothing where no known name is near. */
export function suggestion(given: string, known: readonly string[]): string {
  const name = nearest(given, known)
  return name === undefined ? '' : `; did you mean ${name}?`
}

/** The known name from which the given one is no further than a slip or two. */
export function nearest(given: string, known: readonly string[]): string | undefined {
  return known
    .map(name => ({ name, steps: editSteps(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, steps }) => steps <= Math.max(1, Math.floor(Math.max(name.length, given.length) / 3)))
    .sort((one, other) => one.steps - other.steps)[0]?.name
}

/** Characters to be added, removed, replaced, or swapped with their neighbour, to make one word the other. */
function editSteps(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const line = [row]
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1]
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      line[column] = Math.min(
        (last[column] ?? 0) + 1,
        (line[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    beforeLast = last
    last = line
  }
  return last[to.length] ?? 0
}
