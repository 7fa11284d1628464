/**
 * Lives of calls, drawn from a seed: flows, phones, webhooks and the network do whatever they may, at any moment, and
 * what must hold holds all the same.
 */
import type { Manners, PhoneCall, SimPhone } from '../peers/phone.ts'
import { methodOf, type PhoneSdp, readText } from '../peers/sip-text.ts'
import type { SimReply } from '../world/http.ts'
import { Invariants } from '../world/invariants.ts'
import type { Datagram } from '../world/net.ts'
import { SeededRandom } from '../world/random.ts'
import { SWITCH, World } from '../world/world.ts'
import { voice, wav } from './sounds.ts'
import { programOf, WATCHED } from './story.ts'

export interface Life {
  readonly seed: number
  readonly violations: readonly string[]
  /** Of named things, how often they happened. */
  readonly events: Readonly<Record<string, number>>
}

/** After that everybody hangs up. */
const LIFE_MS = 40_000
/** Within which everything must be over. */
const LIMIT_MS = 240_000
/** What the last repeated datagram may have made lives no longer (64*T1). */
const REPEATS_END_MS = 32_000
const ACTIONS = 12

export function live(seed: number): Life {
  return new Drawn(seed).run()
}

class Drawn {
  readonly #seed: number
  readonly #random: SeededRandom
  readonly #world: World
  readonly #invariants: Invariants
  readonly #events: Record<string, number> = {}
  readonly #callees: SimPhone[]
  readonly #callers: SimPhone[]

  constructor(seed: number) {
    const random = new SeededRandom(seed, 'life')
    this.#seed = seed
    this.#random = random
    const slow = random.between(1, 80)
    const link = {
      loss: random.pick([0, 0, 0.03, 0.12]),
      duplicate: random.pick([0, 0, 0.1]),
      reorder: random.pick([0, 0, 0.2]),
      reorderMs: 250,
      delayMs: [random.between(1, slow), slow] as const,
    }
    const ports = { from: 20_000, to: random.chance(0.1) ? 20_005 : 20_999 }
    this.#world = new World({ seed, link, ports, mediaTimeoutMs: random.pick([60_000, 60_000, 2_000]) })
    this.#invariants = new Invariants(this.#world)
    this.#callees = Array.from({ length: random.between(1, 4) }, (_, index) => this.#phone(`b${index}`))
    this.#callers = Array.from({ length: random.between(1, 2) }, (_, index) => this.#phone(`a${index}`))
  }

