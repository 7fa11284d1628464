/**
 * A webhook server of the test's own on loopback.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Webhook {
  readonly url: string
  readonly received: { readonly path: string; readonly payload: Record<string, unknown> }[]
  close(): Promise<void>
}

/** `answers` gives verbs for a path, or undefined for nothing. */
export async function openWebhook(
  answers: (path: string, payload: Record<string, unknown>) => unknown,
): Promise<Webhook> {
  const received: Webhook['received'] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      const path = request.url ?? ''
      const body = Buffer.concat(chunks).toString()
      const payload = body === '' ? {} : (JSON.parse(body) as Record<string, unknown>)
      received.push({ path, payload })
      const answer = answers(path, payload)
      if (answer === undefined) response.writeHead(204).end()
      else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
