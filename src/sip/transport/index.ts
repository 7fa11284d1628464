/** Every SIP transport. To add one: write its file, add it here. */
import type { TransportKind } from './transport.ts'
import { udp } from './udp.ts'

export const transports: readonly TransportKind[] = [udp]
