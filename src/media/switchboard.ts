/**
 * MediaPort over one or several cores: gives out the handles, finds the core that a command is for, and knows what is
 * open on each, so that a core that is lost can be told as the loss of its legs.
 */
import { type Handle, HandleTable, handleWorker } from '../base/index.ts'
import type { CoreCounts } from './core/tally.ts'
import type { MediaLink } from './media-link.ts'
import type {
  LegHandle,
  MediaCounts,
  MediaEvent,
  MediaPort,
  OpenLeg,
  PlaySpec,
  RemoteMedia,
  TaskHandle,
} from './port.ts'

class LegEntry {
  handle: LegHandle = 0
  readonly tasks = new Set<TaskHandle>()
  isClosing = false
}

/** One core and the handles that carry its number. */
interface Lane {
  readonly link: MediaLink
  readonly legs: HandleTable<LegEntry>
  readonly tasks: HandleTable<LegHandle>
}

export class Switchboard implements MediaPort {
  onEvent: (event: MediaEvent) => void = () => {}
  readonly #lanes: readonly Lane[]
  #closingCommands = 0
  #bridgesApart = 0

  constructor(links: readonly MediaLink[]) {
    this.#lanes = links.map((link, worker) => ({
      link,
      legs: new HandleTable<LegEntry>(worker),
      tasks: new HandleTable<LegHandle>(worker),
    }))
    for (const lane of this.#lanes) {
      lane.link.onEvent = event => this.#receive(lane, event)
      lane.link.onLost = message => this.#lost(lane, message)
    }
  }

  open(params: OpenLeg): LegHandle {
    const near = params.near === undefined ? undefined : this.#lanes[handleWorker(params.near)]
    const lane = near ?? this.#lanes.reduce((least, other) => (other.legs.size < least.legs.size ? other : least))
    const entry = new LegEntry()
    const leg = lane.legs.open(entry)
    entry.handle = leg
    lane.link.send({ type: 'open', leg, params })
    return leg
  }

  close(leg: LegHandle): void {
    const entry = this.#find(leg)
    if (!entry) return
    entry.isClosing = true
    this.#laneOf(leg).link.send({ type: 'close', leg })
  }

  setRemote(leg: LegHandle, remote: RemoteMedia): void {
    if (this.#find(leg)) this.#laneOf(leg).link.send({ type: 'set-remote', leg, remote })
  }

  bridge(leg: LegHandle, other: LegHandle): void {
    if (!this.#find(leg) || !this.#find(other)) return
    if (handleWorker(leg) !== handleWorker(other)) this.#bridgesApart++
    else this.#laneOf(leg).link.send({ type: 'bridge', leg, other })
  }

  unbridge(leg: LegHandle): void {
    if (this.#find(leg)) this.#laneOf(leg).link.send({ type: 'unbridge', leg })
  }

  echo(leg: LegHandle): void {
    if (this.#find(leg)) this.#laneOf(leg).link.send({ type: 'echo', leg })
  }

  play(leg: LegHandle, spec: PlaySpec): TaskHandle {
    const lane = this.#laneOf(leg)
    const entry = this.#find(leg)
    const task = lane.tasks.open(leg)
    if (entry) {
      entry.tasks.add(task)
      lane.link.send({ type: 'play', leg, task, spec })
    } else lane.tasks.close(task)
    return task
  }

  stop(task: TaskHandle): void {
    const lane = this.#laneOf(task)
    if (lane.tasks.get(task) !== undefined) lane.link.send({ type: 'stop', task })
  }

  sendDigits(leg: LegHandle, digits: string, durationMs: number, gapMs: number): void {
    if (this.#find(leg)) this.#laneOf(leg).link.send({ type: 'send-digits', leg, digits, durationMs, gapMs })
  }

  /** Of all cores together. */
  counts(): MediaCounts {
    const lanes = this.#lanes.map(({ link, legs, tasks }) => {
      const counts = link.counts()
      return { ...counts, staleCommands: counts.staleCommands + legs.stale + tasks.stale }
    })
    const sum = lanes.reduce(added)
    return { ...sum, staleCommands: sum.staleCommands + this.#closingCommands, bridgesApart: this.#bridgesApart }
  }

  /** Ends every core at once and without events. Idempotent. */
  async shutDown(): Promise<void> {
    await Promise.all(this.#lanes.map(({ link }) => link.close()))
  }

  /** The entry of a leg that takes commands; otherwise the command is counted as stale. */
  #find(leg: LegHandle): LegEntry | undefined {
    const entry = this.#laneOf(leg).legs.get(leg)
    if (!entry?.isClosing) return entry
    this.#closingCommands++
    return undefined
  }

  /** A handle that never was goes to the first core's tables, which do not know it. */
  #laneOf(handle: Handle): Lane {
    return this.#lanes[handleWorker(handle)] ?? (this.#lanes[0] as Lane)
  }

  #receive(lane: Lane, event: MediaEvent): void {
    if (event.type === 'played') {
      lane.tasks.close(event.task)
      lane.legs.get(event.leg)?.tasks.delete(event.task)
    } else if (event.type === 'closed' || event.type === 'open-failed') {
      this.#forget(lane, event.leg)
    }
    this.onEvent(event)
  }

  /** With the tasks of commands that crossed the leg's end, which nobody else would end. */
  #forget(lane: Lane, leg: LegHandle): void {
    for (const task of lane.legs.close(leg)?.tasks ?? []) lane.tasks.close(task)
  }

  #lost(lane: Lane, message: string): void {
    const legs = [...lane.legs.values()].map(entry => entry.handle)
    for (const leg of legs) this.#forget(lane, leg)
    this.onEvent({ type: 'worker-lost', legs, message })
  }
}

function added(one: CoreCounts, other: CoreCounts): CoreCounts {
  const names = Object.keys(one) as (keyof CoreCounts)[]
  return Object.fromEntries(names.map(name => [name, one[name] + other[name]])) as Record<keyof CoreCounts, number>
}
