/**
 * One input put to a target: what became of it, or what is wrong.
 */
import { performance } from 'node:perf_hooks'
import type { Target } from './target.ts'

const REPEATS = 10

export type Trial =
  | { readonly ok: true; readonly word: string }
  /** `kind` is the same for inputs that fail in the same way. */
  | { readonly ok: false; readonly kind: string; readonly message: string }

export function tryInput(target: Target, bytes: Uint8Array): Trial {
  const startMs = performance.now()
  const trial = outcome(target, bytes)
  if (!trial.ok || performance.now() - startMs <= target.limitMs) return trial
  const tookMs = bestOf(target, bytes)
  if (tookMs <= target.limitMs) return trial
  return { ok: false, kind: 'slow', message: `${tookMs.toFixed(1)} ms for ${bytes.length} octets` }
}

export function outcome(target: Target, bytes: Uint8Array): Trial {
  try {
    return { ok: true, word: target.examine(bytes) }
  } catch (error) {
    const { name, message, stack = '' } = error as Error
    const place = /^ +at .*$/m.exec(stack)?.[0].trim() ?? ''
    return { ok: false, kind: `${name} ${place}`, message: `${message}\n${place}` }
  }
}

/** The least of several runs, in time of the processor: the machine may be busy with something else. */
function bestOf(target: Target, bytes: Uint8Array): number {
  let best = Number.POSITIVE_INFINITY
  for (let count = 0; count < REPEATS && best > target.limitMs; count++) {
    const before = process.cpuUsage()
    outcome(target, bytes)
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, (user + system) / 1_000)
  }
  return best
}
