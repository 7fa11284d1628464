/**
 * Datagrams, one after the other, to a whole endpoint that takes every call and makes one itself: what it sends can
 * be read, and once everybody has fallen silent nothing is left, no transaction, dialog or timer.
 */
import assert from 'node:assert/strict'
import { silentLog } from '../../src/base/index.ts'
import { openEndpoint, type SipEndpoint } from '../../src/sip/index.ts'
import { parseMessage } from '../../src/sip/message/parse.ts'
import type { Dialog, DialogDelegate, IncomingCallDelegate } from '../../src/sip/port.ts'
import { branchIn, field, readText, statusOf, type Text, tagIn } from '../sim/peers/sip-text.ts'
import { type SimClock, Timeline } from '../sim/world/clock.ts'
import { SimDns } from '../sim/world/files.ts'
import { SimNet } from '../sim/world/net.ts'
import { SeededRandom } from '../sim/world/random.ts'
import { SimStreams } from '../sim/world/streams.ts'
import { latin1 } from './mutate.ts'
import type { Target } from './target.ts'

/** Between datagrams of an input. */
const NEXT = '\n----\n'
const MOST_DATAGRAMS = 8

const HERE = { address: '10.0.0.1', port: 5060 }
const PEER = { address: '10.0.0.2', port: 5060 }
const BETWEEN_MS = 50
/** A call is hung up on after a while; then its transactions run out of time. */
const CALL_MS = 1_000
const QUIET_MS = 300_000

export const endpointTarget: Target = {
  name: 'endpoint',
  // Every datagram of it, and all that the endpoint says until it is quiet.
  limitMs: 100,
  seeds: () => SEQUENCES.map(datagrams => Buffer.from(datagrams.join(NEXT), 'latin1')),
  words: [
    ...[NEXT, '\r\n', ';', '=', '<', '>', '"', ' ', '0', '1', '2', '2147483647', '$TAG', '$BRANCH', '$FROM', '$CALL'],
    ...['INVITE', 'ACK', 'BYE', 'CANCEL', 'OPTIONS', 'INFO', 'UPDATE', 'REFER', 'MESSAGE', 'PRACK', 'NOTIFY'],
    ...['SIP/2.0 100 T', 'SIP/2.0 180 R', 'SIP/2.0 183 P', 'SIP/2.0 200 OK', 'SIP/2.0 202 A', 'SIP/2.0 302 M'],
    ...['SIP/2.0 401 U', 'SIP/2.0 407 P', 'SIP/2.0 481 X', 'SIP/2.0 487 T', 'SIP/2.0 491 G', 'SIP/2.0 503 S'],
    ...['z9hG4bK', 'z9hG4bKother', ';tag=p', ';tag=q', ';rport', ';received=10.9.9.9', ';maddr=10.9.9.9', ';lr'],
    ...['Record-Route: <sip:10.0.0.2;lr>\r\n', 'Record-Route: <sip:10.0.0.3>\r\n', 'Route: <sip:10.0.0.1;lr>\r\n'],
    ...['Contact: <sip:p@10.0.0.2>\r\n', 'Contact: <tel:1>\r\n', 'Contact: *\r\n', 'Contact: <sips:p@host>\r\n'],
    ...['Require: 100rel\r\n', 'RSeq: 1\r\n', 'Supported: timer\r\n', 'Session-Expires: 90\r\n', 'Max-Forwards: 0\r\n'],
    ...[
      'WWW-Authenticate: Digest realm="r", nonce="n"\r\n',
      'Proxy-Authenticate: Digest realm="r", nonce="n", qop="auth"\r\n',
    ],
    ...['Content-Type: application/sdp\r\n', 'Content-Length: 3\r\n', 'Retry-After: 1\r\n', 'sip:', 'tel:', '[::1]'],
  ],
  examine(bytes) {
    const datagrams = latin1(bytes).split(NEXT).slice(0, MOST_DATAGRAMS)
    const bench = new Bench()
    for (const datagram of datagrams) bench.say(datagram)
    bench.fallSilent()
    return bench.told
  },
}

class Bench {
  readonly #timeline = new Timeline()
  readonly #clock: SimClock = this.#timeline.clock()
  readonly #net = new SimNet(this.#timeline.clock(), new SeededRandom(1, 'network'))
  readonly #streams = new SimStreams(this.#timeline.clock(), new SeededRandom(1, 'streams'))
  readonly #sent: Text[] = []
  #endpoint: SipEndpoint | undefined

