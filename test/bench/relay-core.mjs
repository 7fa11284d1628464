/**
 * CPU per relayed RTP packet: the media core, in its worker thread over real sockets on loopback, against a bare dgram
 * forwarder under the same load. Needs a build.
 *
 *     node test/bench/relay-core.mjs [calls] [seconds] [rounds]
 *
 * One call is two legs, each 50 packets of 172 bytes per second both ways. "Packet" is one that was received and sent.
 * Figures are CPU time of the whole process under test, so they bear a busy machine; the ratio bears it best. A round
 * in which the machine was too busy to carry the load says nothing and is repeated.
 */
import { fork } from 'node:child_process'
import dgram from 'node:dgram'
import { fileURLToPath } from 'node:url'

const HOST = '127.0.0.1'
const LOSS_LIMIT = 0.02
const [calls = 400, seconds = 5, rounds = 3] = process.argv
  .slice(2)
  .filter(arg => /^\d+$/.test(arg))
  .map(Number)
/** The forwarders, each `(farEnds) → ports`: packets that arrive on a port leave for the far end of its neighbour. */
const forwarders = {
  bare: farEnds => forwardBarely(farEnds, {}),
  // The same without the resolver on the way of each packet: the least that dgram can cost.
  literal: farEnds => forwardBarely(farEnds, { lookup: (host, family, done) => done(null, host, family) }),
  core: forwardWithCore,
}

const forwarder = forwarders[process.argv[2]]
if (forwarder) await serve(forwarder)
else await compare()

async function compare() {
  const results = Object.fromEntries(Object.keys(forwarders).map(name => [name, []]))
  while (Object.values(results).some(list => list.length < rounds))
    for (const name of Object.keys(forwarders)) {
      const result = await measure(name)
      const counts = Math.abs(result.delivered / result.sent - 1) < LOSS_LIMIT
      if (counts) results[name].push(result)
      console.log(`${name}: ${describe(result)}${counts ? '' : ', not counted'}`)
    }
  const median = name =>
    results[name].map(one => one.microseconds).sort((a, b) => a - b)[Math.floor(results[name].length / 2)]
  for (const name of Object.keys(forwarders))
    console.log(
      `median ${name}: ${median(name).toFixed(2)} µs per packet, ${(median(name) / median('bare')).toFixed(2)} x bare`,
    )
  process.exit()
}

function describe({ microseconds, delivered, sent, rssMiB }) {
  return `${microseconds.toFixed(2)} µs per packet, ${delivered} of ${sent} delivered, ${rssMiB} MiB`
}

async function measure(name) {
  const farEnds = await Promise.all(Array.from({ length: 2 * calls }, () => bind()))
  const child = fork(fileURLToPath(import.meta.url), [name])
  const ask = message =>
    new Promise(resolve => {
      child.once('message', resolve)
      child.send(message)
    })
  const ports = await ask({ farEnds: farEnds.map(socket => socket.address().port) })
  const load = startLoad(farEnds, ports)
  await sleep(2000)
  const before = await ask('usage')
  const counted = load.counts()
  await sleep(1000 * seconds)
  const after = await ask('usage')
  const done = load.counts()
  load.stop()
  child.kill()
  for (const socket of farEnds) socket.close()
  const delivered = done.delivered - counted.delivered
  return {
    microseconds: (after.cpuMicros - before.cpuMicros) / delivered,
    delivered,
    sent: done.sent - counted.sent,
    rssMiB: after.rssMiB,
  }
}

/** Every far end sends its packet each 20 ms, at its own millisecond of them. */
function startLoad(farEnds, ports) {
  let delivered = 0
  let sent = 0
  let sequence = 0
  let stopped = false
  const packets = farEnds.map((_, index) => {
    const packet = Buffer.alloc(172, 0xff)
    packet[0] = 0x80
    packet[1] = 0
    packet.writeUInt32BE(index + 1, 8)
    return packet
  })
  for (const socket of farEnds) socket.on('message', () => delivered++)
  const start = performance.now()
  let slot = 0
  const run = () => {
    if (stopped) return
    for (const due = Math.floor(performance.now() - start); slot <= due; slot++) {
      if (slot % 20 === 0) sequence++
      for (let index = slot % 20; index < farEnds.length; index += 20) {
        packets[index].writeUInt16BE(sequence & 0xffff, 2)
        packets[index].writeUInt32BE((sequence * 160) >>> 0, 4)
        farEnds[index].send(packets[index], ports[index], HOST)
        sent++
      }
    }
    setTimeout(run, 1)
  }
  run()
  return { counts: () => ({ delivered, sent }), stop: () => (stopped = true) }
}

async function serve(forward) {
  process.on('message', async message => {
    if (message === 'usage') {
      const { user, system } = process.cpuUsage()
      const rssMiB = Math.round(process.memoryUsage.rss() / 2 ** 20)
      process.send({ cpuMicros: user + system, rssMiB })
    } else process.send(await forward(message.farEnds))
  })
}

async function forwardBarely(farEnds, options) {
  const sockets = await Promise.all(farEnds.map(() => bind(options)))
  sockets.forEach((socket, index) => {
    const other = index ^ 1
    socket.on('message', bytes => sockets[other].send(bytes, farEnds[other], HOST))
  })
  return sockets.map(socket => socket.address().port)
}

async function forwardWithCore(farEnds) {
  const { MediaHost, codecFormats } = await import('../../dist/media/index.js')
  const media = new MediaHost()
  const [format] = codecFormats
  const ports = new Map()
  const legs = farEnds.map(() => media.open({ address: HOST, mediaTimeoutMs: 20_000 }))
  await new Promise(resolve => {
    media.onEvent = event => {
      if (event.type === 'opened') ports.set(event.leg, event.port)
      if (event.type === 'open-failed') throw new Error(event.message)
      if (ports.size === legs.length) resolve()
    }
  })
  legs.forEach((leg, index) => {
    media.setRemote(leg, {
      address: HOST,
      port: farEnds[index],
      rtcpPort: farEnds[index] + 1,
      rtcpMux: false,
      signallingAddress: HOST,
      send: format,
      receive: [format],
      direction: 'sendrecv',
      ptimeMs: 20,
    })
    if (index % 2 === 1) media.bridge(legs[index - 1], leg)
  })
  return legs.map(leg => ports.get(leg))
}

function bind(options = {}) {
  return new Promise((resolve, reject) => {
    const socket = dgram.createSocket({ type: 'udp4', ...options })
    socket.once('error', reject)
    socket.bind(0, HOST, () => resolve(socket))
  })
}

function sleep(delayMs) {
  return new Promise(resolve => setTimeout(resolve, delayMs))
}
