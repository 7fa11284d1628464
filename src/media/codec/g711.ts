/**
 * ITU-T G.711 as tables. Samples are 16-bit linear: the 14-bit µ-law and 13-bit A-law values of the recommendation
 * shifted left to full scale.
 */

/** One of the two laws. */
export interface Law {
  /** 256 linear values by code. */
  readonly decode: Int16Array
  /** Codes by `(sample & 0xffff) >> shift`. */
  readonly encode: Uint8Array
  readonly shift: number
}

/** Codes of one sign in order of loudness: rank 0 to 127 is three bits of segment and four of step. */
interface Scale {
  magnitude(rank: number): number
  /** Half the distance between neighbours of the segment: from the decision value to the quantized value. */
  halfStep(rank: number): number
  code(rank: number, isNegative: boolean): number
  /** Every decision value is a multiple of 2^`shift`, so one code serves all samples of a table entry. */
  readonly shift: number
}

const segment = (rank: number): number => rank >> 4
const step = (rank: number): number => rank & 15

/** G.711 table 2a, all bits inverted on the line. */
const muLawScale: Scale = {
  magnitude: rank => ((8 * step(rank) + 132) << segment(rank)) - 132,
  halfStep: rank => 4 << segment(rank),
  code: (rank, isNegative) => ~(isNegative ? rank | 0x80 : rank) & 0xff,
  shift: 2,
}

/** G.711 table 1a, even bits inverted on the line. */
const aLawScale: Scale = {
  magnitude: rank => (segment(rank) === 0 ? 16 * step(rank) + 8 : (16 * step(rank) + 264) << (segment(rank) - 1)),
  halfStep: rank => 8 << Math.max(0, segment(rank) - 1),
  code: (rank, isNegative) => (isNegative ? rank : rank | 0x80) ^ 0x55,
  shift: 4,
}

function lawOf(scale: Scale): Law {
  const decode = new Int16Array(256)
  for (let rank = 0; rank < 128; rank++) {
    decode[scale.code(rank, false)] = scale.magnitude(rank)
    decode[scale.code(rank, true)] = -scale.magnitude(rank)
  }
  const encode = new Uint8Array(65_536 >> scale.shift)
  let rank = 0
  for (let magnitude = 0; magnitude < 32_768; magnitude += 1 << scale.shift) {
    while (rank < 127 && magnitude >= scale.magnitude(rank + 1) - scale.halfStep(rank + 1)) rank++
    encode[magnitude >> scale.shift] = scale.code(rank, false)
    // The entry of the negative samples that end just above -magnitude.
    encode[(~magnitude & 0xffff) >> scale.shift] = scale.code(rank, true)
  }
  return { decode, encode, shift: scale.shift }
}

const translation = (from: Law, to: Law): Uint8Array =>
  Uint8Array.from(from.decode, sample => to.encode[(sample & 0xffff) >> to.shift]!)

export const muLaw = lawOf(muLawScale)
export const aLaw = lawOf(aLawScale)

/** The code of one law to that of the other that is next in linear value. */
export const muLawToALaw = translation(muLaw, aLaw)
export const aLawToMuLaw = translation(aLaw, muLaw)
