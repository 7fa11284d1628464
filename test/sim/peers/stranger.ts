/**
 * A host that says whatever it is told to, and keeps what it hears.
 */
import type { DatagramSocket } from '../../../src/base/index.ts'
import { SWITCH, type World } from '../world/world.ts'
import { methodOf, readText, statusOf, type Text, writeText } from './sip-text.ts'

export interface ReplyOptions {
  /** Added to To. */
  readonly tag?: string
  readonly headers?: readonly string[]
  readonly body?: string
}

export class Stranger {
  readonly address: string
  readonly heard: Text[] = []
  #socket: DatagramSocket | undefined

  constructor(world: World, address = '10.0.66.6') {
    this.address = address
    world.net
      .host(address)
      .openDatagram({ address, port: 5060, onDatagram: bytes => this.heard.push(readText(bytes)) }, opened => {
        if (opened.ok) this.#socket = opened.socket
      })
  }

  /** Bytes as they are, or text as octets. */
  say(message: string | Uint8Array, port = SWITCH.port): void {
    const bytes = typeof message === 'string' ? Buffer.from(message, 'latin1') : message
    this.#socket?.send(bytes, port, SWITCH.address)
  }

  /** A request of these lines with what every request has; `with` replaces lines of that name. */
  request(method: string, replaced: Readonly<Record<string, string | undefined>> = {}, body = ''): string {
    const lines: Record<string, string | undefined> = {
      Via: `SIP/2.0/UDP ${this.address}:5060;branch=z9hG4bK${this.heard.length}${method};rport`,
      'Max-Forwards': '70',
      From: `<sip:stranger@${this.address}>;tag=s1`,
      To: '<sip:1@10.0.0.1>',
      'Call-ID': `${method}-${this.heard.length}@${this.address}`,
      CSeq: `1 ${method}`,
      Contact: `<sip:stranger@${this.address}>`,
      'Content-Length': String(body.length),
      ...replaced,
    }
    const head = Object.entries(lines).filter(([, value]) => value !== undefined)
    return `${method} sip:1@10.0.0.1 SIP/2.0\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
  }

  /** Answers a request that was heard. */
  reply(request: Text, status: number, { tag = '', headers = [], body = '' }: ReplyOptions = {}): void {
    const copied = ['Via', 'Record-Route', 'From', 'To', 'Call-ID', 'CSeq'].flatMap(name =>
      (request.fields.get(name.toLowerCase()) ?? []).map(value => `${name}: ${value}`),
    )
    const lines = copied.map(line => (line.startsWith('To:') && tag !== '' ? `${line};tag=${tag}` : line))
    this.say(
      writeText(
        [`SIP/2.0 ${status} Whatever`, ...lines, ...headers, body !== '' && 'Content-Type: application/sdp'],
        body,
      ),
    )
  }

  /** Requests of a method that were heard, retransmissions too. */
  requests(method: string): readonly Text[] {
    return this.heard.filter(text => methodOf(text) === method)
  }

  /** Statuses that came back. */
  get statuses(): readonly number[] {
    return this.heard.map(statusOf).filter(status => status > 0)
  }
}
