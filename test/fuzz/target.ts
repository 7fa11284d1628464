/** What is fuzzed: something that takes octets from strangers, and what must hold of it for any of them. */
export interface Target {
  /** Also the folder of its corpus. */
  readonly name: string
  /** No input may take longer. */
  readonly limitMs: number
  /** Well-formed inputs to begin with. */
  seeds(): readonly Uint8Array[]
  /** Pieces that mean something to it, put into inputs. */
  readonly words: readonly string[]
  /**
   * Takes the input. Throws whatever is wrong: the failure of the code itself, or of an assertion. The result says in
   * a word what became of the input; a word that was not seen before is as good as new coverage.
   */
  examine(bytes: Uint8Array): string
}
