/**
 * Sounds that are missing or broken: the play fails with a reason, and the flow goes on.
 */
import { describe, expect } from 'vitest'
import type { HttpFault, HttpResponse } from '../../../src/base/index.ts'
import { heardBetween, levelOf, loudnessOf, wav } from './sounds.ts'
import { type Story, statusesOf, story } from './story.ts'

const NEXT_HZ = 950
const next = { verb: 'play', url: `tone_stream://%(400,0,${NEXT_HZ})` }

/** What a server has under a path that ends with this. */
function serve(s: Story, ending: string, reply: HttpResponse | HttpFault | undefined, delayMs = 5): void {
  const { send } = s.world.http
  const clock = s.world.timeline.clock()
  s.world.http.send = (request, done) => {
    if (!request.url.endsWith(ending)) return send.call(s.world.http, request, done)
    const late: HttpFault = { ok: false, code: 'timeout', message: 'No complete answer before the deadline.' }
    const timer = clock.after(reply ? delayMs : request.timeoutMs, () => done(reply ?? late))
    return () => timer.cancel()
  }
}

const response = (status: number, body: Uint8Array = new Uint8Array()): HttpResponse => ({
  ok: true,
  status,
  headers: {},
  body,
})

/** MPEG is decoded behind a promise, of which virtual time knows nothing. */
const breathe = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

async function failing(s: Story, url: string): Promise<void> {
  s.app({ '/call': [{ verb: 'play', url, actionHook: '/played' }, next, { verb: 'hangup' }] })
  const call = s.call(s.phone('alice'))
  s.until('it is up', () => call.acked)
  s.run(100)
  await breathe()
  s.until('it is over', () => call.ended)
  expect(statusesOf(call)).toEqual([200])
  expect(s.hook('/played')).toMatchObject({ reason: 'playFailed' })
  expect(levelOf(heardBetween(call, 0, s.now), NEXT_HZ)).toBeGreaterThan(-14)
}

const truncated = wav(440, 1_000).subarray(0, 5_000)
const compressed = Buffer.from(wav(440, 100))
compressed.writeUInt16LE(0x11, 20) // IMA ADPCM
const surround = Buffer.from(wav(440, 100))
surround.writeUInt16LE(6, 22)
/** The header of a frame of MPEG-1 layer III, 128 kbit/s at 44.1 kHz, and then nothing that follows from it. */
const torn = Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x00]), Buffer.alloc(600, 0x55)])

