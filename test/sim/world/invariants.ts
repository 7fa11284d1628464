/**
 * What must hold of the switch after every event, and once all is quiet. Read from the wire and from the switch's own
 * counts; the numbers are those of the test plan.
 */
import { branchIn, cseqOf, field, methodOf, readText, statusOf, type Text, tagIn } from '../peers/sip-text.ts'
import type { Datagram } from './net.ts'
import { SWITCH, type World } from './world.ts'

/** 64*T1 + T4 + 1 s: how long anything may outlive the last leg. */
const QUIET_MS = 38_000
const RELEASE_WITHIN_MS = 100
const FULL_CHECK_EVERY = 100

/** An INVITE that somebody sent to the switch. */
interface Incoming {
  readonly finals: Set<number>
}

/** An answer that reached the switch. */
interface Answer {
  readonly atMs: number
  delivered: number
  acks: number
  byeAtMs: number | undefined
  readonly callId: string
}

export class Invariants {
  readonly violations: string[] = []
  /** Addresses from which anything may come: what is said with them keeps to no rules. */
  readonly strangers = new Set<string>()
  /** Call-IDs of dialogs that are wanted: legs that won a race, calls that were placed, calls that came in. */
  readonly #wanted = new Set<string>()
  readonly #incoming = new Map<string, Incoming>()
  readonly #answers = new Map<string, Answer>()
  readonly #failures = new Map<string, { delivered: number; acks: number }>()
  readonly #cseqs = new Map<string, Map<string, number>>()
  readonly #outcomes = new Map<string, number>()
  readonly #bridgeEnds = new Map<string, number[]>()
  readonly #world: World
  #events = 0
  #lastLegAt = 0

  constructor(world: World) {
    this.#world = world
    world.net.tap((datagram, what) => this.#onDatagram(datagram, what))
    const before = world.onObserved
    world.onObserved = observed => {
      before?.(observed)
      const { what } = observed
      if (what.type === 'session') this.#onSession(observed.callId, what.event as { type: string })
      else if (what.type === 'leg-gone') this.#lastLegAt = observed.atMs
      else if (what.leg.info.parentId === undefined && what.leg.info.state === 'up')
        this.#wanted.add(what.leg.info.callId)
    }
  }

  /** After every event of the world. */
  check(): void {
    if (++this.#events % FULL_CHECK_EVERY === 0) this.#checkFull()
    else this.#checkCounts()
  }

  /** Once no call is left: runs the world on until it must be quiet. */
  finish(): void {
    const { calls } = this.#world.switch
    if (calls.size > 0) this.#fail('I6', `${calls.size} calls never ended: ${this.#describeCalls()}`)
    this.#world.timeline.runUntil(Math.max(this.#world.timeline.now, this.#lastLegAt + QUIET_MS))
    this.#checkFull()
    this.#checkQuiet()
    this.#checkWire()
    this.#checkStale()
  }

  #fail(id: string, message: string): void {
    if (this.violations.length < 20)
      this.violations.push(`${id} at ${this.#world.timeline.now.toFixed(1)} ms: ${message}`)
  }

  // --- after each event

  #checkCounts(): void {
    const { calls } = this.#world.switch
    const { legs } = this.#world.media.counts()
    if (legs > calls.mediaLegs) this.#fail('I6', `${legs} media legs for ${calls.mediaLegs} legs of calls`)
  }

