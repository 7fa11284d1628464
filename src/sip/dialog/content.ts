/**
 * Messages as the port shows them.
 */
import type { SipMessage, SipResponse } from '../message/message.ts'
import { tagOf } from '../message/name-addr.ts'
import type { Body, ResponseInfo } from '../port.ts'

export function bodyOf(message: SipMessage): Body | undefined {
  if (message.body.byteLength === 0) return undefined
  return { contentType: message.contentType ?? '', bytes: message.body }
}

export function responseInfo(response: SipResponse): ResponseInfo {
  return {
    status: response.status,
    reason: response.reason,
    branch: response.status === 100 ? undefined : tagOf(response.to),
    headers: response.headers,
    body: bodyOf(response),
  }
}
