/**
 * What stands between the network and a leg: nothing for plain RTP; SRTP would go here.
 */
export interface LegTransport {
  /**
   * A received RTP or RTCP packet, `length` bytes at `at`, made readable in place. Returns its new length; negative:
   * not authentic, to be dropped.
   */
  unprotect(bytes: Uint8Array, at: number, length: number): number
  /**
   * A packet about to be sent, made ready in place. Returns its new length, not more than it was: a received slot may
   * have no room, so a transport that adds bytes needs the packet moved to a slot of those to be sent first.
   */
  protect(bytes: Uint8Array, at: number, length: number): number
}

export const plainTransport: LegTransport = {
  unprotect: (_bytes, _at, length) => length,
  protect: (_bytes, _at, length) => length,
}
