/**
 * Decodes MPEG audio Layer III with mpg123, block by block, so that memory follows the length of a block and not that
 * of the file.
 */
import { MPEGDecoder } from 'mpg123-decoder'
import { type SoundFault, soundFault } from './fault.ts'

/** A second at 128 kbit/s: at most some 60,000 samples per channel out. */
const BLOCK_BYTES = 16_384

/** `take` gets each block of mono samples, -1 to 1, valid until it returns. */
export async function decodeMp3(
  bytes: Uint8Array,
  take: (mono: Float32Array) => void,
): Promise<SoundFault | undefined> {
  const decoder = new MPEGDecoder()
  await decoder.ready
  try {
    for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
      const { channelData, samplesDecoded, errors } = decoder.decode(bytes.subarray(at, at + BLOCK_BYTES))
      const [error] = errors
      if (error) return soundFault('not-audio', `MPEG audio damaged before byte ${at + BLOCK_BYTES}: ${error.message}.`)
      if (samplesDecoded > 0) take(averaged(channelData))
    }
    return undefined
  } finally {
    decoder.free()
  }
}

/** mpg123 gives two channels for mono too, both the same. */
function averaged([left, right]: readonly Float32Array[]): Float32Array {
  if (!left || !right) return new Float32Array(0)
  for (let index = 0; index < left.length; index++) left[index] = (left[index]! + right[index]!) / 2
  return left
}
