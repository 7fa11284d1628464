/**
 * MediaCore: carries out the commands of MediaPort over one RtpIo, in one thread. Every command is done when `execute`
 * returns; what comes of it later is an event.
 */
import type { Clock, Random } from '../../base/index.ts'
import type { CoreEvent, MediaCommand } from '../command.ts'
import { ResampleKernels } from '../dsp/resample.ts'
import type { RtpIo } from '../io/rtp-io.ts'
import type { LegHandle, OpenLeg, RemoteMedia } from '../port.ts'
import { PortPairs, type PortRange } from '../rtp/ports.ts'
import type { CoreContext } from './context.ts'
import { countingClock } from './counting-clock.ts'
import { Generator } from './generator.ts'
import { Inbound } from './inbound.ts'
import { Leg } from './leg.ts'
import { Outlet } from './outlet.ts'
import { type BoundPair, PairPool } from './pair-pool.ts'
import type { Tally } from './tally.ts'

export interface CoreOptions {
  /** Makes the core's own network; its timers are counted. */
  readonly io: (clock: Clock) => RtpIo
  readonly clock: Clock
  readonly random: Random
  readonly ports: PortRange
  readonly tally: Tally
  /** Runs while a command or a packet is dealt with: it must not give commands. */
  readonly emit: (event: CoreEvent) => void
}

/** Ports of other programs lie in the range as well: so many pairs are tried before a leg is refused. */
const BIND_ATTEMPTS = 16

export class MediaCore {
  readonly #context: CoreContext
  readonly #inbound: Inbound
  readonly #generator: Generator
  readonly #ports: PortPairs
  readonly #pairs: PairPool
  /** Bound in advance, by port. */
  readonly #reserved = new Map<number, BoundPair>()
  readonly #legs = new Map<LegHandle, Leg>()

  constructor({ io, clock, random, ports, tally, emit }: CoreOptions) {
    const counted = countingClock(clock, change => tally.add('timers', change))
    const network = io(counted)
    this.#context = { io: network, clock: counted, random, tally, emit, outlet: new Outlet(network) }
    this.#inbound = new Inbound(this.#context)
    this.#generator = new Generator(this.#context, new ResampleKernels())
    this.#ports = new PortPairs(ports, clock, random)
    this.#pairs = new PairPool(network, counted, ({ port }) => this.#ports.free(port))
  }

  execute(command: MediaCommand): void {
    if (command.type === 'open') this.#open(command.leg, command.params, command.port)
    else if (command.type === 'reserve') this.#reserve(command.address, command.pairs)
    else if (command.type === 'stop') this.#known(this.#generator.stop(command.task))
    else {
      const leg = this.#legs.get(command.leg)
      if (this.#known(leg !== undefined)) this.#executeOn(leg as Leg, command)
    }
  }

  #executeOn(leg: Leg, command: Exclude<MediaCommand, { type: 'open' | 'reserve' | 'stop' }>): void {
    switch (command.type) {
      case 'close':
        this.#close(leg)
        break
      case 'set-remote':
        this.#setRemote(leg, command.remote)
        break
      case 'bridge': {
        const other = this.#legs.get(command.other)
        if (this.#known(other !== undefined)) this.#bridge(leg, other as Leg)
        break
      }
      case 'echo':
        this.#bridge(leg, leg)
        break
      case 'unbridge':
        this.#unbridge(leg)
        break
      case 'play':
        this.#generator.play(leg, command.task, command.spec)
        break
      case 'send-digits':
        this.#generator.sendDigits(leg, command.digits, command.durationMs, command.gapMs)
        break
    }
  }

  /** Refreshes the counts that follow from others. */
  count(): void {
    const { tally } = this.#context
    tally.set('legs', this.#legs.size)
    const idle = this.#pairs.size + this.#reserved.size
    tally.set('portsInUse', this.#ports.used - idle)
    tally.set('portsResting', this.#ports.resting + idle)
  }

  /** Ends every leg and gives back all sockets. */
  close(): void {
    for (const leg of [...this.#legs.values()]) this.#close(leg)
    for (const pair of this.#reserved.values()) this.#pairs.put(pair)
    this.#reserved.clear()
    this.#pairs.clear()
  }

  #open(handle: LegHandle, { address, mediaTimeoutMs }: OpenLeg, port: number | undefined): void {
    const { clock, random, emit } = this.#context
    const leg = new Leg(handle, random, clock, mediaTimeoutMs, () => emit({ type: 'timeout', leg: handle }))
    this.#legs.set(handle, leg)
    const reserved = port === undefined ? undefined : this.#reserved.get(port)
    if (port !== undefined && reserved) {
      this.#reserved.delete(port)
      this.#serve(leg, reserved)
    } else this.#find(address, found => this.#found(leg, found))
  }

  #found(leg: Leg, found: BoundPair | string): void {
    if (typeof found === 'string') {
      if (!leg.isClosed) this.#fail(leg, found)
    } else if (leg.isClosed) this.#pairs.put(found)
    else {
      this.#serve(leg, found)
      this.#context.emit({ type: 'opened', leg: leg.handle, port: found.port })
    }
  }

  #serve(leg: Leg, pair: BoundPair): void {
    leg.opened(pair)
    this.#inbound.attach(leg)
    this.#aim(leg)
    this.count()
  }

  /** As many as can be had. */
  #reserve(address: string, pairs: number): void {
    const ports: number[] = []
    let left = pairs
    for (let index = 0; index < pairs; index++) {
      this.#find(address, found => {
        if (typeof found !== 'string') {
          this.#reserved.set(found.port, found)
          ports.push(found.port)
        }
        if (--left > 0) return
        this.count()
        this.#context.emit({ type: 'reserved', address, ports })
      })
    }
  }

  /** A pair that has rested, or a new one; a sentence when there is none. */
  #find(address: string, done: (found: BoundPair | string) => void): void {
    const rested = this.#pairs.take(address)
    if (rested) done(rested)
    else this.#bind(address, BIND_ATTEMPTS, done)
  }

