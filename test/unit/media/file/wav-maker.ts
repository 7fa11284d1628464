/** A RIFF chunk: name, length, content, a byte of padding where the length is odd. */
export function chunk(name: string, content: Uint8Array, declared = content.length): Uint8Array {
  const bytes = new Uint8Array(8 + content.length + (content.length % 2))
  bytes.set(Buffer.from(name, 'latin1'))
  new DataView(bytes.buffer).setUint32(4, declared, true)
  bytes.set(content, 8)
  return bytes
}

export const riff = (...chunks: Uint8Array[]): Uint8Array =>
  chunk('RIFF', Buffer.concat([Buffer.from('WAVE', 'latin1'), ...chunks]))

export interface WavFormat {
  readonly tag: number
  readonly bits: number
  readonly channels?: number
  readonly sampleRateHz?: number
  /** WAVE_FORMAT_EXTENSIBLE around the tag. */
  readonly extensible?: boolean
}

const GUID_TAIL = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71]

export function formatChunk({ tag, bits, channels = 1, sampleRateHz = 8000, extensible }: WavFormat): Uint8Array {
  const content = new Uint8Array(extensible ? 40 : 16)
  const view = new DataView(content.buffer)
  const blockBytes = (channels * bits) / 8
  view.setUint16(0, extensible ? 0xfffe : tag, true)
  view.setUint16(2, channels, true)
  view.setUint32(4, sampleRateHz, true)
  view.setUint32(8, sampleRateHz * blockBytes, true)
  view.setUint16(12, blockBytes, true)
  view.setUint16(14, bits, true)
  if (extensible) {
    view.setUint16(16, 22, true)
    view.setUint16(24, tag, true)
    content.set(GUID_TAIL, 26)
  }
  return chunk('fmt ', content)
}

export const makeWav = (format: WavFormat, data: Uint8Array, declared = data.length): Uint8Array =>
  riff(formatChunk(format), chunk('data', data, declared))

/** 16-bit PCM at 8 kHz. */
export const wavOf = (samples: ArrayLike<number>): Uint8Array =>
  makeWav({ tag: 1, bits: 16 }, new Uint8Array(Int16Array.from(samples).buffer))
