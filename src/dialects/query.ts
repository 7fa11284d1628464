/**
 * Payloads as query strings, for hooks that are asked with GET (choice A5): one level deep, what is deeper as JSON.
 */
import type { Payload } from './dialect.ts'

const MAX_BYTES = 2_048

export interface Query {
  /** Without a leading question mark. */
  readonly text: string
  /** Keys that were left out to keep the query short. */
  readonly dropped: readonly string[]
}

export function toQuery(payload: Payload, expendable: readonly string[]): Query {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(payload)) {
    if (value === undefined || value === null) continue
    parameters.append(name, typeof value === 'object' ? JSON.stringify(value) : String(value))
  }
  const dropped: string[] = []
  for (const name of expendable) {
    if (parameters.toString().length <= MAX_BYTES) break
    if (!parameters.has(name)) continue
    parameters.delete(name)
    dropped.push(name)
  }
  return { text: parameters.toString(), dropped }
}
