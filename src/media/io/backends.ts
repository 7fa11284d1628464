/**
 * The ways into the network, best first: the first that is available serves. A backend is a file beside this and an
 * entry here.
 */
import type { Clock, Net } from '../../base/index.ts'
import { DatagramIo } from './datagram-io.ts'
import type { RtpIo } from './rtp-io.ts'

export interface RtpIoBackend {
  readonly name: string
  /** Whether it can run in this process. */
  isAvailable(): boolean
  create(net: Net, clock: Clock): RtpIo
}

export const rtpIoBackends: readonly RtpIoBackend[] = [
  {
    name: 'datagram',
    isAvailable: () => true,
    create: (net, clock) => new DatagramIo(net, clock),
  },
]
