/**
 * Is this RTCP? RFC 3550 appendix A.2, and of each packet of the compound as much as bounds every length in it. What
 * the packets say is not used: a valid one from the right address shows that the far end is alive.
 */
import { readU16 } from './packet.ts'

const SENDER_REPORT = 200
const RECEIVER_REPORT = 201
const SOURCE_DESCRIPTION = 202
const GOODBYE = 203
const EXTENDED_REPORT = 207
const REPORT_BLOCK_BYTES = 24

/** True for a compound that starts with a report, whose packets fill the datagram exactly and keep their bounds. */
export function isRtcp(bytes: Uint8Array, at: number, length: number): boolean {
  if (length < 8 || length % 4 !== 0) return false
  const type = bytes[at + 1]!
  if (type !== SENDER_REPORT && type !== RECEIVER_REPORT) return false
  if (bytes[at]! & 0x20) return false // padding may only end the compound
  const end = at + length
  for (let packetAt = at; packetAt < end; ) {
    if (packetAt + 4 > end || bytes[packetAt]! >> 6 !== 2) return false
    const packetEnd = packetAt + 4 + 4 * readU16(bytes, packetAt + 2)
    if (packetEnd > end || !isBounded(bytes, packetAt, packetEnd)) return false
    packetAt = packetEnd
  }
  return true
}

function isBounded(bytes: Uint8Array, at: number, end: number): boolean {
  const count = bytes[at]! & 31
  switch (bytes[at + 1]) {
    case SENDER_REPORT:
      return at + 28 + count * REPORT_BLOCK_BYTES <= end
    case RECEIVER_REPORT:
      return at + 8 + count * REPORT_BLOCK_BYTES <= end
    case SOURCE_DESCRIPTION:
      return descriptionsFit(bytes, at + 4, end, count)
    case GOODBYE: {
      const reason = at + 4 + 4 * count
      return reason === end || (reason < end && reason + 1 + bytes[reason]! <= end)
    }
    case EXTENDED_REPORT:
      return extendedBlocksFit(bytes, at + 8, end)
    default:
      return true
  }
}

/** Per source four bytes of SSRC, then items of type, length and text up to a zero, then zeros up to a word. */
function descriptionsFit(bytes: Uint8Array, from: number, end: number, count: number): boolean {
  let at = from
  for (let source = 0; source < count; source++) {
    const chunk = at
    at += 4
    while (at < end && bytes[at] !== 0) at += 2 + (at + 1 < end ? bytes[at + 1]! : 0)
    if (at >= end) return false
    at += 4 - ((at - chunk) % 4)
  }
  return at <= end
}

/** RFC 3611 section 3: each block carries its own length in words. */
function extendedBlocksFit(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from
  while (at + 4 <= end) at += 4 + 4 * readU16(bytes, at + 2)
  return at === end
}
