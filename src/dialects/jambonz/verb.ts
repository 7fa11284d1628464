/**
 * What a verb is.
 */
import type * as z from 'zod'
import type { HookRef, HookReport, Op, Origin } from '../../flow/index.ts'
import { type Properties, readProperties } from '../properties.ts'
import type { Report } from '../report.ts'

export interface VerbContext {
  /** Where the verb stands in the document. */
  readonly at: Origin
  /** Its place among the verbs: makes the names that it gives unique. */
  readonly index: number
  readonly report: Report
}

export interface Verb {
  readonly name: string
  /** The operations of one verb; undefined, with problems in the report, if it is not right. */
  compile(properties: unknown, context: VerbContext): readonly Op[] | undefined
}

/** A verb whose properties are read by one schema. */
export function verb<Schema extends z.ZodType>(
  name: string,
  properties: Properties<Schema>,
  build: (value: z.output<Schema>, context: VerbContext) => readonly Op[],
): Verb {
  return {
    name,
    compile(raw, context) {
      const value = readProperties(raw, context.at.path, properties, context.report)
      return value === undefined ? undefined : build(value, context)
    },
  }
}

/** The hook at the end of a verb: its reply may bring the next verbs. */
export const actionHook = ({ at }: VerbContext, hook: HookRef | undefined, report: HookReport): readonly Op[] =>
  hook ? [{ op: 'hook', at, hook, report, expect: 'flow' }] : []