  run(): Life {
    this.#furnish()
    for (const caller of this.#callers) this.#at(this.#random.between(0, 3_000), () => this.#call(caller))
    if (this.#random.chance(0.2)) this.#at(this.#random.between(0, 3_000), () => this.#place())
    if (this.#random.chance(0.5)) this.#repeatOldDatagrams()
    if (this.#random.chance(0.15)) this.#at(this.#random.between(500, 20_000), () => this.#endAll())
    this.#step(LIFE_MS)
    this.#sweep(LIMIT_MS)
    this.#step(REPEATS_END_MS)
    this.#invariants.finish()
    const violations = [...this.#invariants.violations, ...recordFaults(this.#world), ...statusFaults(this.#world)]
    return { seed: this.#seed, violations, events: this.#events }
  }

  #count(event: string): void {
    this.#events[event] = (this.#events[event] ?? 0) + 1
  }

  #at(delayMs: number, run: () => void): void {
    this.#world.timeline.clock().after(delayMs, run)
  }

  #step(ms: number): void {
    const end = this.#world.timeline.now + ms
    while (this.#world.timeline.step(end)) this.#invariants.check()
    this.#world.timeline.runUntil(end)
  }

  /** Everybody who is still there hangs up, and in the end the operator, until nothing is left. */
  #sweep(limitMs: number): void {
    const { timeline } = this.#world
    const end = timeline.now + limitMs
    // A hook that failed is tried again after a while.
    for (let quiet = 0; quiet < 3 && timeline.now < end; ) {
      for (const phone of this.#world.phones) for (const call of phone.calls) phone.hangUp(call)
      this.#step(1_000)
      if (timeline.now > end - limitMs / 2) for (const call of this.#world.switch.calls) call.hangup('operator')
      quiet = this.#world.switch.calls.size > 0 || this.#world.http.pending > 0 ? 0 : quiet + 1
    }
  }

  // --- the surroundings

  #furnish(): void {
    const random = this.#random
    const world = this.#world
    world.recordMs = random.pick([0, 1, 1, 300])
    world.lookUpMs = random.pick([0, 0, 150])
    world.files.delayMs = random.pick([1, 1, 700])
    world.dns.delayMs = random.pick([2, 400])
    world.files.contents.set('/prompts/hello.wav', wav(440, random.between(300, 1_500)))
    world.files.contents.set('/prompts/torn.wav', wav(440, 500).subarray(0, 900))
    world.dns.hosts.set('b0.test', [this.#callees[0]?.address ?? ''])
    world.contacts.set(
      'team',
      this.#callees.map(phone => phone.uri),
    )
    const fallback = random.chance(0.5) ? { fallback: programOf([{ verb: 'play', url: 'hello.wav' }]) } : {}
    world.applications.set('1', { ...WATCHED, ...fallback })
    world.http.server = request => this.#reply(new URL(request.url).pathname)
  }

  #phone(name: string): SimPhone {
    const phone = this.#world.phone(name)
    phone.manners = this.#manners()
    phone.onRequest = () => this.#random.pick([200, 200, 200, 491, 488])
    return phone
  }

  #manners(): Manners {
    const random = this.#random
    const kind = random.unit()
    const ringAfterMs = random.between(10, 300)
    const common: Manners = {
      ringAfterMs,
      early: random.chance(0.25),
      talkFrames: random.between(0, 100),
      answersCancel: random.chance(0.1),
      deafToCancel: random.chance(0.05),
      sdp: { payloadTypes: random.pick([[0], [0], [8], [8], [0, 8], [0, 8], [9]]), events: random.pick([0, 101, 96]) },
    }
    if (kind < 0.6)
      return {
        ...common,
        answerAfterMs: ringAfterMs + random.between(1, 4_000),
        ...(random.chance(0.3) && { hangUpAfterMs: random.between(0, 6_000) }),
      }
    if (kind < 0.75)
      return {
        ...common,
        reject: { status: random.pick([486, 480, 603, 500, 404]), afterMs: random.between(5, 3_000) },
      }
    if (kind < 0.9) return common
    return { dead: true }
  }

  // --- the application

  #reply(path: string): SimReply | undefined {
    const random = this.#random
    const delayMs = random.pick([5, 5, 50, 800, 3_000])
    const kind = random.unit()
    if (path === '/status') return kind < 0.9 ? { status: 204, delayMs } : undefined
    if (kind < 0.03) return undefined
    if (kind < 0.06) return { fault: 'refused' }
    if (kind < 0.1) return { status: random.pick([500, 404, 302]), delayMs }
    if (kind < 0.13) return { text: random.pick(['nonsense', '[{"verb":"fly"}]', '']), delayMs }
    return { json: path === '/call' || random.chance(0.5) ? this.#flow() : [], delayMs }
  }

  #flow(): object[] {
    return Array.from({ length: this.#random.pick([0, 1, 2, 3, 4]) }, () => this.#verb())
  }

  #verb(): object {
    const random = this.#random
    const hook = random.chance(0.5) ? { actionHook: random.pick(['/a', '/b']) } : {}
    const url = random.pick([
      'hello.wav',
      'torn.wav',
      'missing.wav',
      'tone_stream://%(700,0,440)',
      'silence_stream://900',
    ])
    const verbs: (() => object)[] = [
      () => ({ verb: 'answer' }),
      () => ({ verb: 'alert', message: 'x' }),
      () => ({ verb: 'pause', length: random.between(0, 3) }),
      () => ({ verb: 'play', url, loop: random.pick([1, 2]), earlyMedia: random.chance(0.3), ...hook }),
      () => ({
        verb: 'gather',
        numDigits: 2,
        timeout: random.between(1, 4),
        interDigitTimeout: 1,
        play: { url },
        ...hook,
      }),
      () => this.#dial(hook),
      () => this.#dial(hook),
      () => this.#dial(hook),
      () => ({ verb: 'redirect', actionHook: '/a' }),
      () => ({ verb: 'tag', data: { n: random.between(0, 9) } }),
      () => ({ verb: 'hangup' }),
      () => ({ verb: 'sip:decline', status: 486 }),
    ]
    return random.pick(verbs)()
  }

  #dial(hook: object): object {
    const random = this.#random
    const target = this.#callees.map(phone => ({ type: 'sip', sipUri: phone.uri }))
    if (random.chance(0.2)) target.splice(0, 1, { type: 'sip', sipUri: 'sip:b0@b0.test' })
    const targets: object[] = random.chance(0.2)
      ? [{ type: 'user', name: 'team' }]
      : target.slice(0, random.between(1, target.length))
    return {
      verb: 'dial',
      target: targets,
      answerOnBridge: random.chance(0.5),
      timeout: random.between(1, 6),
      ...(random.chance(0.3) && { timeLimit: random.between(1, 8) }),
      ...(random.chance(0.3) && { dialMusic: random.pick(['hello.wav', 'missing.wav']) }),
      ...hook,
    }
  }

  // --- the phones

  #call(caller: SimPhone): void {
    const random = this.#random
    const late = random.chance(0.15)
    const payloadTypes = random.pick([[0], [0], [8], [0, 8], [8, 0], [8, 9], [9]])
    const call = caller.call('1', SWITCH, {
      sdp: late ? null : { payloadTypes, events: random.pick([0, 101, 96]) },
      ...(late && { lateAnswer: random.chance(0.15) ? null : { payloadTypes } }),
      talkFrames: random.between(0, 200),
    })
    this.#count('calls')
    this.#script(caller, () => call)
    for (const callee of this.#callees) this.#script(callee, () => callee.calls.at(-1))
    if (random.chance(0.5)) this.#at(random.between(0, 15_000), () => this.#hangUp(caller, call))
  }

  /** Things that a phone does in a call, now and then. */
  #script(phone: SimPhone, callOf: () => PhoneCall | undefined): void {
    for (let action = 0; action < ACTIONS; action++) {
      this.#at(this.#random.between(0, 12_000), () => {
        const call = callOf()
        if (call?.acked && !call.ended && !call.byeSent) this.#act(phone, call)
      })
    }
  }

