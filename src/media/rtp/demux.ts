/**
 * What a datagram on a media port is, by its first two bytes: RFC 7983 section 7, RFC 5761 section 4.
 */
export const KIND_UNKNOWN = 0
export const KIND_STUN = 1
export const KIND_DTLS = 2
export const KIND_RTP = 3
export const KIND_RTCP = 4

/** One of the KIND numbers. RTCP is told from RTP by the payload types 64-95, which no RTP format here may use. */
export function datagramKind(bytes: Uint8Array, at: number, length: number): number {
  if (length < 2) return KIND_UNKNOWN
  const first = bytes[at]!
  if (first >= 128 && first <= 191) {
    const payloadType = bytes[at + 1]! & 0x7f
    return payloadType >= 64 && payloadType <= 95 ? KIND_RTCP : KIND_RTP
  }
  if (first <= 3) return KIND_STUN
  if (first >= 20 && first <= 63) return KIND_DTLS
  return KIND_UNKNOWN
}
