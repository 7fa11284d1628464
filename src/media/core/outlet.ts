/**
 * The way out for packets: rows are gathered and handed to the network together.
 */
import {
  IN_SLOTS,
  memoryAt,
  OUT_FIELDS,
  OUT_LENGTH,
  OUT_OFFSET,
  OUT_SLOTS,
  OUT_SOCKET,
  type RtpIo,
  SLOT_BYTES,
} from '../io/rtp-io.ts'
import { RTP_HEADER_BYTES, type RtpPacket, writeRtp } from '../rtp/packet.ts'
import type { Leg } from './leg.ts'

export class Outlet {
  readonly #io: RtpIo
  #rows = 0

  constructor(io: RtpIo) {
    this.#io = io
  }

  /** Where in the arena the payload of a packet made here goes; header and all of a slot are free around it. */
  payloadAt(): number {
    if (this.#rows === OUT_SLOTS) this.flush()
    return (IN_SLOTS + this.#rows) * SLOT_BYTES + RTP_HEADER_BYTES
  }

  /** Sends a packet whose payload is in a slot, with the header right before it. */
  send(leg: Leg, packet: RtpPacket): void {
    if (this.#rows === OUT_SLOTS) this.flush()
    const { outbound } = this.#io
    const offset = packet.payloadAt - RTP_HEADER_BYTES
    const bytes = memoryAt(this.#io, offset)
    writeRtp(bytes, packet)
    const row = this.#rows++ * OUT_FIELDS
    outbound[row + OUT_SOCKET] = leg.rtpSocket
    outbound[row + OUT_OFFSET] = offset
    outbound[row + OUT_LENGTH] = leg.transport.protect(bytes, offset, RTP_HEADER_BYTES + packet.payloadBytes)
  }

  /** Before the arena's slots are used again. */
  flush(): void {
    if (this.#rows === 0) return
    const rows = this.#rows
    this.#rows = 0
    this.#io.flush(rows)
  }
}
