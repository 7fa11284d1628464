/**
 * What a dialect is: a reader from its documents to programs, and a writer from what happened to its payloads.
 */
import type { Problem } from '../base/index.ts'
import type { AskRequest, Program } from '../flow/index.ts'

export type ReadResult =
  | {
      readonly ok: true
      readonly program: Program
      /** What was accepted though it is not right, or does not work yet. */
      readonly warnings: readonly Problem[]
    }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] }

/** A JSON object. */
export type Payload = Readonly<Record<string, unknown>>

export interface Dialect {
  readonly name: string
  /**
   * A document as JSON text (comments and trailing commas are accepted with a warning), or already parsed. Never
   * throws. An empty program means that the document has nothing to say.
   */
  read(document: string | object): ReadResult
  /** What the application is told. */
  write(request: AskRequest): Payload
  /** Keys of payloads that are left out of a query string which would be too long, in this order. */
  readonly expendable: readonly string[]
  /** Headers that prove to the application, by its secret, who sent `body`; beside those of Standard Webhooks. */
  sign?(secret: string, unixSeconds: number, body: string): Readonly<Record<string, string>>
}
