// The floor of a relay in Node: a bare `dgram` forwarder, message in, `send` out, nothing else.
//
//     node forwarder.mjs [PORT]        prints `pid NUMBER ready`, ends at SIGTERM
//
// Just enough SIP stands before it to let sipload set up its calls: a message from the caller goes to the called
// party and back as it came, only the port of its audio line becomes that of one of the call's two sockets here. The
// ports on both sides have five digits, so Content-Length stays true. In the steady state no SIP passes at all.
import { createSocket } from 'node:dgram'

const HOST = '127.0.0.1'
const CALLER_SIP_PORT = 17060
const CALLED_SIP_PORT = 17062
const CALLER_RTP_PORT = 17000
const CALLED_RTP_PORT = 17002

/** Call-ID to the two RTP sockets of the call. @type {Map<string, Promise<readonly [number, number]>>} */
const calls = new Map()

const bound = socket =>
  new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(0, HOST, () => resolve(socket.address().port))
  })

/** Opens a call's sockets; resolves to the ports for the caller and for the called party. */
function open() {
  const caller = createSocket('udp4')
  const called = createSocket('udp4')
  caller.on('message', packet => called.send(packet, CALLED_RTP_PORT, HOST))
  called.on('message', packet => caller.send(packet, CALLER_RTP_PORT, HOST))
  return Promise.all([bound(caller), bound(called)])
}

const sip = createSocket('udp4')
sip.on('message', async (packet, source) => {
  const text = packet.toString('latin1')
  const callId = /^Call-ID: *(\S+)/im.exec(text)?.[1]
  if (!callId) return
  if (!calls.has(callId)) calls.set(callId, open())
  const [callerPort, calledPort] = await calls.get(callId)
  const fromCaller = source.port === CALLER_SIP_PORT
  const changed = text.replace(/^m=audio \d{5} /m, `m=audio ${fromCaller ? calledPort : callerPort} `)
  sip.send(Buffer.from(changed, 'latin1'), fromCaller ? CALLED_SIP_PORT : CALLER_SIP_PORT, HOST)
})
sip.bind(Number(process.argv[2] ?? 15090), HOST, () => console.log(`pid ${process.pid} ready`))
process.on('SIGTERM', () => process.exit(0))
