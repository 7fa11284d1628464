/**
 * From telephone events to digits, each exactly once: RFC 4733 section 2.5.2, over a network that loses, doubles and
 * reorders, from senders that misread it.
 *
 * An event is known by SSRC, code and timestamp. Its first packet to arrive, whichever that is, makes the digit; its
 * end is the first packet with the E bit, the start of another event, or silence.
 *
 *     idle ── packet ──► sounding ── E, another event, silence ──► idle
 *                         │    ▲
 *                         └────┘ update, next segment
 */
import type { Step, TimerEffect, TimerEvent } from '../../base/index.ts'
import { digitOfEvent } from './telephone-event.ts'

export interface EventPacket {
  readonly ssrc: number
  readonly sequence: number
  /** Signed 32-bit, as in RtpPacket. */
  readonly timestamp: number
  readonly marker: boolean
  readonly code: number
  readonly hasEnded: boolean
  readonly ticks: number
}

interface Sounding {
  readonly ssrc: number
  readonly code: number
  readonly digit: string
  /** Of the present segment. */
  readonly timestamp: number
  readonly sequence: number
  /** Of the present segment so far, and of those before it. */
  readonly ticks: number
  readonly earlierTicks: number
}

export interface DtmfState {
  readonly sounding?: Sounding
  /** Events that are over, latest first: what still arrives of them says nothing new. */
  readonly over: readonly Sounding[]
  /** Digits that may still come at once, and when that was counted. */
  readonly allowance: number
  readonly countedMs: number
}

export interface DtmfInput {
  readonly type: 'packet'
  readonly packet: EventPacket
  readonly nowMs: number
}

export type DtmfEffect =
  | { readonly type: 'digit'; readonly digit: string }
  | { readonly type: 'digit-end'; readonly digit: string; readonly ticks: number }
  /** A digit that came too fast after too many others. */
  | { readonly type: 'flood' }

export type DtmfStep = Step<DtmfState, DtmfEffect | TimerEffect<'silence'>>

/** Silence in packet times, and at least in milliseconds, after which an event without an end is over. */
const SILENCE_PACKETS = 3
const SILENCE_MS = 60
/** How far back a late packet is still recognised. */
const REMEMBERED_EVENTS = 8
/** RFC 4733 section 2.5.1.3: a longer event goes on in another segment. */
const SEGMENT_TICKS = 0xffff
/** No hand, and no dialler, is faster in the long run. */
const DIGITS_PER_SECOND = 25
const DIGITS_AT_ONCE = 50

export const startDtmf: DtmfState = { over: [], allowance: DIGITS_AT_ONCE, countedMs: 0 }

/** How long to wait for more of an event. */
export const dtmfSilenceMs = (ptimeMs: number): number => Math.max(SILENCE_MS, SILENCE_PACKETS * ptimeMs)

/** The reducer for a leg whose far end packs `ptimeMs` into a packet. */
export const stepDtmf =
  (ptimeMs: number) =>
  (state: DtmfState, input: DtmfInput | TimerEvent<'silence'>): DtmfStep => {
    if (input.type === 'timer') return end(state)
    const { packet, nowMs } = input
    const { sounding } = state
    if (isOver(state, packet)) return [remember(state, packet), []]
    if (sounding && continues(sounding, packet)) return update(state, sounding, packet, ptimeMs)
    const [idle, effects] = end(state)
    const [next, more] = begin(idle, packet, nowMs, ptimeMs)
    return [next, [...effects, ...more]]
  }

/** A packet of an event that is over: a repeated end, or a late update. */
function isOver({ over, sounding }: DtmfState, packet: EventPacket): boolean {
  const [last] = over
  // Some senders move the timestamp with every packet, those of the end included.
  const repeatsEnd = packet.hasEnded && last?.code === packet.code && follows(last, packet)
  return (
    over.some(event => sameEvent(event, packet)) || (repeatsEnd && !packet.marker) || isOlder(sounding ?? last, packet)
  )
}

/** Keeps the last of the row, so that a row of repeated ends stays one. */
function remember(state: DtmfState, packet: EventPacket): DtmfState {
  const [last, ...rest] = state.over
  if (!last || !packet.hasEnded || last.code !== packet.code || !follows(last, packet)) return state
  return { ...state, over: [{ ...last, sequence: packet.sequence }, ...rest] }
}

/** Another event of the same stream that began, and was sent, before the one that is known. */
const isOlder = (known: Sounding | undefined, packet: EventPacket): boolean =>
  known !== undefined &&
  known.ssrc === packet.ssrc &&
  ((packet.timestamp - known.timestamp) | 0) < 0 &&
  ((packet.sequence - known.sequence) << 16) >> 16 < 0

const sameEvent = (event: Sounding, packet: EventPacket): boolean =>
  event.ssrc === packet.ssrc && event.code === packet.code && event.timestamp === packet.timestamp

const follows = (event: Sounding, packet: EventPacket): boolean =>
  event.ssrc === packet.ssrc && packet.sequence === ((event.sequence + 1) & 0xffff)

function continues(sounding: Sounding, packet: EventPacket): boolean {
  if (sameEvent(sounding, packet)) return true
  if (sounding.ssrc !== packet.ssrc || sounding.code !== packet.code || packet.marker) return false
  return isNextSegment(sounding, packet) || (follows(sounding, packet) && packet.ticks > sounding.ticks)
}

const isNextSegment = (sounding: Sounding, packet: EventPacket): boolean =>
  ((packet.timestamp - sounding.timestamp) | 0) === SEGMENT_TICKS

function begin(state: DtmfState, packet: EventPacket, nowMs: number, ptimeMs: number): DtmfStep {
  const digit = digitOfEvent(packet.code)
  if (digit === undefined) return [state, []]
  const elapsed = ((nowMs - state.countedMs) / 1000) * DIGITS_PER_SECOND
  const allowance = Math.min(DIGITS_AT_ONCE, state.allowance + elapsed)
  if (allowance < 1) return [{ ...state, allowance, countedMs: nowMs }, [{ type: 'flood' }]]
  const { ssrc, code, timestamp, sequence, ticks } = packet
  const sounding: Sounding = { ssrc, code, digit, timestamp, sequence, ticks, earlierTicks: 0 }
  const begun: DtmfState = { ...state, sounding, allowance: allowance - 1, countedMs: nowMs }
  const [next, effects] = update(begun, sounding, packet, ptimeMs)
  return [next, [{ type: 'digit', digit }, ...effects]]
}

function update(state: DtmfState, known: Sounding, packet: EventPacket, ptimeMs: number): DtmfStep {
  const nextSegment = isNextSegment(known, packet)
  const sounding: Sounding = {
    ...known,
    timestamp: packet.timestamp,
    sequence: packet.sequence,
    ticks: nextSegment ? packet.ticks : Math.max(known.ticks, packet.ticks),
    earlierTicks: known.earlierTicks + (nextSegment ? SEGMENT_TICKS : 0),
  }
  const next = { ...state, sounding }
  return packet.hasEnded ? end(next) : [next, [{ type: 'start', name: 'silence', ms: dtmfSilenceMs(ptimeMs) }]]
}

function end(state: DtmfState): DtmfStep {
  const { sounding, ...idle } = state
  if (!sounding) return [state, []]
  const over = [sounding, ...state.over].slice(0, REMEMBERED_EVENTS)
  const ticks = sounding.earlierTicks + sounding.ticks
  return [
    { ...idle, over },
    [
      { type: 'stop', name: 'silence' },
      { type: 'digit-end', digit: sounding.digit, ticks },
    ],
  ]
}
