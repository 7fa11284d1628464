/**
 * YAML text as a document of plain values, or where and why it is none.
 */
import { LineCounter, parseDocument } from 'yaml'
import type { Problem } from './base/index.ts'

type Settings = Readonly<Record<string, unknown>>

export type Parsed =
  | { readonly ok: true; readonly document: Settings }
  | { readonly ok: false; problems: readonly Problem[] }

/** The path of a problem is its line and column. */
export function parseYaml(text: string): Parsed {
  const lines = new LineCounter()
  const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const faults = [...parsed.errors, ...parsed.warnings]
  if (faults.length > 0) {
    const problems = faults.map(({ message, pos }) => {
      const { line, col } = lines.linePos(pos[0])
      return { path: `line ${line}, column ${col}`, code: 'bad-yaml', message: `This is not valid YAML: ${message}.` }
    })
    return { ok: false, problems }
  }
  const whole = (message: string): Parsed => ({ ok: false, problems: [{ path: '', code: 'bad-yaml', message }] })
  try {
    const document: unknown = parsed.toJS() ?? {}
    if (typeof document === 'object' && document !== null && !Array.isArray(document)) {
      return containsItself(document, [])
        ? whole('An alias contains itself.')
        : { ok: true, document: withoutEmpty(document) }
    }
    return whole('The file must consist of settings, such as `log: info`.')
  } catch (error) {
    return whole(error instanceof Error ? error.message : String(error))
  }
}

function containsItself(value: unknown, around: readonly object[]): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (around.includes(value)) return true
  const inside = [...around, value]
  return Object.values(value).some(item => containsItself(item, inside))
}

/** A section of which everything is commented out is as good as none. */
const withoutEmpty = (document: object): Settings =>
  Object.fromEntries(Object.entries(document).filter(([, section]) => section !== null))