  #act(phone: SimPhone, call: PhoneCall): void {
    const random = this.#random
    const offers: Partial<PhoneSdp>[] = [
      { direction: 'sendonly' },
      { direction: 'inactive' },
      { direction: 'sendrecv' },
      { address: '0.0.0.0' },
      { payloadTypes: [8] },
      { payloadTypes: [0, 8] },
      { payloadTypes: [9] },
      { events: 97 },
    ]
    const acts: (readonly [name: string, act: () => void])[] = [
      ['offer', () => phone.reinvite(call, random.pick(offers))],
      ['offer', () => phone.reinvite(call, random.pick(offers))],
      ['late offer', () => phone.reinvite(call, null)],
      [
        'move',
        () => {
          phone.moveMedia(call)
          phone.reinvite(call, {})
        },
      ],
      ['digits', () => call.audio?.press(random.pick(['1', '12', '#', '1*2#']))],
      ['INFO', () => phone.request(call, 'INFO', ['Content-Type: application/dtmf'], random.pick(['1', '2', 'x']))],
      ['voice', () => call.audio?.talk(random.between(1, 100), voice(700))],
      ['hang up', () => this.#hangUp(phone, call)],
      ['power failure', () => random.chance(0.2) && phone.close()],
    ]
    const [name, act] = random.pick(acts)
    this.#count(name)
    act()
  }

