/**
 * One press of a key is one digit, whichever ways it comes (rule R8): the best source that has delivered counts, and
 * where a better one takes over, what overlaps the digit before is that digit again.
 */

/** Ways that digits come, the better one last. */
const SOURCES = ['info', 'inband', 'rfc4733'] as const

export type DigitSource = (typeof SOURCES)[number]

export interface DigitHearing {
  /** Of the best source so far. */
  readonly rank: number
  /** Its last digit, and how long another source may lag behind. */
  readonly last?: { readonly digit: string; readonly untilMs: number }
}

/** Another source may say the same digit so long after its end. */
const LAG_MS = 150

export const startHearing: DigitHearing = { rank: 0 }

/** A digit begins. `isNew` is false for what has been heard already, or is not to be heard. */
export function hearDigit(
  hearing: DigitHearing,
  digit: string,
  source: DigitSource,
  nowMs: number,
): { readonly hearing: DigitHearing; readonly isNew: boolean } {
  const rank = SOURCES.indexOf(source)
  if (rank < hearing.rank) return { hearing, isNew: false }
  const { last } = hearing
  const isSame = rank > hearing.rank && last?.digit === digit && nowMs <= last.untilMs
  return { hearing: { rank, last: { digit, untilMs: nowMs + LAG_MS } }, isNew: !isSame }
}

/** A digit ends: it overlaps until some time after now. */
export const endDigit = (hearing: DigitHearing, digit: string, nowMs: number): DigitHearing =>
  hearing.last?.digit === digit ? { ...hearing, last: { digit, untilMs: nowMs + LAG_MS } } : hearing
