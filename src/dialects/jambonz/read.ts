/**
 * From a jambonz document, a verb or a list of verbs, to a program.
 */
import { checkProgram, type Op, type Program } from '../../flow/index.ts'
import type { ReadResult } from '../dialect.ts'
import { copyDocument, parseDocument } from '../document.ts'
import { isObject } from '../properties.ts'
import { jsonPath, Report } from '../report.ts'
import { unsupportedVerbs, verbs } from './verbs/index.ts'

const MAX_VERBS = 1_000

const verbByName = new Map(verbs.map(verb => [verb.name, verb]))

export function read(document: string | object): ReadResult {
  const report = new Report()
  const value = typeof document === 'string' ? parseDocument(document, report) : copyDocument(document, '$', report)
  const program = report.problems.length === 0 ? readVerbs(value, '$', report) : undefined
  const { problems, warnings } = report
  return program ? { ok: true, program, warnings } : { ok: false, problems, warnings }
}

/** A program from a document that is already safe to walk; `path` is where it stands. */
export function readVerbs(document: unknown, path: string, report: Report): Program | undefined {
  const list = listOf(document, path, report)
  if (!list) return undefined
  if (list.length > MAX_VERBS) return report.refuse(path, 'too-many', `A document has at most ${MAX_VERBS} verbs.`)
  const isArray = Array.isArray(document)
  const before = report.problems.length
  const ops = list.flatMap((item, index) => readVerb(item, isArray ? `${path}[${index}]` : path, index, report) ?? [])
  const program: Program = { dialect: 'jambonz', ops }
  if (report.problems.length === before) report.problems.push(...checkProgram(program))
  return report.problems.length === before ? program : undefined
}

/** An answer without any verb means that there is nothing to add: applications say so in many ways. */
function listOf(document: unknown, path: string, report: Report): readonly unknown[] | undefined {
  if (Array.isArray(document)) return document
  if (document === null) return []
  if (!isObject(document)) return report.refuse(path, 'bad-type', 'A flow is a list of verbs, or one verb.')
  if (nameOf(document) !== undefined) return [document]
  report.warn(path, 'no-verb', 'The object has no verb and says nothing.')
  return []
}

function readVerb(item: unknown, path: string, index: number, report: Report): readonly Op[] | undefined {
  if (!isObject(item)) return report.refuse(path, 'bad-type', 'A verb is an object.')
  const name = nameOf(item)
  if (name === undefined) return report.refuse(jsonPath(path, ['verb']), 'missing', 'verb is required.')
  const verb = verbByName.get(name)
  if (verb) return verb.compile(propertiesOf(item, name), { at: { path, verb: name }, index, report })
  const shown = JSON.stringify(name.slice(0, 40))
  return unsupportedVerbs.includes(name)
    ? report.refuse(path, 'unsupported-verb', `The verb ${shown} is not supported yet.`)
    : report.refuse(path, 'unknown-verb', `There is no verb ${shown}.`)
}

/** `{"verb": "say", ...}`, or the short form `{"say": {...}}`. */
function nameOf(item: Readonly<Record<string, unknown>>): string | undefined {
  const { verb } = item
  if (typeof verb === 'string') return verb
  const [only, ...more] = Object.keys(item)
  if (only === undefined || more.length > 0) return undefined
  return verbByName.has(only) || unsupportedVerbs.includes(only) ? only : undefined
}

function propertiesOf(item: Readonly<Record<string, unknown>>, name: string): unknown {
  if (!('verb' in item)) return item[name]
  const { verb: _, ...properties } = item
  return properties
}
