/**
 * How a leg that was never answered ended, in the normal form of the flow language.
 */
import type { Outcome } from '../flow/index.ts'

/** From the final status of an INVITE. 408 and 480 are nobody there, as is 487 after our own ring timeout. */
export function outcomeOfStatus(status: number): Outcome {
  switch (status) {
    case 486:
    case 600:
      return 'busy'
    case 603:
      return 'declined'
    case 408:
    case 480:
    case 487:
      return 'no-answer'
    default:
      return 'failed'
  }
}

/** Rule R5: what is reported of several failures, the most telling first. */
const TELLING: readonly Outcome[] = ['busy', 'declined', 'no-answer', 'failed']

/** Lower is more telling. */
export function outcomeRank(outcome: Outcome): number {
  const rank = TELLING.indexOf(outcome)
  return rank < 0 ? TELLING.length : rank
}
