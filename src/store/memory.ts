/**
 * A store without a disk, for simulation and tests. Look-ups, rows and callbacks go the same ways as in the others,
 * on the injected clock, so that a run with the same seed is the same run.
 */
import { createCallPath } from './call-path.ts'
import { CdrWriter } from './cdr-writer.ts'
import type { Store, StoreOptions } from './contract.ts'
import { closeAbandoned } from './crash.ts'
import { createDirectory, type Directory } from './directory.ts'
import { storeFailure } from './failure.ts'
import { createCdrSink, createMemoryDisk } from './memory/disk.ts'
import { createManagement } from './memory/manage.ts'

/** `disk`: what an earlier store left; an empty one when absent. Throws the failure `unavailable`. */
export function openMemory(options: StoreOptions, disk = createMemoryDisk()): Store {
  const sink = createCdrSink(disk)
  if (options.node !== undefined) closeAbandoned(sink, options.node)
  const writer = new CdrWriter(sink, options)
  let directory: Directory | undefined
  let closed = false
  const checkOpen = (): void => {
    if (closed) throw storeFailure('closed')
  }
  const currentDirectory = (): Directory => {
    checkOpen()
    directory ??= createDirectory({
      applications: disk.applications.values(),
      numbers: disk.numbers.values(),
      trunks: disk.trunks.values(),
      users: disk.users.values(),
    })
    return directory
  }
  const reading = (): void => {
    checkOpen()
    writer.drain()
  }
  const changing = (): void => {
    checkOpen()
    if (disk.failure !== undefined) throw storeFailure('unavailable', new Error(disk.failure))
    directory = undefined
  }
  return {
    ...createCallPath(currentDirectory, writer, options),
    manage: createManagement(disk, { reading, changing }),
    health: () => writer.health(),
    async close() {
      writer.close()
      closed = true
    },
  }
}