  #hangUp(phone: SimPhone, call: PhoneCall): void {
    if (call.ended) return
    this.#count(call.answered ? 'BYE' : 'CANCEL')
    phone.hangUp(call)
  }

  // --- the network

  /**
   * What was delivered once comes again, later than any network delivers. Not so late that it is rightly something new:
   * an INVITE is a new call T4 after the last one failed, an answer is released once timer M has forgotten its INVITE.
   */
  #repeatOldDatagrams(): void {
    const { net, timeline } = this.#world
    const old = new Map<Datagram['bytes'], Datagram & { readonly atMs: number }>()
    net.tap((datagram, what) => {
      const isSignalling = datagram.to.port === SWITCH.port && datagram.to.address === SWITCH.address
      const isNew = what === 'delivered' && !old.has(datagram.bytes)
      if (isSignalling && isNew) old.set(datagram.bytes, { ...datagram, atMs: timeline.now })
    })
    for (let count = 0; count < 30; count++) {
      this.#at(this.#random.between(500, LIFE_MS), () => {
        const datagram = old.size > 0 ? this.#random.pick([...old.values()]) : undefined
        if (!datagram) return
        const isInvite = methodOf(readText(datagram.bytes)) === 'INVITE'
        if (timeline.now - datagram.atMs > (isInvite ? 4_000 : 28_000)) return
        this.#count('repeated')
        net.send(datagram)
      })
    }
  }

  // --- the operator

  #place(): void {
    const [callee] = this.#callees
    if (!callee) return
    this.#count('placed')
    this.#world.switch.calls.place(
      {
        target: { type: 'sip', uri: callee.uri, path: '$.to' },
        application: this.#world.applications.get('1') ?? WATCHED,
        callerId: '+4930901820',
        ringTimeoutMs: this.#random.between(500, 5_000),
        ...(this.#random.chance(0.3) && { limitMs: this.#random.between(500, 5_000) }),
      },
      () => {},
    )
  }

  #endAll(): void {
    for (const call of this.#world.switch.calls) {
      this.#count('ended by operator')
      call.hangup('operator')
    }
  }
}

/** What the records say that cannot be. */
function recordFaults({ started, ended }: World): string[] {
  const faults: string[] = []
  const begun = new Map(started.map(record => [record.leg.id, record]))
  if (begun.size !== started.length || started.length !== ended.length)
    faults.push(`${started.length} records begun, ${ended.length} completed`)
  for (const { leg, answeredAtMs, ringingAtMs, endedAtMs, durationMs, answeredMs } of ended) {
    const startedAtMs = begun.get(leg.id)?.startedAtMs ?? Number.POSITIVE_INFINITY
    const times = [startedAtMs, ringingAtMs, answeredAtMs, endedAtMs].filter(time => time !== undefined)
    if (times.some((time, index) => index > 0 && time < (times[index - 1] ?? 0)))
      faults.push(`times ${times.join(' ')}`)
    if (leg.outcome === undefined || leg.endedBy === undefined || leg.cause === undefined)
      faults.push(`${leg.id} has no end`)
    if (leg.outcome === 'completed' && answeredAtMs === undefined) faults.push('completed without an answer')
    if (answeredAtMs === undefined && answeredMs > 0) faults.push(`${answeredMs} ms without an answer`)
    if (answeredMs > durationMs) faults.push(`answered for ${answeredMs} of ${durationMs} ms`)
  }
  return faults
}

const PROGRESS = ['trying', 'ringing', 'early-media', 'in-progress', 'end']

/** Statuses that the application heard of a leg: forward only, and one end for what began. */
function statusFaults({ http }: World): string[] {
  const heard = new Map<unknown, string[]>()
  const requests = new Set<unknown>()
  for (const { request, payload } of http.received) {
    const key = request.headers['idempotency-key']
    if (!request.url.endsWith('/status') || payload['event'] !== undefined || requests.has(key)) continue
    requests.add(key)
    const status = String(payload['call_status'])
    const statuses = heard.get(payload['call_sid']) ?? []
    heard.set(payload['call_sid'], [...statuses, PROGRESS.includes(status) ? status : 'end'])
  }
  const faults: string[] = []
  for (const statuses of heard.values()) {
    const steps = statuses.map(status => PROGRESS.indexOf(status))
    const isForward = steps.every((step, index) => index === 0 || step > (steps[index - 1] ?? 0))
    // A leg that could not even be tried has nothing but its end.
    const isWhole = statuses.at(-1) === 'end' && (statuses[0] === 'trying' || statuses.length === 1)
    if (!isForward || !isWhole) faults.push(`statuses ${statuses.join(' ')}`)
  }
  return faults
}
