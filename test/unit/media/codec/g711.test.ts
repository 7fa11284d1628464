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
      expect(codes.map(code => decode(law, code))).toEqual(codes.map(code => oracle.decodeSample(code) + 0))
    })

    test('encodes what it decoded to the code it came from', () => {
      const differing = codes.filter(code => encode(law, decode(law, code)) !== code)
      expect(differing).toEqual(law === muLaw ? [MINUS_ZERO] : [])
    })

    test('is never further from a sample than half a step of the code, up to where it clips', () => {
      const halfSteps = halfStepsOf(law)
      const tooFar: number[] = []
      for (let sample = -overload; sample < overload; sample++) {
        const decoded = decode(law, encode(law, sample))
        if (Math.abs(decoded - sample) > (halfSteps.get(Math.abs(decoded)) as number)) tooFar.push(sample)
      }
      expect(tooFar).toEqual([])
      expect(decode(law, encode(law, 32_767))).toBe(Math.max(...law.decode))
      expect(decode(law, encode(law, -32_768))).toBe(Math.min(...law.decode))
    })

    test('encodes as the independent implementation does, except exactly between two codes', () => {
      const halfSteps = halfStepsOf(law)
      const isDecisionValue = (code: number, sample: number): boolean =>
        Math.abs(decode(law, code) - sample) === halfSteps.get(Math.abs(decode(law, code)))
      const differing: number[] = []
      for (let sample = -32_768; sample < 32_768; sample++) {
        const ours = encode(law, sample)
        const theirs = oracle.encodeSample(sample) & 0xff
        const isTie = isDecisionValue(ours, sample) && isDecisionValue(theirs, sample)
        if (ours !== theirs && !isTie) differing.push(sample)
      }
      // The samples below zero that round to it: we keep their sign.
      expect(differing.filter(sample => encode(law, sample) !== MINUS_ZERO)).toEqual([])
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

/** Half a step by magnitude: sixteen values to a segment, evenly spaced. */
function halfStepsOf(law: Law): Map<number, number> {
  const magnitudes = [...new Set(law.decode.map(sample => Math.abs(sample)))].sort((one, other) => one - other)
  return new Map(
    magnitudes.map((magnitude, rank) => {
      const neighbour = magnitudes[rank % 16 === 15 ? rank - 1 : rank + 1] as number
      return [magnitude, Math.abs(neighbour - magnitude) / 2]
    }),
  )
}
