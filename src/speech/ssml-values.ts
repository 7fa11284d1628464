/**
 * The values of SSML attributes (W3C Speech Synthesis Markup Language 1.1, sections 3.2.3 and 3.2.4).
 */
import { MAX_RATE, MIN_RATE } from './provider.ts'

type Attributes = ReadonlyMap<string, string>

/** The standard leaves the durations to the engine; these are the ones that Azure documents. */
const STRENGTHS_MS: ReadonlyMap<string, number> = new Map([
  ['none', 0],
  ['x-weak', 250],
  ['weak', 500],
  ['medium', 750],
  ['strong', 1000],
  ['x-strong', 1250],
])

const BREAK_LIMIT_MS = 60_000

/** `time` wins over `strength`; neither is a medium break. Undefined: not understood, or longer than a minute. */
export function breakMs(attributes: Attributes): number | undefined {
  const time = attributes.get('time')
  if (time === undefined) return STRENGTHS_MS.get(attributes.get('strength') ?? 'medium')
  const [, amount, unit] = /^\s*\+?(\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})(ms|s)\s*$/.exec(time) ?? []
  if (amount === undefined) return undefined
  const durationMs = Math.round(Number(amount) * (unit === 's' ? 1000 : 1))
  return durationMs <= BREAK_LIMIT_MS ? durationMs : undefined
}

const RATES: ReadonlyMap<string, number> = new Map([
  ['x-slow', 0.5],
  ['slow', 0.75],
  ['medium', 1],
  ['default', 1],
  ['fast', 1.25],
  ['x-fast', 1.5],
])

/**
 * The rate within `<prosody rate>`: a label, a factor (`0.8`), a percentage (`80%`) or a change (`-20%`) of the rate
 * around it, held within MIN_RATE and MAX_RATE. Undefined: not understood.
 */
export function prosodyRate(value: string | undefined, outerRate: number): number | undefined {
  if (value === undefined) return outerRate
  const factor = RATES.get(value.trim()) ?? numericFactor(value.trim())
  return factor === undefined ? undefined : Math.min(MAX_RATE, Math.max(MIN_RATE, outerRate * factor))
}

function numericFactor(value: string): number | undefined {
  const [, sign, amount, percent] = /^([+-]?)(\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})(%?)$/.exec(value) ?? []
  if (amount === undefined || (sign && !percent)) return undefined
  const number = Number(amount) / (percent ? 100 : 1)
  if (!sign) return number
  return sign === '+' ? 1 + number : 1 - number
}
