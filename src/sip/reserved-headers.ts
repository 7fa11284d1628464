/**
 * Header lines that a user of the stack gives: names that the stack writes itself are not among them, and text becomes
 * octets before anything has happened that a refusal would leave half done.
 */
import { Failure } from '../base/index.ts'
import type { HeaderPairs } from './message/message.ts'
import { encodeText } from './message/text.ts'
import { headerLine } from './message/write.ts'

const RESERVED = new Set([
  'via',
  'v',
  'from',
  'f',
  'to',
  't',
  'call-id',
  'i',
  'cseq',
  'contact',
  'm',
  'route',
  'record-route',
  'max-forwards',
  'content-length',
  'l',
  'content-type',
  'c',
  'allow',
  'require',
  'proxy-require',
  'authorization',
  'proxy-authorization',
])

export const isReservedHeader = (name: string): boolean => RESERVED.has(name.toLowerCase())

/** Unicode lines of a request as octet text. Throws the failures `reserved-header` and `bad-header`. */
export function requestLines(headers: HeaderPairs): HeaderPairs {
  for (const [name] of headers) {
    if (isReservedHeader(name)) throw new Failure('reserved-header', `The header ${name} belongs to the stack.`)
  }
  return responseLines(headers)
}

/** Unicode lines of a response as octet text. Throws the failure `bad-header`. */
export function responseLines(headers: HeaderPairs): HeaderPairs {
  return headers.map(([name, value]) => {
    const octets = encodeText(value)
    headerLine(name, octets)
    return [name, octets] as const
  })
}
