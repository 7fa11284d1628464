import type { Dialect } from './dialect.ts'
import { jambonz } from './jambonz/dialect.ts'

export type { Dialect, ReadResult } from './dialect.ts'
export { type CreateCall, readCreateCall } from './jambonz/create-call.ts'
export { toQuery } from './query.ts'

/** The dialects of this switch. A new one is a folder and a line here. */
export const dialects: readonly Dialect[] = [jambonz]

export const dialectNamed = (name: string): Dialect | undefined => dialects.find(dialect => dialect.name === name)
