/**
 * An entry of the prompt cache as bytes: header little-endian, samples as the machine has them.
 *
 *     0 "CBP1"   4 sample rate, Hz   8 SHA-256 of the samples   40 samples, 16-bit mono
 */
import { createHash } from 'node:crypto'

const MAGIC = 0x31504243
const HEADER_BYTES = 40

export function writeEntry(sampleRateHz: number, chunks: readonly Int16Array[]): Uint8Array {
  const samples = Buffer.concat(
    chunks.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  )
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32LE(MAGIC, 0)
  header.writeUInt32LE(sampleRateHz, 4)
  digest(samples).copy(header, 8)
  return Buffer.concat([header, samples])
}

/** Undefined: the entry is damaged, or of another version. */
export function readEntry(bytes: Uint8Array): { readonly sampleRateHz: number; readonly pcm: Int16Array } | undefined {
  const entry = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (entry.length < HEADER_BYTES || entry.length % 2 !== 0 || entry.readUInt32LE(0) !== MAGIC) return undefined
  const samples = entry.subarray(HEADER_BYTES)
  if (!digest(samples).equals(entry.subarray(8, HEADER_BYTES))) return undefined
  // A copy: samples must begin at an even address, and bytes that were read may not.
  const pcm = new Int16Array(samples.length / 2)
  samples.copy(Buffer.from(pcm.buffer))
  return { sampleRateHz: entry.readUInt32LE(4), pcm }
}

const digest = (samples: Uint8Array): Buffer => createHash('sha256').update(samples).digest()
