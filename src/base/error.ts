/**
 * The one class of thrown errors. Outcomes (busy, no answer) and wire faults are values, not errors.
 */

/** Misuse or environment. `code` is the contract and stable; the text is for people. */
export class Failure extends Error {
  readonly code: string

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'Failure'
    this.code = code
  }
}

/** What went wrong with a document from outside: `path` is a JSON path such as `$[0].target[2].number`. */
export interface Problem {
  readonly path: string
  readonly code: string
  readonly message: string
}
