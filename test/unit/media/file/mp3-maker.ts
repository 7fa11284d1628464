/**
 * MPEG Layer III frames by hand (ISO/IEC 11172-3, 13818-3): every granule has one spectral line of one size, the rest
 * is zero, so a few bits are enough and the sound is a hum near the line's frequency.
 */
export interface Hum {
  readonly sampleRateHz: 16_000 | 44_100
  readonly channels: 1 | 2
  readonly frames: number
  /** Of 576 lines up to half the sample rate; an even number. Undefined: silence. */
  readonly line?: number
}

class Bits {
  #text = ''

  put(value: number, width: number): void {
    this.#text += value.toString(2).padStart(width, '0')
  }

  bytes(length: number): Uint8Array {
    const text = this.#text.padEnd(length * 8, '0')
    return Uint8Array.from({ length }, (_, index) => Number.parseInt(text.slice(index * 8, index * 8 + 8), 2))
  }
}

const QUIET_GAIN = 198

/** 44.1 kHz is MPEG-1 with two granules to a frame, 16 kHz is MPEG-2 with one. */
export function makeMp3({ sampleRateHz, channels, frames, line }: Hum): Uint8Array {
  const first = sampleRateHz === 44_100
  const kbits = first ? 64 : 32
  const whole = Array.from({ length: frames }, (_, frame) => {
    // 64 kbit/s at 44.1 kHz is 208.98 bytes a frame: padded but for every fiftieth.
    const padding = first && frame % 50 !== 0 ? 1 : 0
    const length = Math.floor(((first ? 144_000 : 72_000) * kbits) / sampleRateHz) + padding
    const bits = new Bits()
    bits.put(0x7ff, 11)
    bits.put(first ? 3 : 2, 2)
    bits.put(1, 2)
    bits.put(1, 1)
    bits.put(first ? 5 : 4, 4)
    bits.put(first ? 0 : 2, 2)
    bits.put(padding, 1)
    bits.put(0, 1)
    bits.put(channels === 1 ? 3 : 0, 2)
    bits.put(0, 6)
    sideInformation(bits, first, channels, line)
    for (let granule = 0; granule < (first ? 2 : 1) * channels; granule++) mainData(bits, line)
    return [...bits.bytes(length)]
  })
  return Uint8Array.from(whole.flat())
}

function sideInformation(bits: Bits, first: boolean, channels: number, line: number | undefined): void {
  bits.put(0, first ? 9 : 8)
  bits.put(0, first ? (channels === 1 ? 5 : 3) : channels)
  if (first) bits.put(0, 4 * channels)
  for (let granule = 0; granule < (first ? 2 : 1) * channels; granule++) {
    bits.put(line === undefined ? 0 : line / 2 + 3, 12)
    bits.put(line === undefined ? 0 : line / 2 + 1, 9)
    bits.put(QUIET_GAIN, 8)
    bits.put(0, first ? 4 : 9)
    bits.put(0, 1)
    for (let region = 0; region < 3; region++) bits.put(1, 5)
    bits.put(0, 7)
    bits.put(0, first ? 3 : 2)
  }
}

/** Huffman table 1: `1` is a pair of zeros, `01` is (1, 0) and a sign bit follows. */
function mainData(bits: Bits, line: number | undefined): void {
  if (line === undefined) return
  for (let pair = 0; pair < line / 2; pair++) bits.put(1, 1)
  bits.put(0b010, 3)
}
