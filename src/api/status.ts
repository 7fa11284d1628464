/**
 * Routes for those who watch over the switch. They need no token: they say how it is and nothing about calls.
 */
import type { FastifyInstance } from 'fastify'
import type { Metrics } from '../base/index.ts'

export interface Health {
  /** New calls may be sent here. */
  readonly ready: boolean
  /** By name: sip, store, media. */
  readonly parts: Readonly<Record<string, HealthPart>>
}

export interface HealthPart {
  readonly ok: boolean
  /** For people. */
  readonly detail: string
}

export interface StatusEnv {
  readonly metrics: Metrics
  readonly health: () => Health
  readonly version: string
  /** Name of this switch. */
  readonly node: string
}

/**
 * `/healthz`: 503 when a part has failed. `/readyz`: 503 when no new calls should come here. `/metrics`: Prometheus
 * text.
 */
export function addStatusRoutes(app: FastifyInstance, { metrics, health, version, node }: StatusEnv): void {
  app.get('/healthz', (_request, reply) => {
    const { ready, parts } = health()
    const ok = Object.values(parts).every(part => part.ok)
    return reply.code(ok ? 200 : 503).send({ status: ok ? 'ok' : 'failing', ready, version, node, parts })
  })
  app.get('/readyz', (_request, reply) => {
    const { ready } = health()
    return reply.code(ready ? 200 : 503).send({ ready })
  })
  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await metrics.scrape()
    return reply.type(contentType).send(text)
  })
}
