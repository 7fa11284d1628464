/**
 * A clock that is set by hand and a random source that is the same in every run.
 */
import { createHash } from 'node:crypto'
import type { Clock, Random } from '../../../src/base/index.ts'

export interface HandClock extends Clock {
  passMs(ms: number): void
}

export function handClock(startMs = 1_000): HandClock {
  let nowMs = startMs
  return {
    now: () => nowMs,
    wallMs: () => nowMs,
    after: () => ({ cancel: () => {} }),
    passMs(ms) {
      nowMs += ms
    },
  }
}

export function seededRandom(seed: string): Random {
  let drawn = 0
  return { u32: () => createHash('md5').update(`${seed} ${drawn++}`).digest().readUInt32LE() }
}
