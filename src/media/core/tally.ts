/**
 * What a core counts, as one row of numbers that another thread can read: how much is open, and what went wrong
 * quietly. Commands and packets about something that has ended change these and nothing else.
 */
import type { MediaCounts } from '../port.ts'

/** One core does not know of bridges that would need another. */
export type CoreCounts = Omit<MediaCounts, 'bridgesApart'>

export const tallyNames = [
  'legs',
  'tasks',
  'timers',
  'portsInUse',
  'portsResting',
  'staleCommands',
  'strayPackets',
  'packetsUnrelayable',
  'digitsRefused',
  'digitsFlooded',
  'stepsOwed',
  'stepsSkipped',
] as const satisfies readonly (keyof CoreCounts)[]

export type TallyName = (typeof tallyNames)[number]

const indexOf = Object.fromEntries(tallyNames.map((name, index) => [name, index])) as Record<TallyName, number>

export const TALLY_BYTES = tallyNames.length * Int32Array.BYTES_PER_ELEMENT

export class Tally {
  readonly #words: Int32Array

  constructor(memory: ArrayBuffer | SharedArrayBuffer = new ArrayBuffer(TALLY_BYTES)) {
    this.#words = new Int32Array(memory, 0, tallyNames.length)
  }

  add(name: TallyName, by = 1): void {
    this.#words[indexOf[name]]! += by
  }

  set(name: TallyName, value: number): void {
    this.#words[indexOf[name]] = value
  }

  read(): CoreCounts {
    return Object.fromEntries(tallyNames.map((name, index) => [name, this.#words[index]!])) as Record<TallyName, number>
  }
}
