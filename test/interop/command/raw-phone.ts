/**
 * A phone made of a UDP socket and text: just enough of SIP to see from outside what the switch sends.
 */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

const LOOPBACK = '127.0.0.1'

export class RawPhone {
  readonly #socket: Socket = createSocket('udp4')
  readonly #waiting: string[] = []
  #arrived: () => void = () => {}
  #branch = 0

  private constructor() {
    this.#socket.on('message', bytes => {
      this.#waiting.push(bytes.toString())
      this.#arrived()
    })
  }

  static async open(): Promise<RawPhone> {
    const phone = new RawPhone()
    phone.#socket.bind(0, LOOPBACK)
    await once(phone.#socket, 'listening')
    return phone
  }

  get port(): number {
    return this.#socket.address().port
  }

  close(): void {
    this.#socket.close()
  }

  /** The next message whose first line matches; others before it are passed over. */
  async next(firstLine: RegExp): Promise<string> {
    for (;;) {
      const message = this.#waiting.shift()
      if (message === undefined) {
        await new Promise<void>(resolve => {
          this.#arrived = resolve
        })
      } else if (firstLine.test(message)) return message
    }
  }

  /** Calls a number, and acknowledges the answer. */
  async call(number: string, sipPort: number): Promise<void> {
    const dialog = this.invite(number, sipPort)
    const answer = await this.next(/^SIP\/2\.0 200/)
    this.#request(sipPort, 'ACK', 1, { ...dialog, to: headerOf(answer, 'To'), body: '' })
  }

  /** Calls a number. */
  invite(number: string, sipPort: number): Dialog {
    const target = `sip:${number}@${LOOPBACK}:${sipPort}`
    const [from, callId] = [`<sip:tester@${LOOPBACK}>;tag=t1`, `call-${this.port}@${LOOPBACK}`]
    const dialog = { target, from, to: `<${target}>`, callId, body: this.#description() }
    this.#request(sipPort, 'INVITE', 1, dialog)
    return dialog
  }

  /** Answers a request of the switch, with our description if it is an INVITE. */
  respond(request: string, status: string, sipPort: number): void {
    const copied = ['Via', 'From', 'Call-ID', 'CSeq'].map(name => `${name}: ${headerOf(request, name)}`)
    const to = headerOf(request, 'To')
    const body = request.startsWith('INVITE') ? this.#description() : ''
    const lines = [
      `SIP/2.0 ${status}`,
      ...copied,
      `To: ${to.includes('tag=') ? to : `${to};tag=t2`}`,
      ...this.#common(body),
    ]
    this.#send(sipPort, lines, body)
  }

  #request(sipPort: number, method: string, cseq: number, dialog: Dialog): void {
    const lines = [
      `${method} ${dialog.target} SIP/2.0`,
      `Via: SIP/2.0/UDP ${LOOPBACK}:${this.port};branch=z9hG4bK${this.port}x${this.#branch++};rport`,
      `From: ${dialog.from}`,
      `To: ${dialog.to}`,
      `Call-ID: ${dialog.callId}`,
      `CSeq: ${cseq} ${method}`,
      'Max-Forwards: 70',
      ...this.#common(dialog.body),
    ]
    this.#send(sipPort, lines, dialog.body)
  }

  #common(body: string): readonly string[] {
    const type = body === '' ? [] : ['Content-Type: application/sdp']
    return [`Contact: <sip:tester@${LOOPBACK}:${this.port}>`, ...type, `Content-Length: ${body.length}`]
  }

  #description(): string {
    const lines = [
      'v=0',
      `o=- 1 1 IN IP4 ${LOOPBACK}`,
      's=-',
      `c=IN IP4 ${LOOPBACK}`,
      't=0 0',
      'm=audio 40000 RTP/AVP 0',
    ]
    return `${lines.join('\r\n')}\r\n`
  }

  #send(port: number, lines: readonly string[], body: string): void {
    this.#socket.send(`${lines.join('\r\n')}\r\n\r\n${body}`, port, LOOPBACK)
  }
}

interface Dialog {
  readonly target: string
  readonly from: string
  readonly to: string
  readonly callId: string
  readonly body: string
}

function headerOf(message: string, name: string): string {
  const value = new RegExp(`^${name}: *(.*?)\\r?$`, 'im').exec(message)?.[1]
  if (value === undefined) throw new Error(`No ${name} in ${message}`)
  return value
}
