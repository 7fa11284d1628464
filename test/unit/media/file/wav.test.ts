import { alaw, mulaw } from 'alawmulaw'
import { describe, expect, test } from 'vitest'
import { type Format, Reader, Writer } from 'wav'
import { readWav, type Wav } from '../../../../src/media/file/wav.ts'
import { chunk, formatChunk, makeWav, riff, type WavFormat } from './wav-maker.ts'

function opened(bytes: Uint8Array): Wav {
  const wav = readWav(bytes)
  if (!wav.ok) throw new Error(wav.message)
  return wav
}

/** All samples on the 16-bit scale. */
function samplesOf(bytes: Uint8Array): number[] {
  const wav = opened(bytes)
  const mono = new Float32Array(wav.frames)
  wav.read(0, wav.frames, mono)
  return [...mono].map(sample => Math.round(sample * 32_768 * 1000) / 1000)
}

function faultOf(bytes: Uint8Array): string {
  const wav = readWav(bytes)
  return wav.ok ? 'no fault' : `${wav.code}: ${wav.message}`
}

const VALUES = [0, 1, -1, 100, -100, 12_345, -12_345, 32_767, -32_768]

/** What a PCM value becomes in a coding, little-endian. */
const codings: Readonly<Record<string, { format: WavFormat; encode: (value: number) => number[]; exact: boolean }>> = {
  '8 bits': { format: { tag: 1, bits: 8 }, encode: value => [(value >> 8) + 128], exact: false },
  '16 bits': { format: { tag: 1, bits: 16 }, encode: value => [value & 255, (value >> 8) & 255], exact: true },
  '24 bits': { format: { tag: 1, bits: 24 }, encode: value => [0, value & 255, (value >> 8) & 255], exact: true },
  '32 bits': { format: { tag: 1, bits: 32 }, encode: value => [0, 0, value & 255, (value >> 8) & 255], exact: true },
  '32-bit float': {
    format: { tag: 3, bits: 32 },
    encode: value => [...new Uint8Array(Float32Array.of(value / 32_768).buffer)],
    exact: true,
  },
}

describe('PCM and float', () => {
  for (const [name, { format, encode, exact }] of Object.entries(codings))
    for (const extensible of [false, true])
      test(`${name}${extensible ? ', extensible' : ''}`, () => {
        const bytes = makeWav({ ...format, extensible }, Uint8Array.from(VALUES.flatMap(encode)))
        expect(samplesOf(bytes)).toEqual(exact ? VALUES : VALUES.map(value => (value >> 8) * 256))
      })

  test('24 bits keep the lowest eight', () => {
    expect(samplesOf(makeWav({ tag: 1, bits: 24 }, Uint8Array.of(0x80, 1, 0, 0x80, 0xfe, 0xff)))).toEqual([1.5, -1.5])
  })

  test('float that is no number is silence', () => {
    const data = new Uint8Array(Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, 0.5).buffer)
    expect(samplesOf(makeWav({ tag: 3, bits: 32 }, data))).toEqual([0, 0, 16_384])
  })

  test('two channels become their mean', () => {
    const data = new Uint8Array(Int16Array.of(1000, 3000, -5, 5, 32_767, 32_767).buffer)
    expect(samplesOf(makeWav({ tag: 1, bits: 16, channels: 2 }, data))).toEqual([2000, 0, 32_767])
  })
})

describe('G.711', () => {
  const codes = Uint8Array.from({ length: 256 }, (_, code) => code)

  test('µ-law and A-law are what an independent decoder makes of them', () => {
    expect(samplesOf(makeWav({ tag: 7, bits: 8 }, codes))).toEqual([...codes].map(code => mulaw.decodeSample(code) + 0))
    expect(samplesOf(makeWav({ tag: 6, bits: 8 }, codes))).toEqual([...codes].map(code => alaw.decodeSample(code)))
  })
})

describe('next to an independent reader and writer', () => {
  const data = Buffer.from(Int16Array.from({ length: 500 }, (_, n) => n * 61 - 15_000).buffer)

  for (const [audioFormat, bitDepth, channels] of [
    [1, 16, 1],
    [1, 16, 2],
    [1, 24, 1],
    [1, 8, 1],
    [7, 8, 1],
    [6, 8, 1],
  ] as const)
    test(`what it writes in format ${audioFormat}, ${bitDepth} bits, ${channels} channels, is read here`, async () => {
      const options = { format: audioFormat, channels, sampleRate: 16_000, bitDepth }
      const wav = opened(await written(options, data))
      const frameBytes = (bitDepth * channels) / 8
      expect([wav.sampleRateHz, wav.channels, wav.frames]).toEqual([16_000, channels, Math.floor(1000 / frameBytes)])
    })

  test('what is read here it reads the same', async () => {
    const bytes = makeWav({ tag: 1, bits: 16, channels: 2, sampleRateHz: 44_100 }, data)
    const { format, samples } = await readElsewhere(bytes)
    const wav = opened(bytes)
    expect([format.channels, format.sampleRate]).toEqual([wav.channels, wav.sampleRateHz])
    expect(samples).toEqual(data)
  })
})

