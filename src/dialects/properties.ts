/**
 * Objects of a document against their schema. What the schema takes is used; of the rest, what is valid in the dialect
 * is either of no consequence, or does not work yet, or must be refused since leaving it out would do something else
 * than the author wants; anything else is a slip of the pen.
 */
import type * as z from 'zod'
import { jsonPath, type Report } from './report.ts'

export interface Properties<Schema extends z.ZodType> {
  /** A strict object. */
  readonly schema: Schema
  /** Valid, and nothing is lost by leaving them out. */
  readonly harmless?: readonly string[]
  /** Valid, missed, and left out with a warning. */
  readonly later?: readonly string[]
  /** Valid, but not to be left out silently: why not, by name. */
  readonly refused?: Readonly<Record<string, string>>
}

/** The value as the schema gives it; undefined, with problems in the report, if it is not right. `null` is absent. */
export function readProperties<Schema extends z.ZodType>(
  value: unknown,
  path: string,
  properties: Properties<Schema>,
  report: Report,
): z.output<Schema> | undefined {
  if (!isObject(value)) return report.refuse(path, 'bad-type', 'An object is expected here.')
  const { schema, harmless = [], later = [], refused = {} } = properties
  const before = report.problems.length
  const known: Record<string, unknown> = {}
  for (const [name, item] of Object.entries(value)) {
    const place = jsonPath(path, [name])
    if (item === null) continue
    if (harmless.includes(name)) report.warn(place, 'ignored-property', `${name} has no effect here.`)
    else if (later.includes(name))
      report.warn(place, 'not-yet-supported', `${name} is not supported yet and is left out.`)
    else if (Object.hasOwn(refused, name)) report.refuse(place, 'unsupported-property', `${name}: ${refused[name]}`)
    else known[name] = item
  }
  const parsed = schema.safeParse(known)
  if (!parsed.success) for (const issue of parsed.error.issues) refuseIssue(issue, known, path, report)
  return parsed.success && report.problems.length === before ? parsed.data : undefined
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A refusal within a schema, with a code of ours. */
export function refuse(context: z.RefinementCtx, code: string, message: string, path: PropertyKey[] = []): void {
  context.addIssue({ code: 'custom', params: { code }, message, path })
}

function refuseIssue(issue: z.core.$ZodIssue, value: unknown, base: string, report: Report): undefined {
  const path = jsonPath(base, issue.path)
  const isValueIssue = issue.code === 'invalid_type' || issue.code === 'invalid_union'
  if (isValueIssue && valueAt(value, issue.path) === undefined) {
    return report.refuse(path, 'missing', `${String(issue.path.at(-1))} is required.`)
  }
  switch (issue.code) {
    case 'unrecognized_keys':
      for (const key of issue.keys) {
        report.refuse(jsonPath(path, [key]), 'unknown-property', `There is no property ${key} here.`)
      }
      return
    case 'custom':
      return report.refuse(path, String(issue.params?.['code'] ?? 'bad-value'), issue.message)
    case 'invalid_union': {
      const meant = issue.errors.find(branch => !branch.some(isOfOtherKind))
      if (!meant) return report.refuse(path, 'bad-type', `${issue.message}.`)
      for (const inner of meant) refuseIssue(inner, valueAt(value, issue.path), path, report)
      return
    }
    case 'invalid_type':
      return report.refuse(path, 'bad-type', `${issue.message}.`)
    default:
      return report.refuse(path, 'bad-value', `${issue.message}.`)
  }
}

/** The value is not what this branch of a union is about. */
const isOfOtherKind = ({ code, path }: z.core.$ZodIssue): boolean =>
  path.length === 0 && (code === 'invalid_type' || code === 'invalid_value')

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    value,
  )
