/**
 * The HTTP server: limits, bodies, errors, and which routes there are.
 */
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Endpoint, Log } from '../base/index.ts'
import { type JambonzEnv, jambonzRoutes } from './jambonz.ts'
import { type ApiFault, type SendFault, sendMessage, sendProblem } from './problem.ts'
import { addStatusRoutes, type StatusEnv } from './status.ts'

export interface ApiEnv extends StatusEnv, JambonzEnv {
  readonly log: Log
}

export type Listening =
  | { readonly ok: true; readonly endpoint: Endpoint }
  | { readonly ok: false; readonly code: 'in-use' | 'refused'; readonly message: string }

export interface Api {
  /** For tests: `inject` needs no socket. */
  readonly app: FastifyInstance
  /** Once. */
  listen(bind: Endpoint): Promise<Listening>
  /** At once, with what is connected. Idempotent. */
  close(): Promise<void>
}

const BODY_BYTES = 1_048_576
const REQUEST_MS = 30_000
const JSON_TYPES = /^application\/(?:[\w.-]+\+)?jsonc?(?:;|$)/i
const VENDOR_PREFIX = '/jambonz/'

export function createApi(env: ApiEnv): Api {
  const app = fastify({
    logger: false,
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_MS,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true },
    frameworkErrors: (error, request, reply) => answerError(error, request, reply, env.log),
  })
  // Bodies stay text: their readers accept comments, and name the place of a fault.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(JSON_TYPES, { parseAs: 'string' }, (_request, body, done) => done(null, body))
  app.setErrorHandler((error: FastifyError, request, reply) => answerError(error, request, reply, env.log))
  app.setNotFoundHandler((request, reply) =>
    sendFor(request)(reply, { status: 404, detail: `There is nothing at ${request.method} ${pathOf(request)}.` }),
  )
  addStatusRoutes(app, env)
  app.register(jambonzRoutes(env), { prefix: `${VENDOR_PREFIX}v1/Accounts/:accountSid` })
  return { app, listen: bind => listen(app, bind), close: () => app.close() }
}

const pathOf = ({ url }: FastifyRequest): string => url.split('?', 1)[0] as string

const sendFor = (request: FastifyRequest): SendFault =>
  request.url.startsWith(VENDOR_PREFIX) ? sendMessage : sendProblem

function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply, log: Log): FastifyReply {
  const fault = faultOf(error)
  if (fault.status >= 500) {
    log.error({ method: request.method, path: pathOf(request), error: error.stack }, 'A request could not be answered')
  }
  return sendFor(request)(reply, fault)
}

/** What the framework refuses has a status below 500; everything else is our own fault, and nobody's business. */
function faultOf({ statusCode = 500, code, message }: FastifyError): ApiFault {
  if (statusCode >= 500) return { status: 500, detail: 'The switch failed to answer this request.' }
  if (statusCode === 413) return { status: 413, detail: `A body has at most ${BODY_BYTES} bytes.` }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return { status: 415, detail: 'The body must be application/json.' }
  return { status: statusCode, detail: message }
}

async function listen(app: FastifyInstance, { address, port }: Endpoint): Promise<Listening> {
  try {
    await app.listen({ host: address, port })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return { ok: false, code: code === 'EADDRINUSE' ? 'in-use' : 'refused', message }
  }
  const bound = app.server.address()
  return { ok: true, endpoint: typeof bound === 'object' && bound ? bound : { address, port } }
}
