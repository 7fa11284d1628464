/**
 * The way from MediaPort to one core, wherever that runs.
 */
import type { MediaCommand } from './command.ts'
import type { CoreCounts } from './core/tally.ts'
import type { MediaEvent } from './port.ts'

export interface MediaLink {
  /** Commands arrive in order, as one batch or several. */
  send(command: MediaCommand): void
  /** One owner. Never runs inside `send`. */
  onEvent: (event: MediaEvent) => void
  /** One owner. The core ended by itself, and everything on it; the next command starts another. */
  onLost: (message: string) => void
  counts(): CoreCounts
  /** Ends the core at once and without events. Idempotent. */
  close(): Promise<void>
}
