/**
 * Faults of the room: the SIP status that each code is answered with.
 */
import type { SdpFault, SdpFaultCode } from './format.ts'

const STATUS: Readonly<Record<SdpFaultCode, 400 | 488>> = {
  syntax: 400,
  'too-large': 400,
  'no-audio': 488,
  'unsupported-transport': 488,
  'unsupported-address': 488,
  'no-common-codec': 488,
  'answer-mismatch': 488,
  rejected: 488,
}

/** `line` is 1-based. */
export function fault(code: SdpFaultCode, message: string, line?: number): SdpFault {
  return { ok: false, code, message, status: STATUS[code], ...(line === undefined ? {} : { line }) }
}
