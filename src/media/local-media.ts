/**
 * MediaPort in the caller's own thread: for simulation, where everything must happen in the order of one clock, and
 * for tools.
 */
import type { Clock, Net, Random } from '../base/index.ts'
import type { CoreEvent, MediaCommand } from './command.ts'
import { MediaCore } from './core/core.ts'
import { type CoreCounts, Tally } from './core/tally.ts'
import { DatagramIo } from './io/datagram-io.ts'
import type { MediaLink } from './media-link.ts'
import type { MediaEvent } from './port.ts'
import { defaultPortRange, type PortRange } from './rtp/ports.ts'
import { Switchboard } from './switchboard.ts'

export interface LocalMediaOptions {
  readonly net: Net
  readonly clock: Clock
  readonly random: Random
  readonly ports?: PortRange
}

/** Commands are carried out before they return; events come in the next turn of the clock, in order. */
export class LocalMedia extends Switchboard {
  constructor(options: LocalMediaOptions) {
    super([new LocalLink(options)])
  }
}

class LocalLink implements MediaLink {
  onEvent: (event: MediaEvent) => void = () => {}
  /** A core in this thread is lost with it. */
  onLost: (message: string) => void = () => {}
  readonly #clock: Clock
  readonly #core: MediaCore
  readonly #tally = new Tally()
  #events: MediaEvent[] = []
  #closed = false

  constructor({ net, clock, random, ports = defaultPortRange }: LocalMediaOptions) {
    this.#clock = clock
    const io = (counted: Clock): DatagramIo => new DatagramIo(net, counted)
    this.#core = new MediaCore({ io, clock, random, ports, tally: this.#tally, emit: event => this.#queue(event) })
  }

  send(command: MediaCommand): void {
    if (!this.#closed) this.#core.execute(command)
  }

  counts(): CoreCounts {
    this.#core.count()
    return this.#tally.read()
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#core.close()
  }

  /** Nothing is reserved where nobody has to be waited for. */
  #queue(event: CoreEvent): void {
    if (this.#closed || event.type === 'reserved' || this.#events.push(event) > 1) return
    this.#clock.after(0, () => {
      const events = this.#events
      this.#events = []
      for (const queued of events) if (!this.#closed) this.onEvent(queued)
    })
  }
}
