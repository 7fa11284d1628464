/**
 * The end of a leg as its call detail record says it.
 */
import type { Draft } from '../base/index.ts'
import type { Leg } from './leg.ts'
import type { LegRecordEnd } from './ports.ts'

export function recordEnd(leg: Leg, tag: Readonly<Record<string, unknown>>): LegRecordEnd {
  const { startedAt, ringingAtMs, answeredAt, statistics } = leg
  const endedAt = leg.endedAt ?? startedAt
  const end: Draft<LegRecordEnd> = {
    leg: leg.info,
    endedAtMs: endedAt.wallMs,
    durationMs: endedAt.ms - startedAt.ms,
    answeredMs: answeredAt ? endedAt.ms - answeredAt.ms : 0,
    tag,
  }
  if (ringingAtMs !== undefined) end.ringingAtMs = ringingAtMs
  if (answeredAt) end.answeredAtMs = answeredAt.wallMs
  if (statistics) end.media = statistics
  return end
}
