import { alaw, mulaw } from 'alawmulaw'
import { describe, expect, test } from 'vitest'
import { aLaw, aLawToMuLaw, type Law, muLaw, muLawToALaw } from '../../../../src/media/codec/g711.ts'

const codes = Array.from({ length: 256 }, (_, code) => code)
const encode = ({ encode: table, shift }: Law, sample: number): number => table[(sample & 0xffff) >> shift] as number
const decode = (law: Law, code: number): number => law.decode[code] as number

/** The two zeros of µ-law are one sample. */
const MINUS_ZERO = 0x7f

const laws = [
  { name: 'µ-law', law: muLaw, oracle: mulaw, overload: 32_636 },
  { name: 'A-law', law: aLaw, oracle: alaw, overload: 32_768 },
]

for (const { name, law, oracle, overload } of laws)
  describe(name, () => {
    test('decodes every code as an independent implementation does', () => {
      expect(codes.map(code => decode(law, code))).toEqual(codes.map(code => oracle.decodeSample(code)))
    })

    test('encodes what it decoded to the code it came from', () => {
      const differing = codes.filter(code => encode(law, decode(law, code)) !== code)
      expect(differing).toEqual(law === muLaw ? [MINUS_ZERO] : [])
    })

    test('encodes every sample to the nearest code, half a step away at most', () => {
      const values = [...new Set(law.decode)].sort((one, other) => one - other)
      const wrong: number[] = []
      for (let sample = -32_768; sample < 32_768; sample++) {
        const error = Math.abs(decode(law, encode(law, sample)) - sample)
        const nearest = nearestDistance(values, sample)
        if (error > nearest) wrong.push(sample)
      }
      expect(wrong).toEqual([])
    })

    test('stays within half a step up to the overload point, and clips beyond', () => {
      for (let sample = 0; sample < Math.min(32_768, overload); sample++) {
        const code = encode(law, sample)
        const step = decode(law, code) - decode(law, code === 0xff || code === 0xd5 ? code : code ^ 1)
        const halfStep = Math.max(Math.abs(step) / 2, 8)
        expect(Math.abs(decode(law, code) - sample)).toBeLessThanOrEqual(halfStep)
      }
      expect(decode(law, encode(law, 32_767))).toBe(Math.max(...law.decode))
      expect(decode(law, encode(law, -32_768))).toBe(Math.min(...law.decode))
    })

    test('encodes as the independent implementation does, ties apart', () => {
      let differing = 0
      for (let sample = -32_768; sample < 32_768; sample++) {
        const ours = encode(law, sample)
        const theirs = oracle.encodeSample(sample) & 0xff
        if (ours === theirs) continue
        differing++
        expect(Math.abs(decode(law, ours) - sample)).toBeLessThanOrEqual(Math.abs(decode(law, theirs) - sample))
      }
      expect(differing).toBeLessThan(1000)
    })
  })

describe('between the laws', () => {
  test('the tables do what decoding and encoding would', () => {
    expect([...muLawToALaw]).toEqual(codes.map(code => encode(aLaw, decode(muLaw, code))))
    expect([...aLawToMuLaw]).toEqual(codes.map(code => encode(muLaw, decode(aLaw, code))))
  })

  test('there and back costs no more than one step', () => {
    for (const code of codes) {
      const back = decode(muLaw, aLawToMuLaw[muLawToALaw[code] as number] as number)
      const sample = decode(muLaw, code)
      expect(Math.abs(back - sample)).toBeLessThanOrEqual(8 + Math.abs(sample) / 16)
    }
  })
})

function nearestDistance(values: readonly number[], sample: number): number {
  let low = 0
  let high = values.length - 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((values[middle] as number) <= sample) low = middle
    else high = middle
  }
  return Math.min(Math.abs((values[low] as number) - sample), Math.abs((values[high] as number) - sample))
}
