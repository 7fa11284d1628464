/**
 * SIP over UDP (RFC 3261 section 18). One socket.
 */
import { sentBy } from './sent-by.ts'
import type { Transport, TransportKind } from './transport.ts'

/** Room for a burst of a few thousand messages while the process is busy. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024

export const udp: TransportKind = {
  token: 'UDP',
  reliable: false,
  defaultPort: 5060,
  open({ net }, bind, handlers, opened) {
    let transport: Transport | undefined
    net.openDatagram(
      {
        address: bind.address,
        port: bind.port,
        receiveBufferBytes: RECEIVE_BUFFER_BYTES,
        onDatagram(bytes, address, port) {
          if (transport) handlers.onMessage(bytes, { address, port }, transport)
        },
      },
      result => {
        if (!result.ok) {
          opened({ ok: false, code: result.code, message: `UDP ${bind.address}:${bind.port}: ${result.message}` })
          return
        }
        const { socket } = result
        transport = {
          token: 'UDP',
          reliable: false,
          local: socket.local,
          send: (message, to) => socket.send(message, to.port, to.address),
          sentBy: remoteAddress => sentBy(net, socket.local, remoteAddress),
          isConnected: () => false,
          close: () => socket.close(),
        }
        opened({ ok: true, transport })
      },
    )
  },
}
