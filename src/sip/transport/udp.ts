/**
 * SIP over UDP (RFC 3261 section 18). One socket; the address that we name in Via and Contact is the one that routes
 * to the peer, so that a switch bound to 0.0.0.0 is reachable on every one of its networks.
 */
import type { Transport, TransportKind } from './transport.ts'

/** Room for a burst of a few thousand messages while the process is busy. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024

const isWildcard = (address: string): boolean => address === '0.0.0.0' || address === '::'

export const udp: TransportKind = {
  token: 'UDP',
  reliable: false,
  defaultPort: 5060,
  open(net, bind, handlers, opened) {
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
          sentBy: remoteAddress => ({
            address: isWildcard(socket.local.address) ? net.localAddressFor(remoteAddress) : socket.local.address,
            port: socket.local.port,
          }),
          close: () => socket.close(),
        }
        opened({ ok: true, transport })
      },
    )
  },
}
