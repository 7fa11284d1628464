/**
 * A scripted phone: a user agent with the retransmissions of RFC 3261 and whatever manners the script gives it. It is
 * written apart from the switch's own stack, so that the two can disagree.
 */
import type { Clock, Net, StreamNet, Timer } from '../../../src/base/index.ts'
import type { SeededRandom } from '../world/random.ts'
import { PhoneAudio } from './audio.ts'
import { datagramLine, type Hear, type SipLine, StreamLine } from './line.ts'
import {
  branchIn,
  cseqOf,
  field,
  methodOf,
  type PhoneSdp,
  readSdp,
  readText,
  statusOf,
  type Text,
  tagIn,
  uriIn,
  writeSdp,
  writeText,
} from './sip-text.ts'

/** What the phone does with a call that comes in. Times from the INVITE. */
export interface Manners {
  readonly ringAfterMs?: number
  /** 183 with media in place of 180. */
  readonly early?: boolean
  /** 183 with media at that time, beside what rings. */
  readonly earlyAfterMs?: number
  readonly answerAfterMs?: number
  readonly reject?: { readonly status: number; readonly afterMs: number }
  /** Does not even hear the INVITE. */
  readonly dead?: boolean
  /** Goes on ringing: no answer to the CANCEL, no 487. */
  readonly deafToCancel?: boolean
  /** Answers the call when the CANCEL comes: 200 to both. */
  readonly answersCancel?: boolean
  readonly hangUpAfterMs?: number
  /** Wants digest credentials first; `always` asks for them again, whatever comes. */
  readonly challenge?: { readonly status: 401 | 407; readonly line: string; readonly always?: boolean }
  readonly sdp?: Partial<PhoneSdp>
  /** Voice packets to send once the answer is acknowledged, or with 183. */
  readonly talkFrames?: number
  /** In place of the description that `sdp` makes; empty: none. */
  readonly body?: string
}

export interface PhoneOptions {
  readonly clock: Clock
  readonly net: Net
  /** SIP goes over TCP. */
  readonly streams?: StreamNet
  readonly random: SeededRandom
  readonly address: string
  readonly port?: number
  readonly rtpPort?: number
  readonly name?: string
}

const T1 = 500
const T2 = 4_000
const LIMIT = 64 * T1

/** One call as the phone saw it. */
export class PhoneCall {
  readonly outgoing: boolean
  readonly callId: string
  localTag: string
  remoteTag = ''
  /** Statuses received (outgoing) or sent (incoming), in order, without repeats. */
  readonly statuses: number[] = []
  invite: Text | undefined
  /** Incoming: the ACK to our 200 came. Outgoing: we sent it. */
  acked = false
  answered = false
  canceled = false
  cancelAnswered = false
  byeSent = false
  byeAnswered = false
  byeReceived = false
  /** The timer that ran out, with its method. */
  timedOut: string | undefined
  audio: PhoneAudio | undefined
  /** Final responses to requests inside the dialog, repeats too. */
  readonly answers: { readonly method: string; readonly status: number; readonly text: Text }[] = []
  /** Response bodies by status. */
  readonly bodies = new Map<number, string>()
  readonly times: Record<string, number> = {}
  /** Payload of the first ACK. */
  ended = false
  cseq = 1
  target = ''
  route: { readonly address: string; readonly port: number } = { address: '', port: 0 }
  fromLine = ''
  toLine = ''
  /** Things that are being repeated, by name. */
  readonly repeats = new Map<string, { timer: Timer; stop: Timer | undefined }>()
  lastResponse: Uint8Array | undefined
  via = ''
  branch = ''

  constructor(outgoing: boolean, callId: string, localTag: string) {
    this.outgoing = outgoing
    this.callId = callId
    this.localTag = localTag
  }
}

export class SimPhone {
  readonly calls: PhoneCall[] = []
  manners: Manners = { ringAfterMs: 100, answerAfterMs: 1_000 }
  /** Called for every request inside a dialog that is not BYE, ACK or CANCEL; gives the status. */
  onRequest: (text: Text, call: PhoneCall) => number = () => 200
  maxForwards = 70
  /** Sends no ACK to a 2xx any more. */
  silentAck = false
  /** Wants credentials for the next BYE as well. */
  challengeInDialog: Manners['challenge']
  readonly name: string
  readonly address: string
  readonly port: number
  readonly #clock: Clock
  readonly #net: Net
  readonly #random: SeededRandom
  readonly #rtpPort: number | undefined
  readonly line: SipLine
  #nextRtpPort: number
  readonly #byId = new Map<string, PhoneCall>()

