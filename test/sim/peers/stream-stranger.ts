/**
 * A host with one stream to the switch that says whatever it is told to, and keeps what it hears.
 */
import type { StreamSocket } from '../../../src/base/index.ts'
import { SWITCH, type World } from '../world/world.ts'

export class StreamStranger {
  /** Everything that came, as octets. */
  heard = ''
  isClosed = false
  #socket: StreamSocket | undefined

  constructor(world: World, address = '10.0.66.6') {
    world.streams.host(address).connectStream({
      ...SWITCH,
      onOpen: socket => {
        this.#socket = socket
      },
      onData: bytes => {
        this.heard += Buffer.from(bytes).toString('latin1')
      },
      onClose: () => {
        this.isClosed = true
      },
    })
    world.run(5)
  }

  get isOpen(): boolean {
    return this.#socket !== undefined && !this.isClosed
  }

  say(text: string): void {
    this.#socket?.send(Buffer.from(text, 'latin1'))
  }

  close(): void {
    this.#socket?.end()
  }

  /** Status lines that came, in order. */
  get statuses(): readonly number[] {
    return [...this.heard.matchAll(/^SIP\/2\.0 (\d{3})/gm)].map(([, status]) => Number(status))
  }
}

/** A request over TCP, complete; `body` may be anything. */
export function streamRequest(method: string, callId: string, body = '', more: readonly string[] = []): string {
  return [
    `${method} sip:1@10.0.0.1 SIP/2.0`,
    `Via: SIP/2.0/TCP 10.0.66.6:5060;branch=z9hG4bK${callId}`,
    'Max-Forwards: 70',
    'From: <sip:stranger@10.0.66.6>;tag=s1',
    'To: <sip:1@10.0.0.1>',
    `Call-ID: ${callId}`,
    `CSeq: 1 ${method}`,
    'Contact: <sip:stranger@10.0.66.6;transport=tcp>',
    ...more,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n')
}
