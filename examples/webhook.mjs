// A call flow in plain Node: plays a melody, gathers one digit, and dials. Run it beside a switch that uses
// examples/cordboard.yaml, and call 1000.
//
// env: PORT=3000  WEBHOOK_SECRET=change-me (the secret of the application in cordboard.yaml)
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'

const PORT = Number(process.env.PORT ?? 3000)
const SECRET = process.env.WEBHOOK_SECRET ?? 'change-me'
const MAX_AGE_SECONDS = 300

/** A rising melody, in place of "press 1 for the echo, or 2 to ring alice and bob". */
const QUESTION = 'tone_stream://%(200,50,523);%(200,50,659);%(200,50,784);%(400,100,1047)'
const SORRY = 'tone_stream://%(300,100,480,620);loops=3'

const ask = { verb: 'gather', numDigits: 1, timeout: 8, play: { url: QUESTION }, actionHook: '/digit' }
const dial = (...target) => ({ verb: 'dial', target, timeout: 20, actionHook: '/dialed' })

/** What to do next, by the path that is asked: verbs, or nothing to add. */
const answers = {
  '/call': () => [ask],
  '/digit': ({ digits }) => {
    if (digits === '1') return [dial({ type: 'sip', sipUri: 'sip:1001@127.0.0.1:5060' })]
    if (digits === '2') return [dial({ type: 'user', name: 'alice' }, { type: 'user', name: 'bob' })]
    return digits ? [{ verb: 'play', url: SORRY }, ask] : [{ verb: 'hangup' }]
  },
  '/dialed': ({ dial_call_status }) => (dial_call_status === 'completed' ? [] : [{ verb: 'play', url: SORRY }]),
  '/status': () => undefined,
}

/** Whether the request comes from somebody who knows the secret, and comes now: `t=SECONDS,v1=HMAC` over both. */
function isSigned(header = '', body) {
  const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header) ?? []
  if (!time || Math.abs(Date.now() / 1000 - Number(time)) > MAX_AGE_SECONDS) return false
  const expected = createHmac('sha256', SECRET).update(`${time}.${body}`).digest()
  return timingSafeEqual(Buffer.from(signature, 'hex'), expected)
}

async function respond(request, response) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const body = Buffer.concat(chunks).toString()
  const answer = Object.hasOwn(answers, request.url) ? answers[request.url] : undefined
  if (!answer) return response.writeHead(404).end()
  if (!isSigned(request.headers['jambonz-signature'], body)) return response.writeHead(403).end()
  const event = JSON.parse(body)
  console.log(request.url, event.call_status, event.digits ?? event.dial_call_status ?? '')
  const verbs = answer(event)
  if (!verbs) return response.writeHead(204).end()
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(verbs))
}

createServer((request, response) => {
  respond(request, response).catch(error => {
    console.error(error)
    response.writeHead(500).end()
  })
}).listen(PORT, '127.0.0.1', () => console.log(`webhook on http://127.0.0.1:${PORT}; call 1000`))
