/**
 * The RTP fixed header, RFC 3550 section 5.1.
 *
 *      0                   1                   2                   3
 *     |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 *     |                           timestamp                           |
 *     |                             SSRC                              |
 */

export const RTP_HEADER_BYTES = 12
const VERSION_BITS = 0x80
const PADDING = 0x20
const EXTENSION = 0x10
const CSRC_COUNT = 0x0f
const MARKER = 0x80

/**
 * One packet's header, read into and written from the same object again and again. Timestamp and SSRC are signed 32-bit: such numbers
 * need no memory of their own.
 */
export class RtpPacket {
  marker = false
  payloadType = 0
  sequence = 0
  timestamp = 0
  ssrc = 0
  /** Where the payload is in the bytes that the header was read from. */
  payloadAt = 0
  payloadBytes = 0
}

/**
 * Reads `length` bytes at `at`. False, and `packet` is of no use, if they are no RTP packet with a payload: a wrong
 * version, contributing sources, an extension or padding that reach beyond the end.
 */
export function readRtp(bytes: Uint8Array, at: number, length: number, packet: RtpPacket): boolean {
  if (length < RTP_HEADER_BYTES) return false
  const first = bytes[at]!
  if (first >> 6 !== 2) return false
  let header = RTP_HEADER_BYTES + 4 * (first & CSRC_COUNT)
  if (first & EXTENSION) {
    if (header + 4 > length) return false
    header += 4 + 4 * readU16(bytes, at + header + 2)
  }
  let payloadBytes = length - header
  if (payloadBytes > 0 && first & PADDING) {
    const padding = bytes[at + length - 1]!
    if (padding === 0) return false
    payloadBytes -= padding
  }
  if (payloadBytes <= 0) return false
  const second = bytes[at + 1]!
  packet.marker = (second & MARKER) !== 0
  packet.payloadType = second & 0x7f
  packet.sequence = readU16(bytes, at + 2)
  packet.timestamp = readI32(bytes, at + 4)
  packet.ssrc = readI32(bytes, at + 8)
  packet.payloadAt = at + header
  packet.payloadBytes = payloadBytes
  return true
}

/** Writes the header, 12 bytes without extension or contributing sources, right before the packet's payload. */
export function writeRtp(bytes: Uint8Array, packet: RtpPacket): void {
  const at = packet.payloadAt - RTP_HEADER_BYTES
  bytes[at] = VERSION_BITS
  bytes[at + 1] = packet.marker ? packet.payloadType | MARKER : packet.payloadType
  writeU16(bytes, at + 2, packet.sequence)
  writeI32(bytes, at + 4, packet.timestamp)
  writeI32(bytes, at + 8, packet.ssrc)
}

export const readU16 = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!

export const readI32 = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!

export function writeU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8
  bytes[at + 1] = value
}

function writeI32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 24
  bytes[at + 1] = value >> 16
  bytes[at + 2] = value >> 8
  bytes[at + 3] = value
}
