/**
 * Counters and gauges in the Prometheus text format, one registry per switch.
 */
import { createRequire } from 'node:module'

const load = createRequire(import.meta.url)

type Labels = Readonly<Record<string, string>>

export interface Counter {
  add(labels?: Labels, by?: number): void
}

export interface Metrics {
  counter(name: string, help: string, labelNames?: readonly string[]): Counter
  /** `read` is called at each scrape. */
  gauge(name: string, help: string, read: () => number): void
  /** The whole registry as text, with its content type. */
  scrape(): Promise<{ contentType: string; text: string }>
}

export function createMetrics(): Metrics {
  // Loaded with the first registry: media workers import this room and count otherwise.
  const { Counter: PromCounter, Gauge: PromGauge, Registry } = load('prom-client') as typeof import('prom-client')
  const registry = new Registry()
  return {
    counter(name, help, labelNames = []) {
      const counter = new PromCounter({ name, help, labelNames: [...labelNames], registers: [registry] })
      return { add: (labels = {}, by = 1) => counter.inc(labels, by) }
    },
    gauge(name, help, read) {
      new PromGauge({
        name,
        help,
        registers: [registry],
        collect() {
          this.set(read())
        },
      })
    },
    scrape: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  }
}

/** For code under test that counts but is not asked. */
export const noMetrics: Metrics = {
  counter: () => ({ add: () => {} }),
  gauge: () => {},
  scrape: async () => ({ contentType: 'text/plain', text: '' }),
}
