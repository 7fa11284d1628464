import dgram from 'node:dgram'
import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { type DatagramSocket, systemClock, systemNet } from '../../../src/base/index.ts'

/** A loopback address of this process alone, where every port is free. */
const HOST = `127.77.${(process.pid >> 8) & 0xff}.${process.pid & 0xff}`
const OUR_PORT = 4100
const net = systemNet(systemClock)
const cleanUp: (() => void)[] = []

afterEach(() => {
  for (const close of cleanUp.splice(0)) close()
})

interface Ours {
  readonly socket: DatagramSocket
  readonly heard: string[]
  /** Until so many datagrams have come. */
  hears(count: number): Promise<string[]>
}

function open(port = OUR_PORT): Promise<Ours> {
  const heard: string[] = []
  let notice = (): void => {}
  const onDatagram = (bytes: Uint8Array): void => {
    heard.push(Buffer.from(bytes).toString())
    notice()
  }
  const hears = (count: number): Promise<string[]> =>
    new Promise(resolve => {
      notice = () => heard.length >= count && resolve(heard)
      notice()
    })
  return new Promise(resolve => {
    net.openDatagram({ address: HOST, port, onDatagram }, result => {
      if (!result.ok) throw new Error(result.message)
      cleanUp.push(() => result.socket.close())
      resolve({ socket: result.socket, heard, hears })
    })
  })
}

/** A plain socket of somebody else. */
async function stranger(): Promise<dgram.Socket> {
  const socket = dgram.createSocket('udp4')
  cleanUp.push(() => socket.close())
  socket.bind(0, HOST)
  await once(socket, 'listening')
  return socket
}

describe('a connected datagram socket', () => {
  test('hears only its peer, and everybody once it is disconnected', async () => {
    const [ours, peer, other] = await Promise.all([open(), stranger(), stranger()])
    const { port } = ours.socket.local
    expect(ours.socket.connect(peer.address().port, HOST)).toBe(true)
    other.send('from another', port, HOST)
    peer.send('from the peer', port, HOST)
    expect(await ours.hears(1)).toEqual(['from the peer'])
    ours.socket.disconnect()
    ours.socket.disconnect()
    other.send('from another, later', port, HOST)
    expect(await ours.hears(2)).toEqual(['from the peer', 'from another, later'])
  })

  test('sends to its peer, to a new one when it is connected anew, and where it is told when it is not', async () => {
    const [ours, peer, other] = await Promise.all([open(), stranger(), stranger()])
    const [peerPort, otherPort] = [peer.address().port, other.address().port]
    const text = (socket: dgram.Socket): Promise<string> => once(socket, 'message').then(([bytes]) => `${bytes}`)
    ours.socket.connect(peerPort, HOST)
    const first = text(peer)
    ours.socket.send(Buffer.from('one'), peerPort, HOST)
    expect(await first).toBe('one')
    ours.socket.connect(otherPort, HOST)
    const second = text(other)
    ours.socket.send(Buffer.from('two'), otherPort, HOST)
    expect(await second).toBe('two')
    ours.socket.disconnect()
    const third = text(peer)
    ours.socket.send(Buffer.from('three'), peerPort, HOST)
    expect(await third).toBe('three')
    expect(ours.socket.waiting).toBe(0)
  })

  test('survives that nobody listens at its peer, and is heard when somebody does', async () => {
    const [ours, peer] = await Promise.all([open(), stranger()])
    const { port } = peer.address()
    await new Promise<void>(resolve => peer.close(() => resolve()))
    cleanUp.pop()
    ours.socket.connect(port, HOST)
    // Each is refused by the system; the sends after the first report it.
    for (let datagram = 0; datagram < 5; datagram++) {
      ours.socket.send(Buffer.from('anybody?'), port, HOST)
      await new Promise(resolve => setImmediate(resolve))
    }
    const back = dgram.createSocket('udp4')
    cleanUp.push(() => back.close())
    back.bind(port, HOST)
    await once(back, 'listening')
    back.send('here', ours.socket.local.port, HOST)
    expect(await ours.hears(1)).toEqual(['here'])
  })

  test('is not connected where the system knows no way, and goes on as it was', async () => {
    const [ours, other] = await Promise.all([open(), stranger()])
    // A loopback socket has no way into a network.
    expect(ours.socket.connect(9, '192.0.2.1')).toBe(false)
    other.send('still here', ours.socket.local.port, HOST)
    expect(await ours.hears(1)).toEqual(['still here'])
    const heard = once(other, 'message')
    ours.socket.send(Buffer.from('so am I'), other.address().port, HOST)
    expect(`${(await heard)[0]}`).toBe('so am I')
  })

  test('is none that got its port from the system, which would take it back', async () => {
    const [ours, other] = await Promise.all([open(0), stranger()])
    expect(ours.socket.connect(9, HOST)).toBe(false)
    ours.socket.disconnect()
    other.send('still here', ours.socket.local.port, HOST)
    expect(await ours.hears(1)).toEqual(['still here'])
  })

  test('does nothing after it was closed', async () => {
    const [ours, peer] = await Promise.all([open(), stranger()])
    ours.socket.close()
    ours.socket.close()
    expect(ours.socket.connect(peer.address().port, HOST)).toBe(false)
    ours.socket.disconnect()
    ours.socket.send(Buffer.from('no'), peer.address().port, HOST)
    expect(ours.socket.waiting).toBe(0)
  })
})
