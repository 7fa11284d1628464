/**
 * Scanners that say who they are, found before anything is parsed: the value of User-Agent in the bytes of a message.
 */
import { CR, isIn, LF, TOKEN } from '../message/characters.ts'

/**
 * In lower case, as parts of a User-Agent. The SIPVicious suite (svmap, svwar, svcrack) is the first two and what its
 * users make of it; no phone is among them.
 */
export const SCANNERS: readonly string[] = [
  'friendly-scanner',
  'sipvicious',
  'friendly-request',
  'sundayddr',
  'sip-scan',
  'sipcli',
  'pplsip',
  'iwar',
  'vaxsipuseragent',
]

const NAME = 'user-agent'
const COLON = 0x3a
/** More of a name is not looked at. */
const VALUE_OCTETS = 128

/** Whether the first User-Agent of a message, in bytes as they came, is that of a scanner. Linear; never throws. */
export function isScanner(bytes: Uint8Array, scanners: readonly string[] = SCANNERS): boolean {
  const agent = userAgentOf(bytes)
  return agent !== '' && scanners.some(scanner => agent.includes(scanner))
}

function userAgentOf(bytes: Uint8Array): string {
  for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, end + 1)) {
    const start = end + 1
    // The empty line: what follows is a body.
    if (bytes[start] === CR || bytes[start] === LF) return ''
    if (isNamed(bytes, start)) return lowerText(bytes, start + NAME.length)
  }
  return ''
}

/** Whether a line begins with the name and no longer one. */
function isNamed(bytes: Uint8Array, start: number): boolean {
  for (let at = 0; at < NAME.length; at++) {
    if (((bytes[start + at] ?? 0) | 0x20) !== (NAME.charCodeAt(at) | 0x20)) return false
  }
  const next = bytes[start + NAME.length] ?? 0
  return next === COLON || !isIn(TOKEN, next)
}

function lowerText(bytes: Uint8Array, start: number): string {
  const end = bytes.indexOf(LF, start)
  const value = bytes.subarray(start, Math.min(end < 0 ? bytes.length : end, start + VALUE_OCTETS))
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1').toLowerCase()
}
