/**
 * What went over the wire of the switch's SIP port, and whether the switch said anything that is not well formed.
 */
import type { SimPhone } from '../peers/phone.ts'
import { cseqOf, field, methodOf, readText, statusOf, type Text } from '../peers/sip-text.ts'
import type { Datagram } from '../world/net.ts'
import { SWITCH, type World } from '../world/world.ts'

export interface Message {
  readonly atMs: number
  /** From the switch, or to it. */
  readonly bySwitch: boolean
  /** The address of the other side. */
  readonly peer: string
  readonly text: Text
  readonly bytes: Uint8Array
}

/** RFC 3261 section 7.3: nothing but header lines may stand between the start line and the empty line. */
const HEAD = /^(?:[A-Z]+ \S+ SIP\/2\.0|SIP\/2\.0 [1-6]\d\d [^\r\n]*)\r\n(?:[A-Za-z0-9\-.!%*_+`'~]+: [^\r\n]*\r\n)+$/

export class Wire {
  /** What the switch said and what reached it, in order. */
  readonly messages: Message[] = []
  /** Why something that the switch said is not well formed. */
  readonly faults: string[] = []
  /** Addresses whose requests may lack what an answer copies. */
  readonly strangers = new Set<string>()
  readonly #world: World

  constructor(world: World) {
    this.#world = world
    world.net.tap((datagram, what) => this.#heard(datagram, what))
  }

  /** Requests of the switch to a phone, retransmissions too. */
  requestsTo(phone: SimPhone, method: string): readonly Message[] {
    return this.#of(phone, true).filter(({ text }) => methodOf(text) === method)
  }

  /** Requests of a phone that reached the switch. */
  requestsFrom(phone: SimPhone, method: string): readonly Message[] {
    return this.#of(phone, false).filter(({ text }) => methodOf(text) === method)
  }

  /** Responses of the switch to a phone, to requests of this method. */
  responsesTo(phone: SimPhone, method: string): readonly Message[] {
    return this.#of(phone, true).filter(({ text }) => statusOf(text) > 0 && cseqOf(text).method === method)
  }

  /** The first INVITE that the switch sent to a phone. */
  inviteTo(phone: SimPhone): Text {
    const [first] = this.requestsTo(phone, 'INVITE')
    if (!first) throw new Error(`${phone.name} got no INVITE.`)
    return first.text
  }

  /** Everything that the switch said, as it went out. */
  get said(): readonly string[] {
    return this.messages.filter(({ bySwitch }) => bySwitch).map(({ bytes }) => Buffer.from(bytes).toString('latin1'))
  }

  #of(phone: SimPhone, bySwitch: boolean): readonly Message[] {
    return this.messages.filter(message => message.bySwitch === bySwitch && message.peer === phone.address)
  }

  #heard({ bytes, from, to }: Datagram, what: 'sent' | 'lost' | 'delivered'): void {
    const bySwitch = what === 'sent' && from.address === SWITCH.address && from.port === SWITCH.port
    const toSwitch = what === 'delivered' && to.address === SWITCH.address && to.port === SWITCH.port
    if (!bySwitch && !toSwitch) return
    const peer = bySwitch ? to.address : from.address
    this.messages.push({ atMs: this.#world.timeline.now, bySwitch, peer, text: readText(bytes), bytes })
    const fault = bySwitch ? faultOf(bytes, !this.strangers.has(peer)) : undefined
    if (fault !== undefined) this.faults.push(fault)
  }
}

/** Undefined when the head is well formed, has every field once that must be there, and tells the length of the body. */
function faultOf(bytes: Uint8Array, isComplete: boolean): string | undefined {
  const whole = Buffer.from(bytes).toString('latin1')
  const end = whole.indexOf('\r\n\r\n')
  if (end < 0 || !HEAD.test(whole.slice(0, end + 2))) return `Not a SIP message: ${JSON.stringify(whole)}`
  const text = readText(bytes)
  if (!isComplete) return undefined
  for (const name of ['from', 'to', 'call-id', 'cseq', 'content-length']) {
    if (text.fields.get(name)?.length !== 1) return `${text.start} has no single ${name}`
  }
  if (!text.fields.has('via')) return `${text.start} has no via`
  if (Number(field(text, 'content-length')) !== whole.length - end - 4) return `${text.start} has a wrong length`
  return undefined
}
