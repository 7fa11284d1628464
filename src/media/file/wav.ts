/**
 * Reads RIFF/WAVE: PCM of 8 to 32 bits, 32-bit float and G.711, one or two channels. Every length in the file is
 * checked against the bytes that are there.
 */
import { aLaw, muLaw } from '../codec/g711.ts'
import { type SoundFault, soundFault } from './fault.ts'

export interface Wav {
  readonly ok: true
  readonly sampleRateHz: number
  readonly channels: 1 | 2
  /** Samples per channel. */
  readonly frames: number
  /** Writes `count` frames from frame `from` on to the start of `mono`, -1 to 1, both channels averaged. */
  read(from: number, count: number, mono: Float32Array): void
}

interface Coding {
  readonly bytes: number
  /** The sample at this byte, -1 to 1. */
  readonly sample: (view: DataView, at: number) => number
}

/** WAVE_FORMAT tag and bits per sample to coding. */
const codings: Readonly<Record<string, Coding>> = {
  '1/8': { bytes: 1, sample: (view, at) => (view.getUint8(at) - 128) / 128 },
  '1/16': { bytes: 2, sample: (view, at) => view.getInt16(at, true) / 32_768 },
  '1/24': { bytes: 3, sample: (view, at) => (view.getInt8(at + 2) * 65_536 + view.getUint16(at, true)) / 8_388_608 },
  '1/32': { bytes: 4, sample: (view, at) => view.getInt32(at, true) / 2_147_483_648 },
  '3/32': { bytes: 4, sample: (view, at) => finite(view.getFloat32(at, true)) },
  '6/8': { bytes: 1, sample: (view, at) => aLaw.decode[view.getUint8(at)]! / 32_768 },
  '7/8': { bytes: 1, sample: (view, at) => muLaw.decode[view.getUint8(at)]! / 32_768 },
}

const WAVE_FORMAT_EXTENSIBLE = 0xfffe
/** What follows the two bytes of a WAVE_FORMAT tag in the subformat GUIDs made from such tags. */
const SUBFORMAT_TAIL = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71]
/** Writers that do not know the length in advance leave the largest number, or one near it. */
const UNKNOWN_LENGTH = 0x7fff_0000

interface Format {
  readonly coding: Coding
  readonly channels: 1 | 2
  readonly sampleRateHz: number
}

export const looksLikeWav = (bytes: Uint8Array): boolean =>
  bytes.length >= 12 && fourLetters(bytes, 0) === 'RIFF' && fourLetters(bytes, 8) === 'WAVE'

/** `bytes` is borrowed for as long as the result is read. */
export function readWav(bytes: Uint8Array): Wav | SoundFault {
  if (!looksLikeWav(bytes)) return soundFault('not-audio', 'The file does not start with a RIFF/WAVE header.')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let format: Format | undefined
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = fourLetters(bytes, at)
    const declared = view.getUint32(at + 4, true)
    const present = bytes.length - at - 8
    if (name === 'data') return readData(view, at, declared, format)
    if (declared > present)
      return soundFault('not-audio', `Chunk "${name}" at byte ${at} declares ${declared} bytes; ${present} follow.`)
    if (name === 'fmt ') {
      const read = readFormat(view, at + 8, declared)
      if ('ok' in read) return read
      format = read
    }
    at += 8 + declared + (declared % 2)
  }
  return soundFault('not-audio', `No data chunk in ${bytes.length} bytes.`)
}

function readFormat(view: DataView, at: number, length: number): Format | SoundFault {
  if (length < 16) return soundFault('not-audio', `The format chunk at byte ${at - 8} has ${length} bytes, not 16.`)
  const channels = view.getUint16(at + 2, true)
  const bits = view.getUint16(at + 14, true)
  let tag = view.getUint16(at, true)
  if (tag === WAVE_FORMAT_EXTENSIBLE) {
    const known = length >= 40 && SUBFORMAT_TAIL.every((byte, index) => view.getUint8(at + 26 + index) === byte)
    if (!known) return soundFault('unsupported', `The extensible format at byte ${at} has no subformat known here.`)
    tag = view.getUint16(at + 24, true)
  }
  const coding = codings[`${tag}/${bits}`]
  if (!coding) return soundFault('unsupported', `WAVE format ${tag} with ${bits} bits per sample (byte ${at}).`)
  if (channels !== 1 && channels !== 2)
    return soundFault('unsupported', `${channels} channels (byte ${at + 2}): one or two are read.`)
  return { coding, channels, sampleRateHz: view.getUint32(at + 4, true) }
}

function readData(view: DataView, at: number, declared: number, format: Format | undefined): Wav | SoundFault {
  if (!format) return soundFault('not-audio', `The data chunk at byte ${at} comes before any format chunk.`)
  const present = view.byteLength - at - 8
  const streamed = declared >= UNKNOWN_LENGTH || declared === 0
  if (declared > present && !streamed)
    return soundFault('not-audio', `The data chunk at byte ${at} declares ${declared} bytes; ${present} follow.`)
  const { coding, channels, sampleRateHz } = format
  const frameBytes = coding.bytes * channels
  const frames = Math.floor((streamed ? present : declared) / frameBytes)
  const { sample } = coding
  return {
    ok: true,
    sampleRateHz,
    channels,
    frames,
    read(from, count, mono) {
      let byte = at + 8 + from * frameBytes
      for (let index = 0; index < count; index++, byte += frameBytes) {
        const left = sample(view, byte)
        mono[index] = channels === 1 ? left : (left + sample(view, byte + coding.bytes)) / 2
      }
    },
  }
}

const finite = (value: number): number => (Number.isFinite(value) ? value : 0)

const fourLetters = (bytes: Uint8Array, at: number): string =>
  String.fromCharCode(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!)
