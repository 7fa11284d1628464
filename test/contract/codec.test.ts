import { describe, expect, test } from 'vitest'
import { codecFor, codecFormats, codecs, sameEncoding, translationTable } from '../../src/media/codec/registry.ts'

const SECONDS = 1

for (const codec of codecs)
  describe(`${codec.format.name}`, () => {
    const { format } = codec
    const frameSamples = (format.sampleRateHz * format.frameMs) / 1000
    const sine = Int16Array.from(
      { length: format.sampleRateHz * SECONDS },
      (_, n) => 12_000 * Math.sin((2 * Math.PI * 440 * n) / format.sampleRateHz),
    )

    /** Through a transcoder and back, frame by frame, at an odd place of a larger buffer. */
    function throughAndBack(pcm: Int16Array): Int16Array {
      const [encoder, decoder] = [codec.create(), codec.create()]
      const bytes = new Uint8Array(8192)
      const out = new Int16Array(pcm.length)
      for (let at = 0; at < pcm.length; at += frameSamples) {
        const length = encoder.encode(pcm.subarray(at, at + frameSamples), frameSamples, bytes, 13)
        const decoded = new Int16Array(frameSamples)
        expect(decoder.decode(bytes, 13, length, decoded)).toBe(frameSamples)
        out.set(decoded, at)
      }
      return out
    }

    test('has a record that an offer can carry', () => {
      expect(format.name).toMatch(/^[A-Za-z0-9-]+$/)
      expect(format.payloadType).toBeGreaterThanOrEqual(0)
      expect(format.payloadType).toBeLessThan(128)
      expect(Number.isInteger(frameSamples)).toBe(true)
      expect(format.frameMs).toBeLessThanOrEqual(20)
      expect(codecFormats).toContain(format)
    })

    test('is found by its name in any case, under any payload type', () => {
      expect(codecFor({ ...format, name: format.name.toLowerCase(), payloadType: 120 })).toBe(codec)
      expect(codecFor({ ...format, clockRateHz: format.clockRateHz + 1 })).toBeUndefined()
      expect(codecFor({ ...format, channels: format.channels + 1 })).toBeUndefined()
    })

    test('gives speech back with at least 30 dB between it and the noise', () => {
      const out = throughAndBack(sine)
      let signal = 0
      let noise = 0
      for (const [index, sample] of sine.entries()) {
        signal += sample ** 2
        noise += (sample - (out[index] as number)) ** 2
      }
      expect(10 * Math.log10(signal / noise)).toBeGreaterThan(30)
    })

    test('gives silence back as silence', () => {
      expect(Math.max(...throughAndBack(new Int16Array(frameSamples * 10)).map(Math.abs))).toBeLessThanOrEqual(8)
    })

    test('clips what is too loud and does not turn it over', () => {
      const loud = Int16Array.from({ length: frameSamples }, (_, n) => (n % 2 === 0 ? 32_767 : -32_768))
      const out = throughAndBack(loud)
      expect([...out].map(Math.sign)).toEqual([...loud].map(Math.sign))
    })

    test('writes to no byte but the payload’s', () => {
      const bytes = new Uint8Array(4096).fill(0x5a)
      const length = codec.create().encode(sine, frameSamples, bytes, 100)
      expect(bytes.subarray(0, 100).every(byte => byte === 0x5a)).toBe(true)
      expect(bytes.subarray(100 + length).every(byte => byte === 0x5a)).toBe(true)
    })

    test('takes any payload, an empty one too, without a throw', () => {
      const transcoder = codec.create()
      const pcm = new Int16Array(4096)
      for (const length of [0, 1, 7, 160, 1460]) {
        const bytes = Uint8Array.from({ length }, (_, n) => (n * 37) & 255)
        expect(transcoder.decode(bytes, 0, length, pcm)).toBeGreaterThanOrEqual(0)
      }
    })

    for (const other of codecs.filter(candidate => candidate !== codec))
      test(`turns into ${other.format.name} by table as by decoding, where there is a table`, () => {
        const table = translationTable(format, other.format)
        if (!table) return
        const bytes = new Uint8Array(256).map((_, code) => code)
        const pcm = new Int16Array(256)
        const encoded = new Uint8Array(256)
        codec.create().decode(bytes, 0, 256, pcm)
        other.create().encode(pcm, 256, encoded, 0)
        expect(table).toEqual(encoded)
      })
  })

test('no two codecs have the same encoding, and none translates into itself', () => {
  for (const [index, codec] of codecs.entries()) {
    expect(translationTable(codec.format, codec.format)).toBeUndefined()
    for (const other of codecs.slice(index + 1)) expect(sameEncoding(codec.format, other.format)).toBe(false)
  }
})
