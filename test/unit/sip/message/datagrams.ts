/** Datagrams for the tests: written as lines, read as values. */
import { readFileSync } from 'node:fs'
import type { ParseFault, SipMessage, SipRequest, SipResponse } from '../../../../src/sip/message/message.ts'
import { parseMessage } from '../../../../src/sip/message/parse.ts'

export const octets = (text: string): Uint8Array => Buffer.from(text, 'latin1')

/** A datagram of those lines, an empty one and the body. */
export const datagram = (lines: readonly string[], body = ''): Uint8Array =>
  octets(`${lines.join('\r\n')}\r\n\r\n${body}`)

export const REQUEST_LINE = 'OPTIONS sip:carol@chicago.example SIP/2.0'

export const VIA = 'Via: SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bK776asdhds'
export const FROM = 'From: Alice <sip:alice@atlanta.example>;tag=1928301774'
export const TO = 'To: <sip:carol@chicago.example>'
export const CALL_ID = 'Call-ID: a84b4c76e66710'
export const CSEQ = 'CSeq: 63104 OPTIONS'

/** The lines that every message needs. */
export const HEADER = [VIA, FROM, TO, CALL_ID, CSEQ]

/** A whole request; `lines` come after the needed ones. */
export const request = (lines: readonly string[] = [], body = ''): Uint8Array =>
  datagram([REQUEST_LINE, ...HEADER, ...lines], body)

export function parsed(bytes: Uint8Array): SipMessage {
  const result = parseMessage(bytes)
  if (!result.ok) throw new Error(`${result.code} at ${result.offset}: ${result.message}`)
  return result.message
}

export function parsedRequest(bytes: Uint8Array): SipRequest {
  const message = parsed(bytes)
  if (message.kind !== 'request') throw new Error('This is a response')
  return message
}

export function parsedResponse(bytes: Uint8Array): SipResponse {
  const message = parsed(bytes)
  if (message.kind !== 'response') throw new Error('This is a request')
  return message
}

export function faultOf(bytes: Uint8Array): ParseFault {
  const result = parseMessage(bytes)
  if (result.ok) throw new Error('This has no fault')
  return result
}

const vectors = new URL('../../../vectors/', import.meta.url)

export const readVector = (path: string): Uint8Array => readFileSync(new URL(path, vectors))

export const readVectorJson = (path: string): unknown => JSON.parse(readFileSync(new URL(path, vectors), 'utf8'))

export interface VectorCase {
  readonly case: string
  readonly file: string
  readonly accept: readonly number[]
  readonly dropAllowed: boolean
  readonly sha256: string
}

export const RFC_4475 = readVectorJson('rfc4475/manifest.json') as readonly VectorCase[]
export const RFC_5118 = readVectorJson('rfc5118/manifest.json') as readonly VectorCase[]
