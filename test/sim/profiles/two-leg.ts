/**
 * Two-leg calls over a network that loses datagrams: dial, answer, talk, hang up.
 */
import type { PhoneCall } from '../peers/phone.ts'
import type { Link } from '../world/net.ts'
import { SeededRandom } from '../world/random.ts'
import { SWITCH, World } from '../world/world.ts'

export interface TwoLegResult {
  readonly calls: number
  readonly completed: number
  /** By the timer that ran out. */
  readonly timeouts: Readonly<Record<string, number>>
  /** Calls that failed for another reason: defects. */
  readonly defects: readonly string[]
  readonly steps: number
}

const EVERY_MS = 40
/** Long enough for every timer of a call to run out. */
const AFTERWARDS_MS = 150_000
const TALK_FRAMES = 25

interface Pair {
  readonly call: PhoneCall
  readonly callee: { readonly calls: readonly PhoneCall[] }
}

/** `calls` calls, one every 40 ms of virtual time, at this loss per datagram and direction. */
export function twoLegCalls(seed: number, calls: number, loss: number): TwoLegResult {
  const link: Link = { loss, duplicate: 0, reorder: 0, reorderMs: 0, delayMs: [5, 40] }
  const world = new World({ seed, link })
  const random = new SeededRandom(seed, 'calls')
  const releases = new Map<string, string>()
  world.onObserved = ({ what }) => {
    if (what.type === 'leg-gone' && what.leg.unreleased) releases.set(what.leg.info.callId, what.leg.unreleased)
  }
  const uris = new Map<string, string>()
  world.serve((path, payload) =>
    path === '/call'
      ? [{ verb: 'dial', answerOnBridge: true, target: [{ type: 'sip', sipUri: uris.get(String(payload['from'])) }] }]
      : undefined,
  )
  const pairs: Pair[] = []
  for (let index = 0; index < calls; index++) {
    const block = `${1 + (index >> 12)}.${(index >> 4) & 255}`
    const caller = world.phone(`a${index}`, `10.${block}.${2 * (index & 15) + 1}`)
    const callee = world.phone(`b${index}`, `10.${block}.${2 * (index & 15) + 2}`)
    uris.set(caller.name, callee.uri)
    callee.manners = {
      ringAfterMs: random.between(20, 200),
      answerAfterMs: random.between(300, 3_000),
      talkFrames: TALK_FRAMES,
    }
    const callerEnds = random.chance(0.5)
    const afterMs = random.between(4_000, 6_000)
    world.timeline.runUntil(index * EVERY_MS)
    const call = caller.call('1', SWITCH, { talkFrames: TALK_FRAMES })
    pairs.push({ call, callee })
    endLater(world, caller, callee, call, callerEnds, afterMs)
  }
  world.run(AFTERWARDS_MS)
  return judge(world, pairs, releases)
}

/** Whoever ends the call does so once it is up, or gives up after a while. */
function endLater(
  world: World,
  caller: { hangUp(call: PhoneCall): void },
  callee: { readonly calls: readonly PhoneCall[]; hangUp(call: PhoneCall): void },
  call: PhoneCall,
  callerEnds: boolean,
  afterMs: number,
): void {
  const clock = world.timeline.clock()
  const look = (): void => {
    const other = callee.calls[0]
    if (call.ended) return
    if (!call.answered || !other?.acked) {
      if (clock.now() - (call.times['invite'] ?? 0) > 80_000) caller.hangUp(call)
      else clock.after(1_000, look)
    } else {
      clock.after(afterMs, () => (callerEnds ? caller.hangUp(call) : callee.hangUp(other)))
    }
  }
  clock.after(1_000, look)
}

function judge(world: World, pairs: readonly Pair[], releases: ReadonlyMap<string, string>): TwoLegResult {
  const timeouts: Record<string, number> = {}
  const defects: string[] = []
  let completed = 0
  const causes = new Map(world.ended.map(({ leg }) => [leg.callId, leg.cause ?? '']))
  for (const { call, callee } of pairs) {
    const other = callee.calls[0]
    const heard = (call.audio?.heard.length ?? 0) > 0 && (other?.audio?.heard.length ?? 0) > 0
    const ended = other && ((call.byeAnswered && other.byeReceived) || (other.byeAnswered && call.byeReceived))
    if (call.acked && other?.acked && heard && ended) {
      completed++
      continue
    }
    const ids = [call.callId, ...(other ? [other.callId] : [])]
    const named = [
      call.timedOut && `caller: ${call.timedOut}`,
      other?.timedOut && `callee: ${other.timedOut}`,
      ...ids.map(id => releases.get(id) && `switch: ${releases.get(id)}`),
      ...[...causes]
        .filter(([id, cause]) => ids.includes(id) && cause.startsWith('timer'))
        .map(([, cause]) => `switch: ${cause}`),
      ...world.ended
        .filter(({ leg }) => leg.parentId !== undefined && leg.from === call.fromLine.slice(5).split('@')[0])
        .flatMap(({ leg }) => (leg.cause?.startsWith('timer') ? [`switch: ${leg.cause}`] : [])),
    ].filter((name): name is string => typeof name === 'string')
    const cause = named[0]
    if (cause) timeouts[cause] = (timeouts[cause] ?? 0) + 1
    else defects.push(`${call.callId}: ${describe(call, other)}`)
  }
  return { calls: pairs.length, completed, timeouts, defects, steps: world.timeline.steps }
}

const describe = (call: PhoneCall, other: PhoneCall | undefined): string =>
  [call, other]
    .map(side =>
      side
        ? `${side.statuses.join('/')} acked ${side.acked} heard ${side.audio?.heard.length} bye ${side.byeSent}/${side.byeAnswered}/${side.byeReceived}`
        : 'never rung',
    )
    .join(' | ')
