/**
 * Entry of a media worker: one core, the network of the system, commands and events in batches.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { Failure, systemClock, systemNet, systemRandom } from '../base/index.ts'
import type { CoreEvent, MediaCommand } from './command.ts'
import { MediaCore } from './core/core.ts'
import { Tally } from './core/tally.ts'
import { rtpIoBackends } from './io/backends.ts'
import { Outbox } from './outbox.ts'
import type { MediaWorkerData } from './worker-protocol.ts'

const backend = rtpIoBackends.find(candidate => candidate.isAvailable())
if (!parentPort || !backend) throw new Failure('not-a-worker', 'This file is the entry of a worker thread.')
const port = parentPort
const { ports, tally } = workerData as MediaWorkerData

/** The statistics of a leg that has ended are wanted for its record, and not at once. */
const outbox = new Outbox<CoreEvent>(
  systemClock,
  ({ type }) => type !== 'closed' && type !== 'reserved',
  events => port.postMessage(events),
)

const core = new MediaCore({
  io: clock => backend.create(systemNet(clock), clock),
  clock: systemClock,
  random: systemRandom(),
  ports,
  tally: new Tally(tally),
  emit: event => outbox.put(event),
})

port.on('message', (commands: readonly MediaCommand[]) => {
  for (const command of commands) core.execute(command)
})