  #checkFull(): void {
    this.#checkCounts()
    const { media, switch: sw } = this.#world
    const counts = media.counts()
    // I9: a pair of ports for each open leg, and those that rest.
    const { legs, portsInUse, portsResting } = counts
    const pairs = (this.#world.net.socketsOf(SWITCH.address) - 1) / 2
    if (portsInUse !== legs || pairs < legs || pairs > legs + portsResting) {
      this.#fail('I9', `${pairs} pairs of sockets, ${portsInUse} in use and ${portsResting} resting, for ${legs} legs`)
    }
    const live = new Set<string>()
    for (const call of sw.calls) {
      let legs = 0
      for (const leg of call.legs) {
        legs++
        live.add(leg.info.callId)
      }
      if (legs === 0 && call.timers === 0 && this.#world.http.pending === 0)
        this.#fail('I6', `call ${call.id} has no leg`)
    }
    for (const { kind, method, callId, state, timers } of sw.sip.transactions()) {
      const awaited = live.has(callId)
      if (timers === 0 && !awaited) this.#fail('I10', `${kind} ${method} of ${callId} rests in ${state} for nobody`)
    }
  }

  // --- when all is quiet

  #checkQuiet(): void {
    const { media, switch: sw, switchClock, http } = this.#world
    const counts = media.counts()
    const left = {
      timers: switchClock.armed,
      transactions: [...sw.sip.transactions()].length,
      dialogs: sw.sip.dialogs,
      calls: sw.calls.size,
      mediaLegs: sw.calls.mediaLegs,
      legs: counts.legs,
      tasks: counts.tasks,
      ports: counts.portsInUse + counts.portsResting,
      sockets: this.#world.net.socketsOf(SWITCH.address) - 1,
      hooks: http.pending,
    }
    for (const [name, value] of Object.entries(left)) if (value !== 0) this.#fail('I7', `${value} ${name} left`)
  }

  #checkWire(): void {
    for (const [key, { finals }] of this.#incoming) {
      if (finals.size === 0) this.#fail('I1', `INVITE ${key} has no final answer`)
    }
    for (const [key, { delivered, acks }] of this.#failures) {
      if (acks < 1) this.#fail('I2', `failure of ${key} came ${delivered} times and was never acknowledged`)
    }
    for (const [key, answer] of this.#answers) this.#checkAnswer(key, answer)
    for (const [callId, outcomes] of this.#outcomes) {
      if (outcomes !== 1) this.#fail('I4', `group ${callId} has ${outcomes} outcomes`)
    }
    for (const [bridge, [first = 0, second]] of this.#bridgeEnds) {
      if (second !== undefined && second - first > 32_000)
        this.#fail('I6', `legs of ${bridge} end ${second - first} ms apart`)
    }
  }

  #checkAnswer(key: string, { delivered, acks, atMs, byeAtMs, callId }: Answer): void {
    if (acks < delivered) this.#fail('I2', `2xx of ${key} came ${delivered} times and was acknowledged ${acks} times`)
    if (this.#wanted.has(callId)) return
    if (byeAtMs === undefined) this.#fail('I3', `2xx of ${key} was not kept and had no BYE`)
    else if (byeAtMs - atMs > RELEASE_WITHIN_MS) this.#fail('I3', `BYE of ${key} came after ${byeAtMs - atMs} ms`)
  }

  /** I8, I12: everything that was said once more, except what rightly starts something. */
  #checkStale(): void {
    const { net, switch: sw, timeline } = this.#world
    const calls = sw.calls.size
    for (const datagram of this.#heard) net.send(datagram)
    timeline.runUntil(timeline.now + 5_000)
    if (sw.calls.size !== calls || sw.sip.dialogs > 0) this.#fail('I8', 'late messages made a call or a dialog')
    timeline.runUntil(timeline.now + QUIET_MS)
    if (this.#world.switchClock.armed > 0) this.#fail('I8', 'late messages left timers')
  }

  readonly #heard: Datagram[] = []

  // --- the wire

  #onDatagram(datagram: Datagram, what: 'sent' | 'lost' | 'delivered'): void {
    if (this.strangers.has(datagram.from.address) || this.strangers.has(datagram.to.address)) return
    const toSwitch = datagram.to.address === SWITCH.address && datagram.to.port === SWITCH.port
    const fromSwitch = datagram.from.address === SWITCH.address && datagram.from.port === SWITCH.port
    if (toSwitch && what === 'delivered') this.#onHeard(readText(datagram.bytes), datagram)
    else if (fromSwitch && what === 'sent') this.#onSaid(readText(datagram.bytes))
  }

