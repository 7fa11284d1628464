/**
 * The dial race: one caller, one to ten targets, everything drawn from the seed. Says which of the named races really
 * happened, and what invariants did not hold.
 */
import type { Manners, PhoneCall, SimPhone } from '../peers/phone.ts'
import { cseqOf, field, methodOf, readText, statusOf } from '../peers/sip-text.ts'
import { Invariants } from '../world/invariants.ts'
import type { Link } from '../world/net.ts'
import { SeededRandom } from '../world/random.ts'
import { SWITCH, World } from '../world/world.ts'

export const RACES = [
  'two answers in one millisecond',
  'caller hangs up while it rings',
  'ring timeout crosses a 200',
  'failures of several kinds',
  'a 200 crosses our CANCEL',
  'a target never answers the CANCEL',
  'a target is not there at all',
  'early media',
] as const

export type Race = (typeof RACES)[number]

export interface RaceResult {
  readonly seed: number
  readonly races: ReadonlySet<Race>
  readonly violations: readonly string[]
  readonly steps: number
}

interface Plan {
  readonly link: Link
  readonly targets: readonly Manners[]
  readonly ringTimeoutS: number
  readonly answerOnBridge: boolean
  readonly callerGivesUpMs: number | undefined
  readonly talkMs: number
  readonly callerEnds: boolean
}

const FAILURES = [486, 480, 603, 500, 503, 404, 408, 600]

/** What happens is drawn so that close calls are common. */
function draw(random: SeededRandom): Plan {
  const ringTimeoutS = random.pick([2, 5, 10])
  const count = random.between(1, 10)
  const steady = random.chance(0.3)
  const delay: readonly [number, number] = steady ? [20, 20] : [random.between(1, 20), random.between(20, 120)]
  const link: Link = {
    loss: random.pick([0, 0, 0.02, 0.1, 0.2]),
    duplicate: random.pick([0, 0, 0.05, 0.2]),
    reorder: random.pick([0, 0.1, 0.3]),
    reorderMs: 300,
    delayMs: delay,
  }
  // Answers gather around a few moments, one of them the ring timeout.
  const moments = [random.between(200, ringTimeoutS * 1000 - 100), ringTimeoutS * 1000 + random.between(-150, 150)]
  const spreadMs = random.pick([0, 0, 5, 60, 400])
  const single = count === 1
  const targets = Array.from({ length: count }, () => drawTarget(random, moments, spreadMs, single))
  return {
    link,
    targets,
    ringTimeoutS,
    answerOnBridge: random.chance(0.7),
    callerGivesUpMs: random.chance(0.3) ? random.between(0, ringTimeoutS * 1000 + 1_000) : undefined,
    talkMs: random.between(200, 3_000),
    callerEnds: random.chance(0.5),
  }
}

function drawTarget(random: SeededRandom, moments: readonly number[], spreadMs: number, single: boolean): Manners {
  const kind = random.unit()
  const ringAfterMs = random.between(10, 150)
  const early = random.chance(single ? 0.5 : 0.2)
  const momentMs = random.pick(moments) + (spreadMs === 0 ? 0 : random.between(0, spreadMs))
  const ringing: Manners = {
    ringAfterMs,
    early,
    talkFrames: 3,
    answersCancel: random.chance(0.1),
    deafToCancel: random.chance(0.1),
  }
  if (kind < 0.5) return { ...ringing, answerAfterMs: Math.max(ringAfterMs + 1, momentMs) }
  if (kind < 0.75) return { ...ringing, reject: { status: random.pick(FAILURES), afterMs: random.between(5, 4_000) } }
  if (kind < 0.95) return ringing
  return { dead: true }
}

/** One seed, one world. `trace` gives a hash of everything that was delivered. */
export function dialRace(
  seed: number,
  options: { readonly trace?: boolean; readonly print?: (line: string) => void } = {},
): RaceResult & { readonly hash: string } {
  const random = new SeededRandom(seed, 'race')
  const plan = draw(random)
  const world = new World({ seed, link: plan.link, trace: options.trace ?? false })
  if (options.print) printLadder(world, options.print)
  const invariants = new Invariants(world)
  const witness = new Witness(world)
  const caller = world.phone('caller')
  const targets = plan.targets.map((manners, index) => {
    const phone = world.phone(`target${index}`)
    phone.manners = manners
    return phone
  })
  world.serve(path =>
    path === '/call'
      ? [
          {
            verb: 'dial',
            answerOnBridge: plan.answerOnBridge,
            timeout: plan.ringTimeoutS,
            target: targets.map(phone => ({ type: 'sip', sipUri: phone.uri })),
          },
        ]
      : undefined,
  )
  const call = caller.call('1', SWITCH, { talkFrames: 3 })
  script(world, plan, caller, call, targets)
  play(world, invariants, call)
  invariants.finish()
  return {
    seed,
    races: witness.races(plan, call),
    violations: invariants.violations,
    steps: world.timeline.steps,
    hash: options.trace ? world.net.traceHash() : '',
  }
}

