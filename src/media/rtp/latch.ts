/**
 * Whose packets a leg hears, and where it sends: rules L1 to L3. The far end is where its description says it is (L1),
 * or, behind a NAT, at a port of an address that the signalling vouches for (L2); whoever was found stays (L3).
 *
 *     closed ── remote ──► open ── L1 at once, L2 after 4 packets ──► locked
 *                           ▲                                         │  ▲
 *                           └──────── remote, when it moved ──────────┘  └─ L1 always; a new port of the locked
 *                                                                           address after 2 s of silence
 */

export interface Source {
  /** Text of an IP address in its canonical form. */
  readonly address: string
  readonly port: number
}

/** What an offer/answer says about where packets will come from. */
export interface Expectation {
  readonly media: Source
  /** Where the signalling came from. */
  readonly signallingAddress: string
}

/** A source that may become the far end: so many packets in order, without a gap, of one SSRC. */
interface Candidate extends Source {
  readonly ssrc: number
  readonly sequence: number
  readonly packets: number
}

interface Agreed {
  readonly expected: Expectation
  readonly learnUntilMs: number
  readonly candidate?: Candidate
}

type Listening =
  | (Agreed & { readonly phase: 'open' })
  | (Agreed & { readonly phase: 'locked'; readonly source: Source })

export type LatchState = { readonly phase: 'closed' } | Listening

/** A packet that is valid RTP of an agreed payload type. */
export interface LatchPacket extends Source {
  readonly ssrc: number
  readonly sequence: number
  readonly nowMs: number
  /** When a packet of the locked source came last. */
  readonly heardMs: number
}

/** L2: learning is possible for this long after each offer/answer ... */
export const LEARNING_MS = 5000
/** ... and takes so many packets in order. */
export const LEARNING_PACKETS = 4
/** L3: a new port of the locked address may be learnt once the old one has been silent for so long. */
export const REBINDING_SILENCE_MS = 2000

export const startLatch: LatchState = { phase: 'closed' }

/** An offer/answer was completed. The lock holds unless the far end, or where it signals from, has moved. */
export function expectRemote(state: LatchState, expected: Expectation, nowMs: number): LatchState {
  const learnUntilMs = nowMs + LEARNING_MS
  if (state.phase === 'locked' && sameExpectation(state.expected, expected))
    return { phase: 'locked', expected, learnUntilMs, source: state.source }
  return { phase: 'open', expected, learnUntilMs }
}

/** The packet is to be heard if, and only if, the state that comes back is locked to where it is from. */
export function stepLatch(state: LatchState, packet: LatchPacket): LatchState {
  if (state.phase === 'closed' || isLockedTo(state, packet)) return state
  if (sameSource(state.expected.media, packet)) return lock(state, packet)
  if (!mayLearn(state, packet)) return state
  const candidate = count(state.candidate, packet)
  return candidate.packets >= LEARNING_PACKETS ? lock(state, packet) : { ...state, candidate }
}

export const isLockedTo = (state: LatchState, source: Source): boolean =>
  state.phase === 'locked' && sameSource(state.source, source)

/** While its source is heard, nobody else can be: who was found where the description said is replaced by nobody (L1). */
export const isExclusive = (state: LatchState): boolean =>
  state.phase === 'locked' && sameSource(state.source, state.expected.media)

/** RTCP with a port of its own comes from the address of the media; its port is not looked at. */
export function mayReport(state: LatchState, address: string): boolean {
  if (state.phase === 'closed') return false
  return address === (state.phase === 'locked' ? state.source.address : state.expected.media.address)
}

function mayLearn(state: Listening, { address, nowMs, heardMs }: LatchPacket): boolean {
  if (state.phase === 'locked') return address === state.source.address && nowMs - heardMs >= REBINDING_SILENCE_MS
  const { media, signallingAddress } = state.expected
  return nowMs <= state.learnUntilMs && (address === media.address || address === signallingAddress)
}

function count(known: Candidate | undefined, packet: LatchPacket): Candidate {
  const { address, port, ssrc, sequence } = packet
  const same = known !== undefined && sameSource(known, packet) && known.ssrc === ssrc
  if (same && known.sequence === sequence) return known // a duplicate neither helps nor harms
  const inOrder = same && sequence === ((known.sequence + 1) & 0xffff)
  return { address, port, ssrc, sequence, packets: inOrder ? known.packets + 1 : 1 }
}

const lock = (state: Listening, { address, port }: Source): LatchState => ({
  phase: 'locked',
  expected: state.expected,
  learnUntilMs: state.learnUntilMs,
  source: { address, port },
})

const sameSource = (one: Source, other: Source): boolean => one.port === other.port && one.address === other.address

const sameExpectation = (one: Expectation, other: Expectation): boolean =>
  sameSource(one.media, other.media) && one.signallingAddress === other.signallingAddress
