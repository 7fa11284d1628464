import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readSound } from '../../../src/dialects/sound.ts'

const hostile = JSON.parse(readFileSync(new URL('../../vectors/hostile-inputs.json', import.meta.url), 'utf8')) as {
  readonly paths: readonly string[]
}

const cadence = (frequenciesHz: readonly number[], cadenceMs: readonly number[], durationMs: number) => ({
  kind: 'cadence',
  frequenciesHz,
  levelDbm0: -13,
  cadenceMs,
  durationMs,
})

describe('sounds by name', () => {
  test.each([
    'hello.wav',
    'menu/de/hello.mp3',
    'Grüße.wav',
    'https://app.example/a?b=c&d=%20',
    'HTTP://app.example:8080/x',
  ])('D14: %s is audio', location => {
    expect(readSound(location)).toEqual({ ok: true, sources: [{ kind: 'audio', location }], endless: false })
  })

  test.each(
    [...hostile.paths.filter(path => path !== 'con' && path !== 'symlink-to-outside.wav'), 'x'.repeat(3_000)].map(
      path => [path],
    ),
  )('the path %j is refused', path => {
    expect(readSound(path)).toMatchObject({ ok: false })
  })

  test.each([
    '',
    'file:///etc/passwd',
    'ftp://app.example/x.wav',
    'data:audio/wav;base64,AAAA',
    '//127.0.0.1/',
    'http://',
    'http://app.example/a b.wav',
    'http:\\\\127.0.0.1\\',
    'a\r\nb.wav',
    'phrase://hello',
  ])('%j is no sound', text => {
    expect(readSound(text)).toMatchObject({ ok: false })
  })
})

describe('tones', () => {
  test('one tone, on and off', () => {
    expect(readSound('tone_stream://%(2000,4000,440,480)')).toEqual({
      ok: true,
      sources: [cadence([440, 480], [2_000, 4_000], 6_000)],
      endless: false,
    })
  })

  test('one tone without a pause is continuous', () => {
    expect(readSound('tone_stream://%(1000,0,350.5)')).toMatchObject({ sources: [cadence([350.5], [], 1_000)] })
  })

  test.each([
    'tone_stream://%(500,500,480,620);loops=3',
    'tone_stream://L=3;%(500, 500, 480, 620)',
    'TONE_STREAM://%(500,500,480,620); loops=3',
  ])('three times: %s', text => {
    expect(readSound(text)).toMatchObject({ sources: [cadence([480, 620], [500, 500], 3_000)], endless: false })
  })

  test('without end', () => {
    expect(readSound('tone_stream://%(500,500,480,620);loops=-1')).toMatchObject({
      sources: [cadence([480, 620], [500, 500], 1_000)],
      endless: true,
    })
  })

  test('a ring of two beats, twice', () => {
    const [short, long] = [cadence([400, 450], [400, 200], 600), cadence([400, 450], [400, 2_200], 2_600)]
    expect(readSound('tone_stream://%(400,200,400,450);%(400,2200,400,450);loops=2')).toMatchObject({
      sources: [short, long, short, long],
    })
  })

  test.each([
    'tone_stream://',
    'tone_stream://loops=3',
    'tone_stream://440',
    'tone_stream://%(100,100)',
    'tone_stream://%(0,0,440)',
    'tone_stream://%(-1,100,440)',
    'tone_stream://%(100,100,0)',
    'tone_stream://%(100,100,4000)',
    'tone_stream://%(100,100,1,2,3,4,5)',
    'tone_stream://%(99999999,100,440)',
    'tone_stream://%(1e9,100,440)',
    'tone_stream://%(100,,440)',
    'tone_stream://%(100,100,440);v=-7',
    'tone_stream://%(100,100,440);loops=99999',
    'tone_stream://%(1,1,440);%(1,1,450);loops=51',
    `tone_stream://${';'.repeat(2_000)}`,
  ])('%s is refused', text => {
    expect(readSound(text)).toMatchObject({ ok: false })
  })
})

describe('silence', () => {
  test.each([
    ['silence_stream://1500', 1_500, false],
    ['silence_stream://1500,1400', 1_500, false],
    ['silence_stream://-1', 1_000, true],
    ['silence_stream://0', 0, false],
  ] as const)('%s', (text, durationMs, endless) => {
    expect(readSound(text)).toEqual({ ok: true, sources: [{ kind: 'silence', durationMs }], endless })
  })

  test.each([
    'silence_stream://',
    'silence_stream://-2',
    'silence_stream://99999999',
    'silence_stream://1.5',
    'silence_stream://x',
  ])('%s is refused', text => {
    expect(readSound(text)).toMatchObject({ ok: false })
  })
})