/** Who hangs up, and when. */
function script(world: World, plan: Plan, caller: SimPhone, call: PhoneCall, targets: readonly SimPhone[]): void {
  const clock = world.timeline.clock()
  if (plan.callerGivesUpMs !== undefined) clock.after(plan.callerGivesUpMs, () => caller.hangUp(call))
  const look = (): void => {
    if (call.ended) return
    const talking = targets
      .flatMap(phone => phone.calls.map(other => ({ phone, other })))
      .find(({ other }) => other.acked && !other.ended)
    if (!call.answered || !talking) {
      clock.after(500, look)
      return
    }
    clock.after(plan.talkMs, () => (plan.callerEnds ? caller.hangUp(call) : talking.phone.hangUp(talking.other)))
    clock.after(plan.talkMs + 3_000, () => caller.hangUp(call))
  }
  clock.after(500, look)
}

/** SIP messages and what the flow hears, a line each. */
function printLadder(world: World, print: (line: string) => void): void {
  const at = (): string => world.timeline.now.toFixed(1).padStart(9)
  world.net.tap(({ bytes, from, to }, what) => {
    if (from.port !== SWITCH.port || to.port !== SWITCH.port) return
    const text = readText(bytes)
    const cseq = statusOf(text) > 0 ? ` (${field(text, 'cseq')})` : ''
    print(`${at()} ${what.padEnd(9)} ${from.address} > ${to.address} ${text.start}${cseq} ${field(text, 'call-id')}`)
  })
  world.onObserved = ({ what }) => {
    if (what.type === 'session') print(`${at()} session   ${JSON.stringify(what.event).slice(0, 160)}`)
    else
      print(
        `${at()} ${what.type.padEnd(9)} ${what.leg.info.direction} ${what.leg.info.state} ${what.leg.info.cause ?? ''}`,
      )
  }
}

const LIMIT_MS = 240_000

/** Until the switch has no call left. */
function play(world: World, invariants: Invariants, call: PhoneCall): void {
  const limit = world.timeline.now + LIMIT_MS
  let seen = false
  while (world.timeline.step(limit)) {
    invariants.check()
    const { size } = world.switch.calls
    if (size > 0) seen = true
    if (seen && size === 0) return
    if (!seen && call.ended && world.timeline.now > 40_000) return
  }
}

/** Watches the wire for the races that the test plan names. */
class Witness {
  readonly #world: World
  /** First 2xx of each called leg, as it reached the switch. */
  readonly #answeredAt = new Map<string, number>()
  readonly #canceledAt = new Map<string, number>()
  readonly #cancelConfirmed = new Set<string>()
  readonly #failures = new Set<number>()
  #ringTimeoutAt: number | undefined
  #wonAt: number | undefined

  constructor(world: World) {
    this.#world = world
    world.net.tap(({ bytes, from, to }, what) => {
      const now = world.timeline.now
      if (to.address === SWITCH.address && to.port === SWITCH.port && what === 'delivered') this.#heard(bytes, now)
      else if (from.address === SWITCH.address && from.port === SWITCH.port && what === 'sent') {
        const text = readText(bytes)
        if (methodOf(text) !== 'CANCEL') return
        const callId = field(text, 'call-id')
        if (!this.#canceledAt.has(callId)) this.#canceledAt.set(callId, now)
      }
    })
    const before = world.onObserved
    world.onObserved = observed => {
      before?.(observed)
      if (observed.what.type !== 'session') return
      const event = observed.what.event as { type: string; message?: string }
      if (event.type === 'group-won') this.#wonAt = observed.atMs
      if (event.type === 'group-lost' && event.message === 'Ring timeout') this.#ringTimeoutAt = observed.atMs
    }
  }

  races(plan: Plan, call: PhoneCall): ReadonlySet<Race> {
    const races = new Set<Race>()
    const answers = [...this.#answeredAt.values()].sort((a, b) => a - b)
    if (answers.some((at, index) => index > 0 && at - (answers[index - 1] as number) < 1))
      races.add('two answers in one millisecond')
    const gaveUpAt = call.times['cancel'] ?? (call.byeSent ? call.times['bye'] : undefined)
    if (gaveUpAt !== undefined && (this.#wonAt === undefined || gaveUpAt < this.#wonAt))
      races.add('caller hangs up while it rings')
    const late = this.#ringTimeoutAt
    if (late !== undefined && answers.some(at => at >= late)) races.add('ring timeout crosses a 200')
    if (this.#failures.size > 1) races.add('failures of several kinds')
    if ([...this.#canceledAt].some(([id, at]) => (this.#answeredAt.get(id) ?? -1) >= at))
      races.add('a 200 crosses our CANCEL')
    const unheard = [...this.#canceledAt.keys()].some(id => !this.#cancelConfirmed.has(id))
    const deaf = this.#world.phones.some(
      phone => phone.manners.deafToCancel && phone.calls.some(({ times }) => times['cancelReceived']),
    )
    if (unheard && deaf) races.add('a target never answers the CANCEL')
    if (plan.targets.some(({ dead }) => dead)) races.add('a target is not there at all')
    if (call.statuses.includes(183)) races.add('early media')
    return races
  }

  #heard(bytes: Uint8Array, now: number): void {
    const text = readText(bytes)
    const status = statusOf(text)
    const { method } = cseqOf(text)
    const callId = field(text, 'call-id')
    if (method === 'CANCEL' && status >= 200) this.#cancelConfirmed.add(callId)
    if (method !== 'INVITE' || status < 200) return
    if (status < 300) {
      if (!this.#answeredAt.has(callId)) this.#answeredAt.set(callId, now)
    } else if (status !== 487) this.#failures.add(status)
  }
}
