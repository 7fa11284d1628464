/**
 * Digits in SIP INFO: the two bodies in use, neither of them a standard.
 */
import type { Body } from '../../sip/index.ts'

/** 0-9 * # A-D, or undefined when the body carries no digit. */
export function digitOfInfo(body: Body): string | undefined {
  const text = Buffer.from(body.bytes).toString('latin1')
  if (body.contentType === 'application/dtmf') return digitOf(text.trim())
  if (body.contentType !== 'application/dtmf-relay') return undefined
  for (const line of text.split('\n')) {
    const [name, value] = line.split('=')
    if (name?.trim().toLowerCase() === 'signal') return digitOf(value?.trim() ?? '')
  }
  return undefined
}

/** Some send the event number of RFC 4733 for the keys beyond 9. */
function digitOf(text: string): string | undefined {
  if (/^[0-9*#A-Da-d]$/.test(text)) return text.toUpperCase()
  const event = /^1[0-5]$/.test(text) ? Number(text) : undefined
  return event === undefined ? undefined : '*#ABCD'[event - 10]
}
