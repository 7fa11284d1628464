/**
 * Header names that the stack writes itself: a user of it may not.
 */
import { Failure } from '../base/index.ts'
import type { HeaderPairs } from './message/message.ts'

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

/** Throws the failure `reserved-header`; the syntax of names and values is checked when the message is written. */
export function checkHeaders(headers: HeaderPairs): void {
  for (const [name] of headers) {
    if (isReservedHeader(name)) throw new Failure('reserved-header', `The header ${name} belongs to the stack.`)
  }
}
