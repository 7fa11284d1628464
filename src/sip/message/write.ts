/**
 * Messages to datagrams (RFC 3261 section 7). Nothing that could end a header line early gets through: names must be
 * tokens, values free of line breaks, NUL and other control characters, all text octets.
 */
import { Failure } from '../../base/index.ts'
import { isAll, TOKEN, VISIBLE } from './characters.ts'
import { headerKey } from './header.ts'
import type { HeaderPairs } from './message.ts'
import { badCharacter } from './text.ts'

/** One class without repetition: a single pass over the value. */
const NOT_TEXT = /[^\t\x20-\x7e\x80-\xff]/

interface Content {
  /** Written in order. Content-Type and Content-Length are not among them: they come last, from the body. */
  readonly headers: HeaderPairs
  readonly body?: { readonly contentType: string; readonly bytes: Uint8Array }
}

export interface RequestContent extends Content {
  readonly method: string
  /** The Request-URI as text, see `writeUri`. */
  readonly uri: string
}

export interface ResponseContent extends Content {
  readonly status: number
  /** Octet text, see `encodeText`. */
  readonly reason: string
}

/** Throws the failures `bad-header` (the message names it) and `bad-uri`. */
export function writeRequest({ method, uri, headers, body }: RequestContent): Uint8Array {
  if (!isAll(TOKEN, method)) throw new Failure('bad-header', 'The method is not a token')
  if (!isAll(VISIBLE, uri)) throw new Failure('bad-uri', 'The Request-URI has characters that may not stand in a URI')
  return write(`${method} ${uri} SIP/2.0\r\n`, headers, body)
}

/** Throws the failure `bad-header`; the message names it. */
export function writeResponse({ status, reason, headers, body }: ResponseContent): Uint8Array {
  if (!Number.isInteger(status) || status < 100 || status > 699) {
    throw new Failure('bad-header', `${status} is no status code`)
  }
  if (NOT_TEXT.test(reason)) throw new Failure('bad-header', 'The reason phrase has line breaks or control characters')
  return write(`SIP/2.0 ${status} ${reason}\r\n`, headers, body)
}

function write(startLine: string, headers: HeaderPairs, body: Content['body']): Uint8Array {
  let head = startLine
  for (const [name, value] of headers) {
    const key = headerKey(name)
    if (key === 'content-length' || key === 'content-type') {
      throw new Failure('bad-header', `${name} is set by the body`)
    }
    head += headerLine(name, value)
  }
  if (body === undefined) return Buffer.from(`${head}Content-Length: 0\r\n\r\n`, 'latin1')
  head += `${headerLine('Content-Type', body.contentType)}Content-Length: ${body.bytes.length}\r\n\r\n`
  const bytes = Buffer.allocUnsafe(head.length + body.bytes.length)
  bytes.write(head, 'latin1')
  bytes.set(body.bytes, head.length)
  return bytes
}

/** One line as it is sent. Throws the failure `bad-header`; the message names it. */
export function headerLine(name: string, value: string): string {
  if (!isAll(TOKEN, name)) throw new Failure('bad-header', `The header name ${JSON.stringify(name)} is not a token`)
  if (NOT_TEXT.test(value) && badCharacter(value) >= 0) {
    throw new Failure(
      'bad-header',
      `The value of ${name} has line breaks, control characters or text that is not octets`,
    )
  }
  return `${name}: ${value}\r\n`
}