describe('what may stand around', () => {
  const data = Uint8Array.of(1, 0, 2, 0)

  test('other chunks, of odd length too', () => {
    const bytes = riff(
      chunk('LIST', Uint8Array.of(1, 2, 3)),
      formatChunk({ tag: 1, bits: 16 }),
      chunk('fact', new Uint8Array(4)),
      chunk('data', data),
      chunk('id3 ', new Uint8Array(7)),
    )
    expect(samplesOf(bytes)).toEqual([1, 2])
  })

  for (const declared of [0xffff_ffff, 0x7fff_ffff, 0])
    test(`a writer who did not know the length and left ${declared}`, () => {
      expect(samplesOf(makeWav({ tag: 1, bits: 16 }, data, declared))).toEqual([1, 2])
    })

  test('half a frame at the end is left out', () => {
    expect(samplesOf(makeWav({ tag: 1, bits: 16 }, Uint8Array.of(1, 0, 2)))).toEqual([1])
  })

  test('bytes that lie in the middle of a larger buffer', () => {
    const bytes = makeWav({ tag: 1, bits: 16 }, data)
    const larger = new Uint8Array(bytes.length + 7)
    larger.set(bytes, 7)
    expect(samplesOf(larger.subarray(7))).toEqual([1, 2])
  })
})

describe('what is refused, with the byte at fault', () => {
  const format = formatChunk({ tag: 1, bits: 16 })
  const data = chunk('data', new Uint8Array(4))
  const cases: readonly [string, Uint8Array, string][] = [
    ['nothing', new Uint8Array(0), 'not-audio: The file does not start with a RIFF/WAVE header.'],
    [
      'another RIFF',
      Buffer.from('RIFF\0\0\0\0AVI fmt '),
      'not-audio: The file does not start with a RIFF/WAVE header.',
    ],
    ['no data', riff(format), 'not-audio: No data chunk in 36 bytes.'],
    ['data before format', riff(data, format), 'not-audio: The data chunk at byte 12 comes before any format chunk.'],
    [
      'data cut off',
      riff(format, chunk('data', new Uint8Array(4), 100)),
      'not-audio: The data chunk at byte 36 declares 100 bytes; 4 follow.',
    ],
    [
      'a chunk beyond the end',
      riff(chunk('junk', new Uint8Array(4), 0xffff_fff0)),
      'not-audio: Chunk "junk" at byte 12 declares 4294967280 bytes; 4 follow.',
    ],
    [
      'a short format',
      riff(chunk('fmt ', new Uint8Array(8)), data),
      'not-audio: The format chunk at byte 12 has 8 bytes, not 16.',
    ],
    [
      'ADPCM',
      makeWav({ tag: 2, bits: 4 }, new Uint8Array(4)),
      'unsupported: WAVE format 2 with 4 bits per sample (byte 20).',
    ],
    [
      'six channels',
      makeWav({ tag: 1, bits: 16, channels: 6 }, new Uint8Array(12)),
      'unsupported: 6 channels (byte 22): one or two are read.',
    ],
    [
      'no channel',
      makeWav({ tag: 1, bits: 16, channels: 0 }, new Uint8Array(12)),
      'unsupported: 0 channels (byte 22): one or two are read.',
    ],
    [
      'an unknown subformat',
      riff(chunk('fmt ', Uint8Array.of(0xfe, 0xff, ...new Array(38).fill(0))), data),
      'unsupported: The extensible format at byte 20 has no subformat known here.',
    ],
  ]

  for (const [what, bytes, wanted] of cases)
    test(what, () => {
      expect(faultOf(bytes)).toBe(wanted)
    })

  test('every way to cut a good file off ends in a fault or in fewer samples, never in a throw', () => {
    const bytes = makeWav({ tag: 1, bits: 16, extensible: true }, new Uint8Array(40))
    for (let length = 0; length < bytes.length; length++) expect(readWav(bytes.subarray(0, length)).ok).toBe(false)
  })
})

function written(options: ConstructorParameters<typeof Writer>[0], data: Buffer): Promise<Buffer> {
  return new Promise(resolve => {
    const writer = new Writer(options)
    const chunks: Buffer[] = []
    writer.on('header', (header: Buffer) =>
      resolve(Buffer.concat([header, Buffer.concat(chunks).subarray(header.length)])),
    )
    writer.on('data', (bytes: Buffer) => chunks.push(bytes))
    writer.end(data)
  })
}

function readElsewhere(bytes: Uint8Array): Promise<{ format: Format; samples: Buffer }> {
  return new Promise((resolve, reject) => {
    const reader = new Reader()
    const chunks: Buffer[] = []
    reader.on('error', reject)
    reader.on('format', format => {
      reader.on('data', data => chunks.push(data))
      reader.on('end', () => resolve({ format, samples: Buffer.concat(chunks) }))
    })
    reader.end(Buffer.from(bytes))
  })
}
