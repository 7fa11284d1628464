/**
 * What every transaction shares, and what is seen of one from outside.
 */
import type { Clock, Random } from '../../base/index.ts'
import type { Hop, Transport } from '../transport/transport.ts'
import type { Branches } from './branch.ts'
import type { SipTimers } from './timers.ts'

/** Where a message came from, and the transport that brought it. */
export interface Arrival {
  readonly source: Hop
  readonly transport: Transport
}

export interface TransactionEnvironment {
  readonly clock: Clock
  readonly random: Random
  readonly timers: SipTimers
  readonly branches: Branches
  /** The transport that gets there. */
  transportTo(hop: Hop): Transport
}

/** A transaction as the invariants see it. */
export interface TransactionView {
  readonly kind: 'client' | 'server'
  readonly method: string
  readonly callId: string
  readonly state: string
  readonly timers: number
}
