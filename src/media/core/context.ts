/**
 * What the parts of one core share.
 */
import type { Clock, Random } from '../../base/index.ts'
import type { CoreEvent } from '../command.ts'
import type { RtpIo } from '../io/rtp-io.ts'
import type { Outlet } from './outlet.ts'
import type { Tally } from './tally.ts'

export interface CoreContext {
  readonly io: RtpIo
  /** Counts its timers. */
  readonly clock: Clock
  readonly random: Random
  readonly outlet: Outlet
  readonly tally: Tally
  readonly emit: (event: CoreEvent) => void
}