  /** Counts a command about something that has ended. */
  #known(isKnown: boolean): boolean {
    if (!isKnown) this.#context.tally.add('staleCommands')
    return isKnown
  }

  #bind(address: string, attempts: number, done: (found: BoundPair | string) => void): void {
    const port = this.#ports.take() ?? (this.#pairs.releaseRested() ? this.#ports.take() : undefined)
    this.count()
    if (port === undefined) {
      done('No free pair of ports.')
      return
    }
    this.#context.io.openPair(address, port, result => {
      if (result.ok) {
        done({ address, port, rtp: result.rtp, rtcp: result.rtcp })
        return
      }
      this.#ports.release(port)
      if (result.code === 'in-use' && attempts > 1) this.#bind(address, attempts - 1, done)
      else done(result.message)
    })
  }

  #fail(leg: Leg, message: string): void {
    this.#end(leg)
    this.#context.emit({ type: 'open-failed', leg: leg.handle, message })
  }

  #close(leg: Leg): void {
    this.#end(leg)
    if (leg.pair) {
      this.#inbound.detach(leg)
      this.#pairs.put(leg.pair)
    }
    this.count()
    this.#context.emit({ type: 'closed', leg: leg.handle, statistics: leg.statistics() })
  }

  #end(leg: Leg): void {
    this.#unbridge(leg)
    this.#generator.close(leg)
    leg.timeout.stop()
    leg.dtmf?.close()
    leg.isClosed = true
    this.#legs.delete(leg.handle)
    this.count()
  }

  #setRemote(leg: Leg, remote: RemoteMedia): void {
    const heard = leg.mayHear
    leg.agree(remote, this.#context.clock.now())
    // What the leg was not listened to meanwhile is no gap for the other one.
    if (!heard && leg.mayHear) this.#inbound.startStream(leg)
    this.#aim(leg)
    leg.target?.forgetPaths()
  }

  /** The far end is where it was found, or else where it says it is. */
  #aim(leg: Leg): void {
    const source = leg.latch.phase === 'locked' ? leg.latch.source : leg.remote
    if (source && leg.pair) this.#context.io.aim(leg.rtpSocket, source.address, source.port)
  }

  #bridge(leg: Leg, other: Leg): void {
    this.#unbridge(leg)
    this.#unbridge(other)
    leg.target = other
    other.target = leg
    for (const side of leg === other ? [leg] : [leg, other]) {
      side.forgetPaths()
      this.#inbound.startStream(side)
    }
  }

  #unbridge(leg: Leg): void {
    const { target } = leg
    leg.target = undefined
    if (target) target.target = undefined
  }
}
