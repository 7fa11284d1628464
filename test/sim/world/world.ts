/**
 * The whole switch in one thread and virtual time: its network, webhooks, files and phones are simulated, everything
 * else is the code that runs in production. The same seed gives the same run.
 */
import { noMetrics, silentLog } from '../../../src/base/index.ts'
import type {
  CallObservation,
  CallRecords,
  Destination,
  LegRecord,
  LegRecordEnd,
  TrunkInfo,
} from '../../../src/calls/index.ts'
import type { ApplicationInfo, Program } from '../../../src/flow/index.ts'
import { decodeSound, LocalMedia, type PortRange, Prompts, tonePlans } from '../../../src/media/index.ts'
import { type Switch, startSwitch } from '../../../src/switch.ts'
import { type PhoneOptions, SimPhone } from '../peers/phone.ts'
import { type SimClock, Timeline } from './clock.ts'
import { SimDns, SimFiles } from './files.ts'
import { SimHttp } from './http.ts'
import { type Link, SimNet } from './net.ts'
import { SeededRandom } from './random.ts'
import { SimStreams } from './streams.ts'

export const SWITCH = { address: '10.0.0.1', port: 5060 }

export interface WorldOptions {
  readonly seed: number
  readonly link?: Link
  readonly mediaTimeoutMs?: number
  /** Hash every delivery. */
  readonly trace?: boolean
  readonly ports?: PortRange
}

export const APPLICATION: ApplicationInfo = {
  sid: 'app-1',
  accountSid: 'account-1',
  dialect: 'jambonz',
  callHook: { url: 'http://app.test/call', method: 'POST' },
}

export interface Observed {
  readonly atMs: number
  readonly callId: string
  readonly what: CallObservation
}

export class World {
  readonly timeline = new Timeline()
  /** Timers of the switch alone. */
  readonly switchClock: SimClock
  readonly random: SeededRandom
  readonly net: SimNet
  readonly streams: SimStreams
  readonly http: SimHttp
  readonly files: SimFiles
  readonly dns: SimDns
  readonly media: LocalMedia
  readonly phones: SimPhone[] = []
  readonly started: LegRecord[] = []
  readonly ended: LegRecordEnd[] = []
  readonly applications = new Map<string, ApplicationInfo>()
  /** Numbers with a program of their own. */
  readonly programs = new Map<string, Program>()
  readonly trunks = new Map<string, TrunkInfo>()
  readonly contacts = new Map<string, readonly string[]>()
  /** How long a row takes to be written. */
  recordMs = 1
  /** How long it takes to find out whom a number, trunk or user belongs to; 0: the answer is there at once. */
  lookUpMs = 0
  onObserved: ((observed: Observed) => void) | undefined
  readonly #peerClock: SimClock
  #switch: Switch | undefined

  constructor({ seed, link, mediaTimeoutMs = 60_000, trace = false, ports }: WorldOptions) {
    this.switchClock = this.timeline.clock()
    this.#peerClock = this.timeline.clock()
    this.random = new SeededRandom(seed, 'workload')
    this.net = new SimNet(this.timeline.clock(), new SeededRandom(seed, 'network'))
    this.streams = new SimStreams(this.timeline.clock(), new SeededRandom(seed, 'streams'))
    if (link) this.net.link = link
    if (trace) this.net.startTrace()
    this.http = new SimHttp(this.#peerClock)
    this.files = new SimFiles(this.#peerClock)
    this.dns = new SimDns(this.#peerClock)
    const net = this.net.host(SWITCH.address)
    const clock = this.switchClock
    const random = new SeededRandom(seed, 'switch')
    this.media = new LocalMedia({ net, clock, random, ...(ports && { ports }) })
    const prompts = new Prompts({
      clock,
      files: this.files,
      http: this.http,
      decode: decodeSound,
      rootDirectory: '/prompts',
    })
    this.applications.set('1', APPLICATION)
    startSwitch(
      {
        clock,
        random,
        net,
        streams: this.streams.host(SWITCH.address),
        dns: this.dns,
        http: this.http,
        log: silentLog,
        metrics: noMetrics,
        media: this.media,
        prompts,
        routes: { destination: (call, done) => this.#lookUp(() => done(this.#destination(call.to))) },
        directory: {
          trunk: (name, done) =>
            this.#lookUp(() => done(name === undefined ? [...this.trunks.values()][0] : this.trunks.get(name))),
          contacts: (user, done) => this.#lookUp(() => done(this.contacts.get(user) ?? [])),
        },
        records: this.#records(clock),
      },
      {
        sipBind: { address: SWITCH.address, port: SWITCH.port },
        tones: tonePlans.eu,
        mediaTimeoutMs,
        observe: (call, what) => this.onObserved?.({ atMs: this.timeline.now, callId: call.id, what }),
      },
      result => {
        if (!result.ok) throw new Error(result.message)
        this.#switch = result.value
      },
    )
  }

  get switch(): Switch {
    if (!this.#switch) throw new Error('The switch did not start.')
    return this.#switch
  }

  /** A phone with an address of its own. */
  phone(name: string, address = this.#nextAddress(), port = 5060): SimPhone {
    return this.#phone({ name, address, port })
  }

  /** One that speaks SIP over TCP. */
  streamPhone(name: string, address = this.#nextAddress()): SimPhone {
    return this.#phone({ name, address, streams: this.streams.host(address) })
  }

  #nextAddress(): string {
    return `10.0.1.${this.phones.length + 1}`
  }

  #phone(options: Pick<PhoneOptions, 'address' | 'port' | 'streams'> & { readonly name: string }): SimPhone {
    const phone = new SimPhone({
      clock: this.#peerClock,
      net: this.net.host(options.address),
      random: new SeededRandom(this.random.u32(), options.name),
      ...options,
    })
    this.phones.push(phone)
    return phone
  }

  /** A plain function of the request path, for applications. */
  serve(answers: (path: string, payload: Record<string, unknown>) => unknown): void {
    this.http.server = request => {
      const { pathname } = new URL(request.url)
      const payload = this.http.received.at(-1)?.payload ?? {}
      const json = answers(pathname, payload)
      return json === undefined ? { status: 204 } : { json }
    }
  }

  run(ms: number): void {
    this.timeline.runUntil(this.timeline.now + ms)
  }

  runUntil(condition: () => boolean, limitMs: number): boolean {
    const limit = this.timeline.now + limitMs
    while (!condition()) if (!this.timeline.step(limit)) return condition()
    return true
  }

  #lookUp(found: () => void): void {
    if (this.lookUpMs > 0) this.#peerClock.after(this.lookUpMs, found)
    else found()
  }

  #destination(to: string): Destination {
    const program = this.programs.get(to)
    if (program) return { ok: true, application: APPLICATION, program }
    const application = this.applications.get(to)
    return application ? { ok: true, application } : { ok: false, status: 404, reason: 'Unknown number' }
  }

  #records(clock: SimClock): CallRecords {
    return {
      started: (record, done) => {
        this.started.push(record)
        clock.after(this.recordMs, done)
      },
      ended: end => this.ended.push(end),
    }
  }
}
