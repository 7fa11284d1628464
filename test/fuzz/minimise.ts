/**
 * Takes as much out of an input as can be taken while it stays what it is: halves first, then ever smaller pieces.
 */
const MOST_TRIALS = 20_000

export function minimise(bytes: Uint8Array, isStill: (smaller: Uint8Array) => boolean): Uint8Array {
  let kept: Uint8Array = bytes
  let trials = 0
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < kept.length && trials < MOST_TRIALS; trials++) {
      const smaller = Buffer.concat([kept.subarray(0, at), kept.subarray(at + size)])
      if (isStill(smaller)) kept = smaller
      else at += size
    }
  }
  return kept
}
