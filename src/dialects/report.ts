/**
 * Problems and warnings while a document is read, and the JSON paths they name.
 */
import type { Problem } from '../base/index.ts'

/** Collects what is wrong (`problems`) and what is merely worth saying (`warnings`). */
export class Report {
  readonly problems: Problem[] = []
  readonly warnings: Problem[] = []

  /** Returns undefined, which is what readers return for a value they refuse. */
  refuse(path: string, code: string, message: string): undefined {
    this.problems.push({ path, code, message })
  }

  warn(path: string, code: string, message: string): void {
    this.warnings.push({ path, code, message })
  }
}

/** `$` and `['target', 10]` give `$.target[10]`; keys that are no plain names are quoted. */
export function jsonPath(base: string, keys: readonly PropertyKey[]): string {
  return keys.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`
    const name = String(key)
    return /^[A-Za-z_$][\w$]*$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`
  }, base)
}
