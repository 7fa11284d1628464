import { once } from 'node:events'
import nodeNet, { type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import {
  type StreamHandlers,
  type StreamListener,
  type StreamSocket,
  systemStreamNet,
} from '../../../src/base/index.ts'

const HOST = '127.0.0.1'
const net = systemStreamNet()
const cleanUp: (() => void)[] = []

afterEach(() => {
  for (const close of cleanUp.splice(0)) close()
})

/** A side of a stream that keeps what it hears. */
class Ear implements StreamHandlers {
  text = ''
  closed: { error: string | undefined } | undefined
  #notice = (): void => {}

  onData(bytes: Uint8Array): void {
    this.text += Buffer.from(bytes).toString()
    this.#notice()
  }

  onClose(error?: string): void {
    expect(this.closed).toBeUndefined()
    this.closed = { error }
    this.#notice()
  }

  until(condition: (ear: this) => boolean): Promise<this> {
    return new Promise(resolve => {
      this.#notice = () => condition(this) && resolve(this)
      this.#notice()
    })
  }
}

/** A listener of ours, and the streams that came to it. */
async function listen(): Promise<{
  listener: StreamListener
  next: () => Promise<{ socket: StreamSocket; ear: Ear }>
}> {
  const arrived: { socket: StreamSocket; ear: Ear }[] = []
  const awaited: ((one: { socket: StreamSocket; ear: Ear }) => void)[] = []
  const next = (): Promise<{ socket: StreamSocket; ear: Ear }> =>
    new Promise(resolve => {
      const one = arrived.shift()
      if (one) resolve(one)
      else awaited.push(resolve)
    })
  const listener = await new Promise<StreamListener>((resolve, reject) => {
    const onStream = (socket: StreamSocket): Ear => {
      const one = { socket, ear: new Ear() }
      cleanUp.push(() => socket.destroy())
      const taker = awaited.shift()
      if (taker) taker(one)
      else arrived.push(one)
      return one.ear
    }
    net.listenStream({ address: HOST, port: 0, onStream }, result => {
      if (result.ok) resolve(result.listener)
      else reject(new Error(result.message))
    })
  })
  cleanUp.push(() => listener.close())
  return { listener, next }
}

/** A plain socket of somebody else. */
async function stranger(port: number): Promise<Socket> {
  const socket = nodeNet.connect(port, HOST)
  cleanUp.push(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

function connect(port: number): { ear: Ear; opened: Promise<StreamSocket>; giveUp: () => void } {
  const ear = new Ear()
  let giveUp = (): void => {}
  const opened = new Promise<StreamSocket>(resolve => {
    giveUp = net.connectStream({
      address: HOST,
      port,
      onOpen: resolve,
      onData: bytes => ear.onData(bytes),
      onClose: error => ear.onClose(error),
    })
  })
  cleanUp.push(giveUp)
  return { ear, opened, giveUp }
}

describe('a stream that comes in', () => {
  test('says where it is from, is heard, and answers', async () => {
    const { listener, next } = await listen()
    const far = await stranger(listener.local.port)
    const { socket, ear } = await next()
    expect(socket.remote).toEqual({ address: HOST, port: far.localPort })
    expect(socket.local).toEqual(listener.local)
    far.write('hel')
    far.write('lo')
    await ear.until(({ text }) => text === 'hello')
    socket.send(Buffer.from('and hello'))
    expect(`${(await once(far, 'data'))[0]}`).toBe('and hello')
  })

  test('is told once when it ends, and why when it was cut off', async () => {
    const { listener, next } = await listen()
    const [polite, rude] = [await stranger(listener.local.port), await stranger(listener.local.port)]
    const [one, other] = [await next(), await next()]
    polite.end('bye')
    expect((await one.ear.until(ear => ear.closed !== undefined)).closed).toEqual({ error: undefined })
    expect(one.ear.text).toBe('bye')
    rude.resetAndDestroy()
    expect((await other.ear.until(ear => ear.closed !== undefined)).closed?.error).toContain('ECONNRESET')
    one.socket.send(Buffer.from('too late'))
    other.socket.end()
  })

  test('that is ended gets what was sent before, and is heard no more', async () => {
    const { listener, next } = await listen()
    const far = await stranger(listener.local.port)
    const { socket, ear } = await next()
    socket.send(Buffer.from('last words'))
    socket.end()
    socket.end()
    const farClosed = once(far, 'close')
    far.write('never mind')
    let heard = ''
    far.on('data', bytes => {
      heard += `${bytes}`
    })
    await Promise.all([ear.until(({ closed }) => closed !== undefined), farClosed])
    expect(heard).toBe('last words')
    expect(ear.text).toBe('')
  })

  test('that is destroyed is closed at once', async () => {
    const { listener, next } = await listen()
    const far = await stranger(listener.local.port)
    const { socket, ear } = await next()
    const farClosed = once(far, 'close')
    socket.destroy()
    socket.destroy()
    socket.send(Buffer.from('nothing'))
    await Promise.all([ear.until(({ closed }) => closed !== undefined), farClosed])
  })

  test('counts what a peer does not read', async () => {
    const { listener, next } = await listen()
    const far = await stranger(listener.local.port)
    far.pause()
    const { socket } = await next()
    expect(socket.waitingOctets).toBe(0)
    for (let sent = 0; sent < 64; sent++) socket.send(new Uint8Array(1 << 18))
    expect(socket.waitingOctets).toBeGreaterThan(1 << 18)
  })
})

describe('a listener', () => {
  test('says that its port is taken', async () => {
    const { listener } = await listen()
    const onStream = (): Ear => new Ear()
    const result = await new Promise(resolve => {
      net.listenStream({ address: HOST, port: listener.local.port, onStream }, resolve)
    })
    expect(result).toMatchObject({ ok: false, code: 'in-use' })
  })

  test('says that there is no such address', async () => {
    const onStream = (): Ear => new Ear()
    const result = await new Promise(resolve => {
      net.listenStream({ address: '192.0.2.1', port: 0, onStream }, resolve)
    })
    expect(result).toMatchObject({ ok: false, code: 'refused' })
  })

  test('that is closed takes no new streams, and leaves the others', async () => {
    const { listener, next } = await listen()
    const far = await stranger(listener.local.port)
    const { ear } = await next()
    listener.close()
    listener.close()
    const refused = connect(listener.local.port)
    expect((await refused.ear.until(({ closed }) => closed !== undefined)).closed?.error).toContain('ECONNREFUSED')
    far.write('still here')
    await ear.until(({ text }) => text === 'still here')
  })
})

describe('a stream of ours', () => {
  test('is open before anything comes, and talks both ways', async () => {
    const { listener, next } = await listen()
    const ours = connect(listener.local.port)
    const [socket, theirs] = [await ours.opened, await next()]
    expect(socket.remote).toEqual(listener.local)
    socket.send(Buffer.from('ping'))
    await theirs.ear.until(({ text }) => text === 'ping')
    theirs.socket.send(Buffer.from('pong'))
    await ours.ear.until(({ text }) => text === 'pong')
    theirs.socket.end()
    expect((await ours.ear.until(({ closed }) => closed !== undefined)).closed).toEqual({ error: undefined })
  })

  test('that is given up is closed, open or not', async () => {
    const server: Server = nodeNet.createServer()
    server.listen(0, HOST)
    await once(server, 'listening')
    cleanUp.push(() => server.close())
    const { ear, giveUp } = connect((server.address() as nodeNet.AddressInfo).port)
    giveUp()
    giveUp()
    await ear.until(({ closed }) => closed !== undefined)
  })
})
