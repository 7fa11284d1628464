/**
 * A clock that keeps count of its armed timers, so that a leak of one can be seen.
 */
import type { Clock, Timer } from '../../base/index.ts'

/** `count` is called with +1 for a timer that was armed, and with -1 once it ran or was cancelled. */
export function countingClock(clock: Clock, count: (change: number) => void): Clock {
  return {
    now: () => clock.now(),
    wallMs: () => clock.wallMs(),
    after(delayMs, run): Timer {
      let armed = true
      const disarm = (): void => {
        if (!armed) return
        armed = false
        count(-1)
      }
      count(1)
      const timer = clock.after(delayMs, () => {
        disarm()
        run()
      })
      return {
        cancel(): void {
          disarm()
          timer.cancel()
        },
      }
    },
  }
}