  constructor() {
    this.#net.tap(({ bytes, from }, what) => {
      if (what === 'sent' && from.address === HERE.address) this.#heard(bytes)
    })
    const clock = this.#clock
    openEndpoint(
      {
        clock,
        random: new SeededRandom(1, 'switch'),
        net: this.#net.host(HERE.address),
        streams: this.#streams.host(HERE.address),
        dns: new SimDns(clock),
        log: silentLog,
        bind: HERE,
      },
      opened => {
        if (!opened.ok) throw new Error(opened.message)
        this.#endpoint = opened.endpoint
      },
    )
    this.#take()
    this.#call()
    this.#timeline.runUntil(BETWEEN_MS)
  }

  get endpoint(): SipEndpoint {
    if (!this.#endpoint) throw new Error('The endpoint did not open.')
    return this.#endpoint
  }

  /** What the endpoint has said so far, in short. */
  get told(): string {
    const starts = this.#sent.map(text => statusOf(text) || text.start.split(' ')[0])
    return [...new Set(starts)].sort().join(' ')
  }

  /** The peer says it; `$` words stand for what the endpoint made up. */
  say(datagram: string): void {
    const response = this.#sent.findLast(text => statusOf(text) > 100)
    const request = this.#sent.findLast(text => statusOf(text) === 0)
    const whole = datagram
      .replaceAll('$TAG', () => tagIn(response ? field(response, 'to') : ''))
      .replaceAll('$BRANCH', () => branchIn(request ? field(request, 'via') : ''))
      .replaceAll('$FROM', () => tagIn(request ? field(request, 'from') : ''))
      .replaceAll('$CALL', () => (request ? field(request, 'call-id') : ''))
    this.#net.send({ bytes: Buffer.from(whole, 'latin1'), from: PEER, to: HERE })
    this.#timeline.runUntil(this.#timeline.now + BETWEEN_MS)
  }

  /** Nobody says anything any more. */
  fallSilent(): void {
    this.#timeline.runUntil(this.#timeline.now + QUIET_MS)
    const left = [...this.endpoint.transactions()].length
    assert.deepEqual(
      { left, dialogs: this.endpoint.dialogs, timers: this.#clock.armed },
      { left: 0, dialogs: 0, timers: 0 },
    )
  }

  #heard(bytes: Uint8Array): void {
    const text = readText(bytes)
    this.#sent.push(text)
    const result = parseMessage(bytes)
    // A request that could not be read is answered with its own lines.
    const isCopy = statusOf(text) >= 400 && statusOf(text) < 600
    if (!result.ok && !isCopy) assert.fail(`sent: ${result.message}: ${JSON.stringify(latin1(bytes))}`)
  }

  #take(): void {
    this.endpoint.onInvite = (call): IncomingCallDelegate => {
      call.ring()
      this.#clock.after(BETWEEN_MS * 2, () => call.answer(SOME_BODY))
      return { ...DELEGATE, onCancel: () => {}, onEstablished: dialog => this.#hangUpOn(dialog) }
    }
  }

  #call(): void {
    const params = {
      uri: `sip:p@${PEER.address}`,
      from: { uri: `sip:s@${HERE.address}` },
      nextHop: PEER,
      body: SOME_BODY,
      auth: { username: 'u', password: 'p' },
    }
    const call = this.endpoint.invite(params, {
      ...DELEGATE,
      onProvisional: () => {},
      onAnswered: (_, dialog) => this.#hangUpOn(dialog),
      onFailed: () => {},
    })
    this.#clock.after(CALL_MS, () => call.cancel())
  }

  #hangUpOn(dialog: Dialog): void {
    dialog.reinvite(SOME_BODY, () => {})
    this.#clock.after(CALL_MS, () => dialog.bye())
  }
}

const SOME_BODY = { contentType: 'application/sdp', bytes: Buffer.from('v=0\r\n') }

const DELEGATE: DialogDelegate = {
  onReinvite: request => request.answer(SOME_BODY),
  onRequest: request => request.respond(200),
  onEnd: () => {},
}

const request = (method: string, cseq: number, { branch = `b${cseq}`, to = '', more = '' } = {}): string =>
  `${method} sip:s@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK${branch}\r\nFrom: <sip:p@10.0.0.2>;tag=p\r\n` +
  `To: <sip:s@10.0.0.1>${to}\r\nCall-ID: c\r\nCSeq: ${cseq} ${method}\r\nContact: <sip:p@10.0.0.2>\r\n${more}\r\n`

const response = (status: string, cseq: string, more = ''): string =>
  `SIP/2.0 ${status}\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=$BRANCH\r\nFrom: <sip:s@10.0.0.1>;tag=$FROM\r\n` +
  `To: <sip:p@10.0.0.2>;tag=q\r\nCall-ID: $CALL\r\nCSeq: ${cseq}\r\nContact: <sip:p@10.0.0.2>\r\n${more}\r\n`

const TAG = { to: ';tag=$TAG' }

const SEQUENCES: readonly (readonly string[])[] = [
  [request('OPTIONS', 1)],
  [request('INVITE', 1), request('CANCEL', 1)],
  [request('INVITE', 1), request('BYE', 2, TAG)],
  [
    ...[request('INVITE', 1), request('OPTIONS', 9, { branch: 'x' }), request('OPTIONS', 10, { branch: 'y' })],
    ...[request('ACK', 1, TAG), request('INFO', 2, TAG), request('INVITE', 3, TAG), request('ACK', 3, TAG)],
    request('BYE', 4, TAG),
  ],
  [
    response('180 R', '1 INVITE'),
    response('200 OK', '1 INVITE'),
    response('491 P', '2 INVITE'),
    response('200 OK', '3 BYE'),
  ],
  [response('183 P', '1 INVITE', 'Require: 100rel\r\nRSeq: 1\r\n'), response('486 Busy', '1 INVITE')],
  [
    response('401 U', '1 INVITE', 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"\r\n'),
    response('200 OK', '2 INVITE'),
  ],
  [response('302 M', '1 INVITE')],
]
