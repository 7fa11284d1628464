/**
 * SIP header fields that a flow may add to a message, RFC 3261 section 7.3.1.
 */
import { isPrintable } from './text.ts'

const MAX_VALUE = 2_048
const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]{1,64}$/

/** Fields that the stack writes itself, or that would change how a message is routed, secured or read. */
const OWNED = new Set(
  [
    'Accept Alert-Info Allow Authentication-Info Authorization Call-ID Contact Content-Disposition Content-Encoding',
    'Content-Length Content-Type CSeq Event From Max-Forwards MIME-Version Min-SE Path Proxy-Authenticate',
    'Proxy-Authorization Proxy-Require RAck Record-Route Refer-To Replaces Require Route RSeq Service-Route',
    'Session-Expires Subscription-State Supported Timestamp To Unsupported Via WWW-Authenticate',
    // Compact forms, RFC 3261 section 7.3.3 and the IANA registry.
    'c e f i k l m o r t v x',
  ].flatMap(line => line.toLowerCase().split(' ')),
)

/** What is wrong with a field, as a sentence; undefined if it may be sent. */
export function headerFault(name: string, value: string): string | undefined {
  const shown = JSON.stringify(name.slice(0, 64))
  if (!TOKEN.test(name)) return `${shown} is not the name of a SIP header field.`
  if (OWNED.has(name.toLowerCase())) return `The header field ${name} belongs to the switch and cannot be set.`
  if (!isPrintable(value)) return `The value of ${name} has a character that cannot be sent.`
  if (value.length > MAX_VALUE) return `The value of ${name} is longer than ${MAX_VALUE} characters.`
  return undefined
}
