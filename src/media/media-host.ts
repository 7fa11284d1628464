/**
 * MediaPort for production: the main thread only gives commands, the media runs in worker threads.
 */
import { Worker } from 'node:worker_threads'
import { type Clock, systemClock } from '../base/index.ts'
import type { CoreEvent, MediaCommand } from './command.ts'
import { type CoreCounts, TALLY_BYTES, Tally } from './core/tally.ts'
import type { MediaLink } from './media-link.ts'
import { Outbox } from './outbox.ts'
import type { MediaEvent } from './port.ts'
import { PortStock } from './port-stock.ts'
import { defaultPortRange, type PortRange } from './rtp/ports.ts'
import { Switchboard } from './switchboard.ts'
import type { MediaWorkerData } from './worker-protocol.ts'

export interface MediaHostOptions {
  readonly clock?: Clock
  /** Worker threads; 1 serves about a thousand bridged calls. Default 1. */
  readonly workers?: number
  /** Shared out between the workers. */
  readonly ports?: PortRange
}

export class MediaHost extends Switchboard {
  constructor({ clock = systemClock, workers = 1, ports = defaultPortRange }: MediaHostOptions = {}) {
    super(sharePorts(ports, workers).map(share => new WorkerLink(clock, share)))
  }
}

/** As many ranges of whole pairs as there are workers. */
function sharePorts({ from, to }: PortRange, workers: number): PortRange[] {
  const share = 2 * Math.floor((to - from + 1) / workers / 2)
  return Array.from({ length: workers }, (_, worker) => ({
    from: from + worker * share,
    to: worker === workers - 1 ? to : from + (worker + 1) * share - 1,
  }))
}

/** Nobody waits for the end of a leg, for ports in stock, or for a leg whose port is known. */
const isUrgent = (command: MediaCommand): boolean =>
  command.type === 'open' ? command.port === undefined : command.type !== 'close' && command.type !== 'reserve'

/** A core in a thread of its own, started with the first command and again after it was lost. */
class WorkerLink implements MediaLink {
  onEvent: (event: MediaEvent) => void = () => {}
  onLost: (message: string) => void = () => {}
  readonly #ports: PortRange
  #worker: Worker | undefined
  #tally = new Tally()
  readonly #outbox: Outbox<MediaCommand>
  readonly #stock: PortStock
  #closed = false

  constructor(clock: Clock, ports: PortRange) {
    this.#ports = ports
    this.#stock = new PortStock(ports)
    this.#outbox = new Outbox(clock, isUrgent, commands => this.#post(commands))
  }

  send(command: MediaCommand): void {
    if (this.#closed) return
    if (command.type === 'open') this.#open(command)
    else this.#outbox.put(command)
  }

  counts(): CoreCounts {
    return this.#tally.read()
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#outbox.clear()
    await this.#worker?.terminate()
  }

  #open(command: MediaCommand & { readonly type: 'open' }): void {
    const { leg, params } = command
    const port = this.#stock.take(params.address)
    this.#outbox.put(port === undefined ? command : { port, ...command })
    const pairs = this.#stock.wanted(params.address)
    if (pairs > 0) this.#outbox.put({ type: 'reserve', address: params.address, pairs })
    if (port !== undefined) queueMicrotask(() => this.onEvent({ type: 'opened', leg, port }))
  }

  #receive(events: readonly CoreEvent[]): void {
    for (const event of events) {
      if (event.type === 'reserved') this.#stock.deliver(event.address, event.ports)
      else this.onEvent(event)
    }
  }

  #post(commands: readonly MediaCommand[]): void {
    this.#worker ??= this.#start()
    this.#worker.postMessage(commands)
  }

  #start(): Worker {
    const tally = new SharedArrayBuffer(TALLY_BYTES)
    this.#tally = new Tally(tally)
    const workerData: MediaWorkerData = { ports: this.#ports, tally }
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData })
    let reason = ''
    worker.on('message', (events: readonly CoreEvent[]) => this.#receive(events))
    worker.on('error', error => {
      reason = `: ${error.message}`
    })
    worker.on('exit', code => {
      this.#worker = undefined
      this.#tally = new Tally()
      this.#stock.clear()
      if (!this.#closed) this.onLost(`A media worker ended with code ${code}${reason}.`)
    })
    return worker
  }
}
