/**
 * Fallback documents of applications: part of the file, or files of their own. They are read at the start, since a
 * fallback that turns out to be wrong when it is needed is none.
 */
import { resolve } from 'node:path'
import type { Problem } from './base/index.ts'
import { dialectNamed } from './dialects/index.ts'

type Settings = Readonly<Record<string, unknown>>

export interface FallbackSources {
  /** Absolute: relative paths start here. */
  readonly directory: string
  /** Undefined when the file cannot be read. */
  readonly readText: (path: string) => string | undefined
}

export interface Fallback {
  readonly document: unknown
  readonly problems: readonly Problem[]
}

/** One for each application, in their order. */
export function readFallbacks({ applications }: Settings, sources: FallbackSources): readonly Fallback[] {
  if (!Array.isArray(applications)) return []
  return applications.map((application: Settings | null, index) => {
    const { fallback, dialect = 'jambonz' } = application ?? {}
    const path = `applications[${index}].fallback`
    if (fallback === undefined || fallback === null) return { document: undefined, problems: [] }
    return typeof fallback === 'string'
      ? readFallbackFile(resolve(sources.directory, fallback), path, String(dialect), sources)
      : { document: fallback, problems: checkDocument(fallback as object, path, String(dialect)) }
  })
}

function readFallbackFile(file: string, path: string, dialect: string, sources: FallbackSources): Fallback {
  const text = sources.readText(file)
  if (text === undefined) {
    return { document: undefined, problems: [{ path, code: 'missing-file', message: `${file} cannot be read.` }] }
  }
  const problems = checkDocument(text, '', dialect)
  const within = (problem: Problem): Problem => ({
    ...problem,
    path,
    message: `${file}: ${problem.path} ${problem.message}`,
  })
  return { document: text, problems: problems.map(within) }
}

/** An unknown dialect is reported where it stands. */
function checkDocument(document: string | object, path: string, dialect: string): readonly Problem[] {
  const result = dialectNamed(dialect)?.read(document)
  if (!result || result.ok) return []
  return result.problems.map(problem => ({
    ...problem,
    path: path === '' ? problem.path : path + problem.path.slice(1),
  }))
}