  #onHeard(text: Text, datagram: Datagram): void {
    const status = statusOf(text)
    const { method, number } = cseqOf(text)
    const isAnswer = method === 'INVITE' && status >= 200 && status < 300
    if (status > 0 ? !isAnswer : methodOf(text) !== 'INVITE') this.#heard.push(datagram)
    const callId = field(text, 'call-id')
    if (status === 0 && methodOf(text) === 'INVITE') {
      const key = `${callId} ${number} ${branchIn(field(text, 'via'))}`
      if (!this.#incoming.has(key)) this.#incoming.set(key, { finals: new Set() })
      this.#wanted.add(callId)
      return
    }
    if (method !== 'INVITE' || status < 200) return
    if (!isAnswer) {
      const key = `${callId} ${number}`
      const failure = this.#failures.get(key) ?? { delivered: 0, acks: 0 }
      failure.delivered++
      this.#failures.set(key, failure)
      return
    }
    const key = `${callId} ${tagIn(field(text, 'to'))}`
    const answer = this.#answers.get(key) ?? {
      atMs: this.#world.timeline.now,
      delivered: 0,
      acks: 0,
      byeAtMs: undefined,
      callId,
    }
    answer.delivered++
    this.#answers.set(key, answer)
  }

  #onSaid(text: Text): void {
    const status = statusOf(text)
    const callId = field(text, 'call-id')
    const { method, number } = cseqOf(text)
    if (status > 0) {
      if (method === 'INVITE' && status >= 200)
        this.#onFinalSaid(`${callId} ${number} ${branchIn(field(text, 'via'))}`, status)
      return
    }
    const tag = tagIn(field(text, 'to'))
    if (method === 'ACK') {
      const answer = this.#answers.get(`${callId} ${tag}`)
      if (answer) answer.acks++
      const failure = this.#failures.get(`${callId} ${number}`)
      if (failure) failure.acks++
    } else {
      if (method === 'BYE') {
        const answer = this.#answers.get(`${callId} ${tag}`)
        if (answer) answer.byeAtMs ??= this.#world.timeline.now
      }
      this.#checkCseq(text, callId, method, number)
    }
  }

  #onFinalSaid(key: string, status: number): void {
    const incoming = this.#incoming.get(key)
    if (!incoming) return
    incoming.finals.add(status)
    if (incoming.finals.size > 1) this.#fail('I1', `INVITE ${key} was answered ${[...incoming.finals].join(' and ')}`)
  }

  /** I5: a new request of a dialog has a higher number than the one before; a repetition has the same branch. */
  #checkCseq(text: Text, callId: string, method: string, number: number): void {
    if (method === 'CANCEL') return
    const dialog = `${callId} ${tagIn(field(text, 'from'))} ${tagIn(field(text, 'to'))}`
    const branch = /branch=([^;]+)/.exec(field(text, 'via'))?.[1] ?? ''
    const known = this.#cseqs.get(dialog) ?? new Map<string, number>()
    this.#cseqs.set(dialog, known)
    const before = known.get(branch)
    if (before !== undefined && before !== number) this.#fail('I5', `branch ${branch} changed its number`)
    if (before === undefined) {
      for (const other of known.values())
        if (other >= number) this.#fail('I5', `${method} ${number} of ${dialog} after ${other}`)
      known.set(branch, number)
    }
  }

  // --- the session

  #onSession(callId: string, event: { type: string; group?: string; leg?: { callId: string; id: string } }): void {
    if (event.type === 'group-won' || event.type === 'group-lost') {
      const key = `${callId} ${event.group}`
      this.#outcomes.set(key, (this.#outcomes.get(key) ?? 0) + 1)
      if (event.type === 'group-won' && event.leg) this.#wanted.add(event.leg.callId)
    }
  }

  #describeCalls(): string {
    const described: string[] = []
    for (const call of this.#world.switch.calls) {
      for (const leg of call.legs) described.push(`${leg.info.direction} ${leg.info.state} ${leg.info.cause ?? ''}`)
      if (described.length > 5) break
    }
    return described.join('; ') || 'without legs'
  }
}
