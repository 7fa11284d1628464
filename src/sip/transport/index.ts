/** Every SIP transport. To add one: write its file, add it here. The first serves where none is named. */
import type { Endpoint } from '../../base/index.ts'
import { tcp } from './tcp.ts'
import type { Transport, TransportHandlers, TransportKind, TransportSurroundings } from './transport.ts'
import { udp } from './udp.ts'

const kinds: readonly TransportKind[] = [udp, tcp]

export type TransportsOpened =
  | { readonly ok: true; readonly transports: readonly Transport[] }
  | { readonly ok: false; readonly code: string; readonly message: string }

/** Opens all of them on one port, or none; `opened` runs once. */
export function openTransports(
  surroundings: TransportSurroundings,
  bind: Endpoint,
  handlers: TransportHandlers,
  opened: (result: TransportsOpened) => void,
): void {
  const transports: Transport[] = []
  const next = (): void => {
    const kind = kinds[transports.length]
    if (!kind) {
      opened({ ok: true, transports })
      return
    }
    const { address, port } = bind
    kind.open(surroundings, { address, port: transports[0]?.local.port ?? port }, handlers, result => {
      if (result.ok) {
        transports.push(result.transport)
        next()
      } else {
        for (const transport of transports) transport.close()
        opened(result)
      }
    })
  }
  next()
}