  constructor({ clock, net, streams, random, address, port = 5060, rtpPort, name = 'phone' }: PhoneOptions) {
    this.#clock = clock
    this.#net = net
    this.#random = random
    this.address = address
    this.name = name
    this.#rtpPort = rtpPort
    this.#nextRtpPort = rtpPort ?? 20_000
    const hear: Hear = (bytes, from) => this.#receive(bytes, from)
    const local = { address, port }
    this.line = streams ? new StreamLine(streams, local, hear) : datagramLine(net, local, hear)
    this.port = this.line.port
  }

  get uri(): string {
    const transport = this.line.token === 'TCP' ? ';transport=tcp' : ''
    return `sip:${this.name}@${this.address}:${this.port}${transport}`
  }

  /** Gone from the network. */
  close(): void {
    this.line.close()
    for (const call of this.calls) this.#forget(call)
  }

  #forget(call: PhoneCall): void {
    for (const name of [...call.repeats.keys()]) this.#stopRepeat(call, name)
    call.audio?.close()
  }

  // --- calling

  call(
    to: string,
    via: { readonly address: string; readonly port: number },
    options: {
      readonly sdp?: Partial<PhoneSdp> | null
      readonly from?: string
      /** In From, quoted where it needs it. */
      readonly displayName?: string
      readonly headers?: readonly string[]
      readonly talkFrames?: number
      /** The body of the ACK, where the answer brought the offer. Null: none. */
      readonly lateAnswer?: Partial<PhoneSdp> | null
    } = {},
  ): PhoneCall {
    const call = new PhoneCall(true, `${this.#token()}@${this.address}`, this.#token())
    this.#add(call)
    call.route = via
    call.target = `sip:${to}@${via.address}:${via.port}`
    call.fromLine = `${options.displayName ?? ''}<sip:${options.from ?? this.name}@${this.address}>;tag=${call.localTag}`
    call.toLine = `<${call.target}>`
    call.branch = `z9hG4bK${this.#token()}`
    const body = options.sdp === null ? '' : this.#describe(call, options.sdp ?? {})
    const bytes = this.#request(
      call,
      'INVITE',
      call.cseq,
      call.branch,
      [...(options.headers ?? []), ...this.#contact()],
      body,
    )
    call.times['invite'] = this.#clock.now()
    this.#talkFrames.set(call, options.talkFrames ?? 0)
    if (options.sdp === null && options.lateAnswer !== null) this.#lateAnswers.set(call, options.lateAnswer ?? {})
    this.#repeat(call, 'invite', bytes, Number.POSITIVE_INFINITY, () => {
      call.timedOut = 'timer B on INVITE'
      call.ended = true
    })
    return call
  }

  readonly #talkFrames = new Map<PhoneCall, number>()
  readonly #lateAnswers = new Map<PhoneCall, Partial<PhoneSdp>>()

  cancel(call: PhoneCall): void {
    if (call.ended || call.answered || call.canceled) return
    call.canceled = true
    call.times['cancel'] = this.#clock.now()
    // RFC 3261 section 9.1: not before a provisional response.
    if (call.statuses.length > 0) this.#sendCancel(call)
  }

  #sendCancel(call: PhoneCall): void {
    const bytes = this.#request(call, 'CANCEL', call.cseq, call.branch, [], '')
    this.#repeat(call, 'cancel', bytes, T2, () => {
      call.timedOut ??= 'timer F on CANCEL'
    })
  }

  /** CANCEL or BYE, whichever the moment asks for. */
  hangUp(call: PhoneCall): void {
    if (call.ended || call.byeSent) return
    if (call.outgoing && !call.answered) {
      this.cancel(call)
      return
    }
    if (!call.answered) return
    call.byeSent = true
    call.times['bye'] = this.#clock.now()
    call.audio?.stop()
    this.#stopRepeat(call, 'success')
    this.#stopRepeat(call, 'invite') // an offer of ours that nobody has answered yet
    const bytes = this.#request(call, 'BYE', ++call.cseq, `z9hG4bK${this.#token()}`, [], '')
    this.#repeat(call, 'bye', bytes, T2, () => {
      call.timedOut ??= 'timer F on BYE'
      call.ended = true
    })
  }

  /** A request inside the dialog, repeated until answered. */
  request(call: PhoneCall, method: string, headers: readonly string[] = [], body = ''): void {
    const branch = `z9hG4bK${this.#token()}`
    const bytes = this.#request(call, method, ++call.cseq, branch, [...headers, ...this.#contact()], body)
    this.#repeat(call, method.toLowerCase(), bytes, T2, () => {
      call.timedOut ??= `timer F on ${method}`
    })
  }

  /** A new offer: hold, codec, address. Null asks for one. */
  reinvite(call: PhoneCall, sdp: Partial<PhoneSdp> | null): void {
    if (sdp === null) this.#lateAnswers.set(call, {})
    else this.#lateAnswers.delete(call)
    this.request(call, 'INVITE', [], sdp === null ? '' : this.#describe(call, sdp))
  }

  /** Voice at another port from now on: a new offer should say so. What was heard before is forgotten. */
  moveMedia(call: PhoneCall): void {
    const remote = call.audio?.remote
    call.audio?.close()
    call.audio = new PhoneAudio(this.#clock, this.#net, this.address, this.#freePort(), this.#random.u32())
    call.audio.remote = remote
  }

  #request(
    call: PhoneCall,
    method: string,
    cseq: number,
    branch: string,
    headers: readonly string[],
    body: string,
  ): Uint8Array {
    return writeText(
      [
        `${method} ${call.target} SIP/2.0`,
        `Via: SIP/2.0/${this.line.token} ${this.address}:${this.port};branch=${branch};rport`,
        `Max-Forwards: ${this.maxForwards}`,
        `From: ${call.fromLine}`,
        `To: ${call.toLine}`,
        `Call-ID: ${call.callId}`,
        `CSeq: ${cseq} ${method}`,
        ...headers,
        body !== '' && !headers.some(line => /^content-type:/i.test(line)) && 'Content-Type: application/sdp',
      ],
      body,
    )
  }

  #contact(): string[] {
    return [`Contact: <${this.uri}>`]
  }

  #describe(call: PhoneCall, sdp: Partial<PhoneSdp>): string {
    call.audio ??= new PhoneAudio(
      this.#clock,
      this.#net,
      this.address,
      this.#rtpPort === undefined ? this.#freePort() : this.#rtpPort,
      this.#random.u32(),
    )
    return writeSdp({ address: this.address, port: call.audio.port, ...sdp })
  }

  #freePort(): number {
    this.#nextRtpPort += 2
    return this.#nextRtpPort
  }

  #token(): string {
    return this.#random.u32().toString(36) + this.#random.u32().toString(36)
  }

  // --- the wire

  #send(bytes: Uint8Array, to: { readonly address: string; readonly port: number }): void {
    this.line.send(bytes, to)
  }

  /** Sends now and again after T1, doubling up to `cap`, for 64*T1. */
  #repeat(call: PhoneCall, name: string, bytes: Uint8Array, cap: number, timeout: () => void): void {
    this.#stopRepeat(call, name)
    const stop = this.#clock.after(LIMIT, () => {
      this.#stopRepeat(call, name)
      timeout()
    })
    const again = (afterMs: number): void => {
      const timer = this.#clock.after(afterMs, () => {
        if (this.line.token === 'UDP' || name === 'success') this.#send(bytes, call.route)
        again(Math.min(afterMs * 2, cap))
      })
      call.repeats.set(name, { timer, stop })
    }
    this.#send(bytes, call.route)
    again(T1)
  }

  #stopRepeat(call: PhoneCall, name: string): void {
    const repeat = call.repeats.get(name)
    repeat?.timer.cancel()
    repeat?.stop?.cancel()
    call.repeats.delete(name)
  }

  #receive(bytes: Uint8Array, source: { address: string; port: number }): void {
    const text = readText(bytes)
    if (statusOf(text) > 0) this.#onResponse(text, source)
    else this.#onRequestText(text, source)
  }

  #find(callId: string): PhoneCall | undefined {
    return this.#byId.get(callId)
  }

  #add(call: PhoneCall): void {
    this.calls.push(call)
    this.#byId.set(call.callId, call)
  }

  // --- responses to our requests

  #onResponse(text: Text, source: { address: string; port: number }): void {
    const call = this.#find(field(text, 'call-id'))
    if (!call) return
    const status = statusOf(text)
    const { method, number } = cseqOf(text)
    if (method === 'INVITE' && call.outgoing && number === 1) this.#onInviteResponse(call, text, status, source)
    else if (method === 'CANCEL' && status >= 200) {
      call.cancelAnswered = true
      this.#stopRepeat(call, 'cancel')
    } else if (method === 'BYE' && status >= 200) {
      this.#stopRepeat(call, 'bye')
      call.byeAnswered = true
      call.ended = true
    } else if (status >= 200) {
      this.#stopRepeat(call, method.toLowerCase())
      call.answers.push({ method, status, text })
      if (!call.statuses.includes(status)) call.statuses.push(status)
      if (method === 'INVITE' && status < 300) {
        call.bodies.set(status, text.body)
        this.#ack(call, text, number)
        this.#listen(call, text.body)
      } else if (method === 'INVITE') this.#ackFailure(call, text, number)
    }
  }

  /** RFC 3261 section 17.1.1.3: under the branch of the INVITE. */
  #ackFailure(call: PhoneCall, text: Text, number: number): void {
    const branch = branchIn(field(text, 'via'))
    this.#send(this.#request(call, 'ACK', number, branch, [], ''), call.route)
  }

  #onInviteResponse(call: PhoneCall, text: Text, status: number, source: { address: string; port: number }): void {
    if (!call.statuses.includes(status)) {
      call.statuses.push(status)
      call.times[String(status)] = this.#clock.now()
      call.bodies.set(status, text.body)
    }
    if (status < 200) {
      this.#stopRepeat(call, 'invite')
      if (call.canceled && !call.repeats.has('cancel') && !call.cancelAnswered) this.#sendCancel(call)
      if (text.body) this.#listen(call, text.body)
      return
    }
    this.#stopRepeat(call, 'invite')
    if (status >= 300) {
      this.#send(
        writeText([
          `ACK ${call.target} SIP/2.0`,
          `Via: SIP/2.0/${this.line.token} ${this.address}:${this.port};branch=${call.branch};rport`,
          'Max-Forwards: 70',
          `From: ${call.fromLine}`,
          `To: ${field(text, 'to')}`,
          `Call-ID: ${call.callId}`,
          'CSeq: 1 ACK',
        ]),
        source,
      )
      this.#stopRepeat(call, 'cancel')
      call.ended = true
      call.audio?.stop()
      return
    }
    const first = !call.answered
    call.answered = true
    call.remoteTag = tagIn(field(text, 'to'))
    call.toLine = field(text, 'to')
    call.target = uriIn(field(text, 'contact'))
    this.#ack(call, text, 1)
    call.acked = true
    if (!first) return
    call.times['answered'] = this.#clock.now()
    this.#listen(call, text.body, this.#lateAnswers.get(call)?.payloadTypes)
    call.audio?.talk(this.#talkFrames.get(call) ?? 0, this.#voice(call))
    // The 200 crossed our CANCEL: the call is up, so it is ended with BYE.
    if (call.canceled) this.hangUp(call)
  }

  #ack(call: PhoneCall, text: Text, number: number): void {
    if (this.silentAck) return
    const answer = this.#lateAnswers.get(call)
    const body = answer ? this.#describe(call, answer) : ''
    const bytes = writeText(
      [
        `ACK ${uriIn(field(text, 'contact'))} SIP/2.0`,
        `Via: SIP/2.0/${this.line.token} ${this.address}:${this.port};branch=z9hG4bK${this.#token()};rport`,
        'Max-Forwards: 70',
        `From: ${field(text, 'from')}`,
        `To: ${field(text, 'to')}`,
        `Call-ID: ${call.callId}`,
        `CSeq: ${number} ACK`,
        body !== '' && 'Content-Type: application/sdp',
      ],
      body,
    )
    this.#send(bytes, call.route)
  }

  /** Each phone has its own sound, so that one can tell whom it hears. */
  #voice(call: PhoneCall): (index: number) => Uint8Array {
    const mark = call.audio ? call.audio.port & 0xff : 0
    return () => new Uint8Array(160).fill(mark)
  }

  /** `own`: what the phone said it wants to send and be sent, in its answer to that description. */
  #listen(call: PhoneCall, body: string, own: readonly number[] = []): void {
    const remote = readSdp(body)
    const [payloadType = remote?.payloadType ?? 0] = own
    if (remote && call.audio) call.audio.remote = { ...remote, payloadType }
  }

  // --- requests of the switch

  #onRequestText(text: Text, source: { address: string; port: number }): void {
    const method = methodOf(text)
    const call = this.#find(field(text, 'call-id'))
    if (method === 'INVITE' && !call) {
      if (!this.manners.dead) this.#onInvite(text, source)
    } else if (!call) {
      if (method !== 'ACK') this.#respond(text, source, 481)
    } else this.#onCallRequest(call, method, text, source)
  }

  #onCallRequest(call: PhoneCall, method: string, text: Text, source: { address: string; port: number }): void {
    switch (method) {
      case 'INVITE':
        if (call.invite && cseqOf(text).number === cseqOf(call.invite).number) this.#inviteAgain(call, text, source)
        else this.#onReinvite(call, text, source)
        break
      case 'ACK':
        this.#stopRepeat(call, 'success')
        this.#stopRepeat(call, 'failure')
        if (call.answered && !call.acked) {
          call.acked = true
          call.times['ack'] = this.#clock.now()
          call.audio?.talk(this.manners.talkFrames ?? 0, this.#voice(call))
          const { hangUpAfterMs } = this.manners
          if (hangUpAfterMs !== undefined) this.#clock.after(hangUpAfterMs, () => this.hangUp(call))
        }
        break
      case 'CANCEL':
        this.#onCancel(call, text, source)
        break
      case 'BYE':
        if (this.challengeInDialog) {
          this.#challenge(this.challengeInDialog, text, source)
          this.challengeInDialog = undefined
          break
        }
        this.#stopRepeat(call, 'success')
        this.#stopRepeat(call, 'invite')
        call.byeReceived = true
        call.times['byeReceived'] ??= this.#clock.now()
        call.ended = true
        call.audio?.stop()
        this.#respond(text, source, 200)
        break
      default:
        this.#respond(text, source, this.onRequest(text, call))
    }
  }

  #onReinvite(call: PhoneCall, text: Text, source: { address: string; port: number }): void {
    const status = this.onRequest(text, call)
    if (status < 300) this.#listen(call, text.body)
    this.#respond(text, source, status, { contact: true, body: status < 300 ? this.#describe(call, {}) : '' })
  }

  #inviteAgain(call: PhoneCall, text: Text, source: { address: string; port: number }): void {
    const isAuthorized = text.fields.has('authorization') || text.fields.has('proxy-authorization')
    if (isAuthorized && call.invite && !call.invite.fields.has('authorization')) return
    if (call.lastResponse) this.#send(call.lastResponse, source)
  }

  #onInvite(text: Text, source: { address: string; port: number }): void {
    const manners = this.manners
    const { challenge } = manners
    const isAuthorized = text.fields.has('authorization') || text.fields.has('proxy-authorization')
    if (challenge && (challenge.always === true || !isAuthorized)) {
      this.#challenge(challenge, text, source)
      return
    }
    const call = new PhoneCall(false, field(text, 'call-id'), this.#token())
    this.#add(call)
    call.invite = text
    call.route = source
    call.remoteTag = tagIn(field(text, 'from'))
    call.target = uriIn(field(text, 'contact'))
    call.fromLine = `${field(text, 'to')};tag=${call.localTag}`
    call.toLine = field(text, 'from')
    call.times['invite'] = this.#clock.now()
    this.#schedule(call, manners)
  }

  #challenge(
    { status, line }: NonNullable<Manners['challenge']>,
    text: Text,
    source: { address: string; port: number },
  ): void {
    const name = status === 401 ? 'WWW-Authenticate' : 'Proxy-Authenticate'
    this.#respond(text, source, status, { lines: [`${name}: ${line}`] })
  }

  #schedule(call: PhoneCall, manners: Manners): void {
    const { ringAfterMs, earlyAfterMs, answerAfterMs, reject, early } = manners
    if (earlyAfterMs !== undefined) {
      this.#clock.after(earlyAfterMs, () => {
        if (!call.answered && !call.ended) this.#progress(call, 183, this.#description(call))
      })
    }
    if (ringAfterMs !== undefined) {
      this.#clock.after(ringAfterMs, () => {
        if (call.answered || call.ended) return
        if (early) this.#progress(call, 183, this.#description(call))
        else this.#progress(call, 180, '')
      })
    }
    if (answerAfterMs !== undefined) this.#clock.after(answerAfterMs, () => this.answer(call))
    if (reject) this.#clock.after(reject.afterMs, () => this.#reject(call, reject.status))
  }

  #progress(call: PhoneCall, status: number, body: string): void {
    if (!call.invite) return
    call.lastResponse = this.#response(call.invite, status, { tag: call.localTag, contact: true, body })
    this.#note(call, status)
    this.#send(call.lastResponse, call.route)
    if (body && call.audio) {
      this.#listen(call, call.invite.body, this.manners.sdp?.payloadTypes)
      call.audio.talk(this.manners.talkFrames ?? 0, this.#voice(call))
    }
  }

  answer(call: PhoneCall): void {
    if (call.answered || call.ended || !call.invite) return
    call.answered = true
    call.times['answered'] = this.#clock.now()
    const body = this.#description(call)
    const bytes = this.#response(call.invite, 200, { tag: call.localTag, contact: true, body })
    call.lastResponse = bytes
    this.#note(call, 200)
    this.#listen(call, call.invite.body, this.manners.sdp?.payloadTypes)
    this.#repeat(call, 'success', bytes, T2, () => {
      call.timedOut ??= 'no ACK'
      this.hangUp(call)
    })
  }

  #description(call: PhoneCall): string {
    const { body, sdp = {} } = this.manners
    const described = this.#describe(call, sdp)
    return body ?? described
  }

  #reject(call: PhoneCall, status: number): void {
    if (call.answered || call.ended || !call.invite) return
    call.ended = true
    const bytes = this.#response(call.invite, status, { tag: call.localTag })
    call.lastResponse = bytes
    this.#note(call, status)
    this.#repeat(call, 'failure', bytes, T2, () => {
      call.timedOut ??= 'timer H on INVITE'
    })
  }

  #onCancel(call: PhoneCall, text: Text, source: { address: string; port: number }): void {
    call.times['cancelReceived'] ??= this.#clock.now()
    if (this.manners.deafToCancel && !call.ended) return
    call.canceled = true
    this.#respond(text, source, 200)
    if (call.answered || call.ended) return
    if (this.manners.answersCancel) this.answer(call)
    else this.#reject(call, 487)
  }

  #note(call: PhoneCall, status: number): void {
    if (!call.statuses.includes(status)) call.statuses.push(status)
    call.times[String(status)] ??= this.#clock.now()
  }

  #respond(
    text: Text,
    source: { address: string; port: number },
    status: number,
    options: { lines?: readonly string[]; contact?: boolean; body?: string } = {},
  ): void {
    this.#send(this.#response(text, status, { tag: this.#token(), ...options }), source)
  }

  #response(
    text: Text,
    status: number,
    options: { tag: string; lines?: readonly string[]; contact?: boolean; body?: string },
  ): Uint8Array {
    const to = field(text, 'to')
    const body = options.body ?? ''
    return writeText(
      [
        `SIP/2.0 ${status} ${REASONS[status] ?? 'Whatever'}`,
        ...(text.fields.get('via') ?? []).map(via => `Via: ${via}`),
        ...(text.fields.get('record-route') ?? []).map(route => `Record-Route: ${route}`),
        `From: ${field(text, 'from')}`,
        `To: ${tagIn(to) === '' ? `${to};tag=${options.tag}` : to}`,
        `Call-ID: ${field(text, 'call-id')}`,
        `CSeq: ${field(text, 'cseq')}`,
        ...(options.lines ?? []),
        ...(options.contact ? this.#contact() : []),
        body !== '' && 'Content-Type: application/sdp',
      ],
      body,
    )
  }
}

const REASONS: Readonly<Record<number, string>> = {
  180: 'Ringing',
  183: 'Session Progress',
  200: 'OK',
  401: 'Unauthorized',
  407: 'Proxy Authentication Required',
  480: 'Temporarily Unavailable',
  481: 'Call/Transaction Does Not Exist',
  486: 'Busy Here',
  487: 'Request Terminated',
  488: 'Not Acceptable Here',
  503: 'Service Unavailable',
  603: 'Decline',
}
