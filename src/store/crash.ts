/**
 * The rows that a switch left open when it crashed.
 */
import type { CdrSink } from './cdr-sink.ts'
import { storeFailure } from './failure.ts'
import type { Cdr } from './records.ts'

/** Ends the rows of `node`; how many there were. Throws the failure `unavailable`. */
export function closeAbandoned(sink: CdrSink, node: string): number {
  const { rows, aliveAtMs } = sink.abandoned(node)
  const outcome = sink.commit(rows.map(row => endedByCrash(row, aliveAtMs)))
  if (!outcome.ok) throw storeFailure('unavailable', new Error(outcome.message))
  return rows.length
}

/** At the last time that is known of the leg or of its node. */
function endedByCrash(cdr: Cdr, aliveAtMs: number): Cdr {
  const { startedAtMs, ringingAtMs = 0, answeredAtMs } = cdr
  const endedAtMs = Math.max(startedAtMs, ringingAtMs, answeredAtMs ?? 0, aliveAtMs)
  return {
    ...cdr,
    endedAtMs,
    durationMs: endedAtMs - startedAtMs,
    billedMs: answeredAtMs === undefined ? 0 : endedAtMs - answeredAtMs,
    disposition: 'node_crash',
    endedBy: 'switch',
    cause: 'node_crash',
  }
}