describe('K07 a sound', () => {
  const files: readonly (readonly [name: string, bytes: Uint8Array | undefined, reason: RegExp])[] = [
    ['missing', undefined, /^x\.wav: There is no such prompt\.$/],
    ['empty', new Uint8Array(), /./],
    ['text', Buffer.from('This is not audio, whatever its name says.'), /./],
    ['WAV that ends too early', truncated, /declares 16000 bytes/],
    ['WAV without samples', wav(440, 0), /no samples/],
    ['WAV in a coding that is not known', compressed, /WAVE format 17/],
    ['WAV with six channels', surround, /6 channels/],
    ['MP3 that is torn', torn, /./],
    ['too large', new Uint8Array(6_000_000), /^x\.wav: The prompt has more than 5000000 bytes\.$/],
  ]
  for (const [name, bytes, reason] of files) {
    story(`K07 that is ${name}: the play fails with its reason, the flow goes on`, async s => {
      if (bytes) s.world.files.contents.set('/prompts/x.wav', bytes)
      await failing(s, 'x.wav')
      const said = s.hook('/played')
      expect(said['status']).toBe('fail')
      expect(String(said['error'])).toMatch(reason)
      expect(String(said['error'])).toMatch(/x\.wav/)
    })
  }

  const replies: readonly (readonly [name: string, reply: HttpResponse | HttpFault | undefined, reason: RegExp])[] = [
    ['404', response(404), /status 404/],
    ['500', response(500), /status 500/],
    ['302', response(302), /status 302/],
    ['an empty body', response(200), /./],
    ['HTML', response(200, Buffer.from('<html>Login</html>')), /./],
    ['nothing in time', undefined, /deadline/],
    ['no connection', { ok: false, code: 'refused', message: 'Connection refused.' }, /refused/],
    ['more than may be', { ok: false, code: 'too-large', message: 'Too long.' }, /long/i],
  ]
  for (const [name, reply, reason] of replies) {
    story(`K07 whose server answers ${name}: the play fails with its reason, the flow goes on`, async s => {
      serve(s, '/x.wav', reply)
      await failing(s, 'http://cdn.test/x.wav')
      expect(String(s.hook('/played')['error'])).toMatch(reason)
    })
  }

  story('K07 that is broken among others: what can be played is not, since the list is one', async s => {
    s.app({
      '/call': [
        { verb: 'play', url: ['tone_stream://%(300,0,440)', 'missing.wav'], actionHook: '/played' },
        next,
        { verb: 'hangup' },
      ],
    })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(s.hook('/played')).toMatchObject({ reason: 'playFailed' })
    expect(levelOf(heardBetween(call, 0, s.now), 440)).toBeLessThan(-35)
  })

  story('K07 that is slow is waited for, in silence', s => {
    serve(s, '/x.wav', response(200, wav(440, 500)), 3_000)
    s.app({ '/call': [{ verb: 'play', url: 'http://cdn.test/x.wav' }, { verb: 'hangup' }] })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(heardBetween(call, 0, 3_000)).toEqual([])
    expect(levelOf(heardBetween(call, 3_000, s.now), 440)).toBeGreaterThan(-12)
  })

  story('K07 that is slow, in a play with a time limit: the limit counts', s => {
    serve(s, '/x.wav', response(200, wav(440, 500)), 8_000)
    s.app({ '/call': [{ verb: 'play', url: 'http://cdn.test/x.wav', timeoutSecs: 2 }, next, { verb: 'hangup' }] })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(s.now).toBeLessThan(3_000)
    s.run(8_000)
  })

  story('K07 that two calls want at once is fetched once', s => {
    let requests = 0
    serve(s, '/x.wav', response(200, wav(440, 500)), 500)
    const { send } = s.world.http
    s.world.http.send = (request, done) => {
      if (request.url.endsWith('/x.wav')) requests++
      return send.call(s.world.http, request, done)
    }
    s.app({ '/call': [{ verb: 'play', url: 'http://cdn.test/x.wav' }, { verb: 'hangup' }] })
    const calls = ['alice', 'anna'].map(name => s.call(s.phone(name)))
    s.until('both are over', () => calls.every(({ ended }) => ended))
    expect(requests).toBe(1)
    for (const call of calls) expect(levelOf(heardBetween(call, 0, s.now), 440)).toBeGreaterThan(-12)
  })

  story('K07 of another rate, in stereo, is heard as it was meant', s => {
    const stereo = Buffer.alloc(44 + 4 * 16_000)
    stereo.set(wav(440, 0))
    stereo.writeUInt32LE(36 + 4 * 16_000, 4)
    stereo.writeUInt16LE(2, 22)
    stereo.writeUInt32LE(16_000, 24)
    stereo.writeUInt32LE(64_000, 28)
    stereo.writeUInt16LE(4, 32)
    stereo.writeUInt32LE(4 * 16_000, 40)
    for (let index = 0; index < 16_000; index++) {
      const sample = Math.round(8_000 * Math.sin((2 * Math.PI * 440 * index) / 16_000))
      stereo.writeInt16LE(sample, 44 + 4 * index)
      stereo.writeInt16LE(sample, 46 + 4 * index)
    }
    s.world.files.contents.set('/prompts/x.wav', stereo)
    s.app({ '/call': [{ verb: 'play', url: 'x.wav' }, { verb: 'hangup' }] })
    const call = s.call(s.phone('alice'))
    s.until('it is over', () => call.ended)
    expect(call.audio?.heard).toHaveLength(50)
    const level = levelOf((call.audio?.heard ?? []).slice(5, 45), 440)
    expect(level).toBeGreaterThan(-10)
    expect(Math.abs(level - loudnessOf((call.audio?.heard ?? []).slice(5, 45)))).toBeLessThan(0.5)
  })
})
