import { pcma } from '../../../src/media/codec/pcma.ts'
import { pcmu } from '../../../src/media/codec/pcmu.ts'
import type { MediaCounts, MediaEvent, RemoteMedia } from '../../../src/media/index.ts'
import { LocalMedia, type PortRange } from '../../../src/media/index.ts'
import { Phone } from './phone.ts'
import { seededRandom } from './seeded-random.ts'
import { VirtualClock } from './virtual-clock.ts'
import { VirtualNet } from './virtual-net.ts'

export const PCMU = pcmu.format
export const PCMA = pcma.format
export const OUR_ADDRESS = '192.0.2.1'

/** A leg as the tests see it. */
export interface Line {
  readonly leg: number
  readonly address: string
  readonly port: number
}

/** The media core in virtual time, with phones around it. */
export class Studio {
  readonly clock = new VirtualClock()
  readonly net = new VirtualNet(this.clock)
  readonly media: LocalMedia
  readonly events: MediaEvent[] = []
  #phones = 0

  constructor({ seed = 1, ports }: { seed?: number; ports?: PortRange } = {}) {
    const options = { net: this.net, clock: this.clock, random: seededRandom(seed) }
    this.media = new LocalMedia(ports ? { ...options, ports } : options)
    this.media.onEvent = event => this.events.push(event)
  }

  /** An open leg without a far end. */
  line(mediaTimeoutMs = 0): Line {
    const leg = this.media.open({ address: OUR_ADDRESS, mediaTimeoutMs })
    this.clock.advance(0)
    const opened = this.events.find(event => event.type === 'opened' && event.leg === leg)
    if (opened?.type !== 'opened') throw new Error('The leg did not open.')
    return { leg, address: OUR_ADDRESS, port: opened.port }
  }

  phone(address = `198.51.100.${++this.#phones}`, port = 4000): Phone {
    return new Phone(this.net, this.clock, address, port)
  }

  /** An open leg whose far end is the phone, and nobody has spoken yet. */
  connect(phone: Phone, remote: Partial<RemoteMedia> = {}, mediaTimeoutMs = 0): Line {
    const line = this.line(mediaTimeoutMs)
    this.media.setRemote(line.leg, remoteOf(phone, remote))
    return line
  }

  /** Two phones on a bridge. */
  call(
    one: Partial<RemoteMedia> = {},
    other: Partial<RemoteMedia> = {},
  ): { phones: [Phone, Phone]; lines: [Line, Line] } {
    const phones: [Phone, Phone] = [this.phone(), this.phone()]
    const lines: [Line, Line] = [this.connect(phones[0], one), this.connect(phones[1], other)]
    this.media.bridge(lines[0].leg, lines[1].leg)
    return { phones, lines }
  }

  eventsOf<Type extends MediaEvent['type']>(type: Type): (MediaEvent & { type: Type })[] {
    return this.events.filter((event): event is MediaEvent & { type: Type } => event.type === type)
  }

  counts(): MediaCounts {
    return this.media.counts()
  }
}

export const remoteOf = (phone: Phone, changes: Partial<RemoteMedia> = {}): RemoteMedia => ({
  address: phone.address,
  port: phone.port,
  rtcpPort: phone.port + 1,
  rtcpMux: false,
  signallingAddress: phone.address,
  send: PCMU,
  receive: [PCMU],
  direction: 'sendrecv',
  ptimeMs: 20,
  ...changes,
})

export const TELEPHONE_EVENTS = { sendPayloadType: 101, receivePayloadType: 101, clockRateHz: 8000 }
