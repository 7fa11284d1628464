/**
 * What passes between the main thread and a media worker: to the worker `MediaCommand[]`, from it `MediaEvent[]`, one
 * message per turn of the sender's event loop; and this, at its start.
 */
import type { PortRange } from './rtp/ports.ts'

export interface MediaWorkerData {
  readonly ports: PortRange
  /** Where the worker keeps its Tally. */
  readonly tally: SharedArrayBuffer
}
