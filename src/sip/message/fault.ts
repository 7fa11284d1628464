/**
 * Faults of a datagram, and what a server answers to them.
 */
import type { FaultCode, ParseFault } from './message.ts'
import { reasonPhrase } from './reason.ts'
import { readReplyHeaders } from './reply.ts'
import { TYPED_FIELDS } from './typed-field.ts'

/** A fault before anybody asked what to answer. `key` is that of the header at fault, or empty. */
export interface Flaw {
  readonly kind: 'flaw'
  readonly code: FaultCode
  readonly offset: number
  readonly key: string
}

export function flaw(code: FaultCode, offset: number, key = ''): Flaw {
  return { kind: 'flaw', code, offset, key }
}

/** `text` is the latin1 reading of the head and `start` the place of its start line. */
export function fault(bytes: Uint8Array, text: string, start: number, { code, offset, key }: Flaw): ParseFault {
  const message = sentence(code, key)
  const status = STATUS[code] ?? 400
  const answerable = code === 'keep-alive' ? undefined : readReplyHeaders(bytes, text, start)
  const reason = status === 400 ? message : reasonPhrase(status)
  return {
    ok: false,
    code,
    message,
    offset,
    ...(key !== '' && { header: key }),
    ...(answerable && { reply: { status, reason, ...answerable } }),
  }
}

const STATUS: Partial<Record<FaultCode, number>> = { version: 505, 'too-large': 513 }

/** RFC 3261 section 21.4.1: the reason of a 400 says what is wrong. */
function sentence(code: FaultCode, key: string): string {
  const name = TYPED_FIELDS.get(key)?.name
  switch (code) {
    case 'keep-alive':
      return 'Keep-alive'
    case 'too-large':
      return name === undefined ? 'Message Too Large' : `Too Many ${name} Entries`
    case 'start-line':
      return 'Malformed Start Line'
    case 'version':
      return 'Version Not Supported'
    case 'header-syntax':
      return `Malformed ${name ?? 'Header Line'}`
    case 'missing-header':
      return `Missing ${name}`
    case 'duplicate-header':
      return `Duplicate ${name}`
    case 'content-length':
      return 'Wrong Content-Length'
    case 'cseq-mismatch':
      return 'Method Differs in CSeq'
  }
}
