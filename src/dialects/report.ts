/**
 * Problems and warnings while a document is read, and the JSON paths they name.
 */
import type { Problem } from '../base/index.ts'

/** More than these help nobody, and they go into logs and hooks. */
const MAX_REPORTED = 100
const MAX_TEXT = 500

/** Collects what is wrong (`problems`) and what is merely worth saying (`warnings`): the first hundred of each. */
export class Report {
  readonly problems: Problem[] = []
  readonly warnings: Problem[] = []

  /** Returns undefined, which is what readers return for a value they refuse. */
  refuse(path: string, code: string, message: string): undefined {
    add(this.problems, path, code, message)
  }

  warn(path: string, code: string, message: string): void {
    add(this.warnings, path, code, message)
  }
}

function add(list: Problem[], path: string, code: string, message: string): void {
  if (list.length < MAX_REPORTED) list.push({ path: shorten(path), code, message: shorten(message) })
}

const shorten = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text)

/** `$` and `['target', 10]` give `$.target[10]`; keys that are no plain names are quoted. */
export function jsonPath(base: string, keys: readonly PropertyKey[]): string {
  return keys.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`
    const name = String(key)
    return /^[A-Za-z_$][\w$]*$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`
  }, base)
}
