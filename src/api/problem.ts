/**
 * Errors as answers: problem documents (RFC 9457) on our own API, and the shape that a vendor's clients look for on
 * theirs, each with the JSON paths of what is wrong.
 */
import type { FastifyReply } from 'fastify'
import type { Problem } from '../base/index.ts'

/** A document without a type of its own has the phrase of its status as title (RFC 9457 section 4.2.1). */
const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  404: 'Not Found',
  408: 'Request Timeout',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

export interface ApiFault {
  readonly status: number
  /** A sentence. */
  readonly detail: string
  readonly problems?: readonly Problem[]
}

export type SendFault = (reply: FastifyReply, fault: ApiFault) => FastifyReply

export const sendProblem: SendFault = (reply, { status, detail, problems }) =>
  reply
    .code(status)
    .type('application/problem+json')
    .send({
      type: 'about:blank',
      title: TITLES[status] ?? 'Error',
      status,
      detail,
      ...(problems && { problems }),
    })

/** jambonz answers `{"msg": ...}`. */
export const sendMessage: SendFault = (reply, { status, detail, problems }) =>
  reply
    .code(status)
    .type('application/json')
    .send({ msg: detail, ...(problems && { problems }) })
