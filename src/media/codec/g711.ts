/**
 * ITU-T G.711 as tables. Samples are 16-bit linear: the 14-bit µ-law and 13-bit A-law values of the recommendation
 * shifted left to full scale.
 */

/** One of the two laws. */
export interface Law {
  /** 256 linear values by code. */
  readonly decode: Int16Array
  /** Codes by `(sample & 0xffff) >> shift`: the nearest code of the sample's sign. */
  readonly encode: Uint8Array
  readonly shift: number
}

/** G.711 table 2a, all bits inverted on the line: sign, three bits of segment, four of step. */
function muLawSample(code: number): number {
  const bits = ~code & 0xff
  const magnitude = ((((bits & 15) << 3) + 132) << ((bits >> 4) & 7)) - 132
  return bits & 0x80 ? -magnitude : magnitude
}

/** G.711 table 1a, even bits inverted on the line. */
function aLawSample(code: number): number {
  const bits = code ^ 0x55
  const segment = (bits >> 4) & 7
  const step = ((bits & 15) << 4) + 8
  const magnitude = segment === 0 ? step : (step + 256) << (segment - 1)
  return bits & 0x80 ? magnitude : -magnitude
}

/** Every decision value of the law is a multiple of 2^`shift`, so one code serves all samples of a table entry. */
function law(sampleOf: (code: number) => number, shift: number): Law {
  const decode = Int16Array.from({ length: 256 }, (_, code) => sampleOf(code))
  const encode = new Uint8Array(65_536 >> shift)
  fillEncode(encode, decode, shift, 0, 32_768)
  fillEncode(encode, decode, shift, -32_768, 0)
  return { decode, encode, shift }
}

/** Codes with bit 7 set are the positive ones in both laws. */
function fillEncode(encode: Uint8Array, decode: Int16Array, shift: number, from: number, to: number): void {
  const width = 1 << shift
  const codes = Array.from({ length: 128 }, (_, step) => (from === 0 ? 128 : 0) + step)
  codes.sort((one, other) => decode[one]! - decode[other]!)
  let nearest = 0
  for (let sample = from; sample < to; sample += width) {
    const middle = sample + (width - 1) / 2
    const distance = (rank: number): number => Math.abs(decode[codes[rank]!]! - middle)
    while (nearest < 127 && distance(nearest + 1) < distance(nearest)) nearest++
    encode[(sample & 0xffff) >> shift] = codes[nearest]!
  }
}

const translate = (from: Law, to: Law): Uint8Array =>
  Uint8Array.from(from.decode, sample => to.encode[(sample & 0xffff) >> to.shift]!)

export const muLaw = law(muLawSample, 2)
export const aLaw = law(aLawSample, 4)

/** µ-law code to the A-law code nearest in linear value, and back. */
export const muLawToALaw = translate(muLaw, aLaw)
export const aLawToMuLaw = translate(aLaw, muLaw)
