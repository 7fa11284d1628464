/**
 * The frames of the eSpeak process (plugins/espeak/README.md), numbers little-endian.
 *
 *     0 kind   1 request id (uint32)   5 payload length in bytes (uint32)   9 payload
 */

export type EspeakFrame =
  | { readonly kind: 'ready'; readonly sampleRateHz: number }
  | { readonly kind: 'audio'; readonly id: number; readonly pcm: Int16Array }
  | { readonly kind: 'end'; readonly id: number }
  /** `id` 0: of no request that has one. */
  | { readonly kind: 'error'; readonly id: number; readonly code: string; readonly message: string }

const PROTOCOL = 1
const HEADER_BYTES = 9
/** The process writes about 4 KiB a frame. */
const PAYLOAD_LIMIT_BYTES = 1 << 20

/** Bytes in any portions to frames. */
export class EspeakFrameReader {
  #rest = Buffer.alloc(0)

  /** The frames that `bytes` completes. Undefined: these are not such frames, and nothing after them will be. */
  push(bytes: Uint8Array): readonly EspeakFrame[] | undefined {
    const all = Buffer.concat([this.#rest, bytes])
    const frames: EspeakFrame[] = []
    let at = 0
    while (all.length - at >= HEADER_BYTES) {
      const end = at + HEADER_BYTES + all.readUInt32LE(at + 5)
      if (end - at - HEADER_BYTES > PAYLOAD_LIMIT_BYTES) return undefined
      if (end > all.length) break
      const frame = readFrame(all.readUInt8(at), all.readUInt32LE(at + 1), all.subarray(at + HEADER_BYTES, end))
      if (!frame) return undefined
      frames.push(frame)
      at = end
    }
    this.#rest = all.subarray(at)
    return frames
  }
}

function readFrame(kind: number, id: number, payload: Buffer): EspeakFrame | undefined {
  switch (kind) {
    case 1:
      return readReady(payload)
    case 2:
      return payload.length % 2 === 0 ? { kind: 'audio', id, pcm: samplesOf(payload) } : undefined
    case 3:
      return { kind: 'end', id }
    case 4:
      return readError(id, payload)
    default:
      return undefined
  }
}

/** A copy: samples must begin at an even address. */
function samplesOf(payload: Buffer): Int16Array {
  const pcm = new Int16Array(payload.length / 2)
  payload.copy(Buffer.from(pcm.buffer))
  return pcm
}

function readReady(payload: Buffer): EspeakFrame | undefined {
  const { protocol, sampleRateHz } = readFields(payload)
  if (protocol !== PROTOCOL || typeof sampleRateHz !== 'number' || !(sampleRateHz > 0)) return undefined
  return { kind: 'ready', sampleRateHz }
}

function readError(id: number, payload: Buffer): EspeakFrame | undefined {
  const { code, message } = readFields(payload)
  return typeof code === 'string' && typeof message === 'string' ? { kind: 'error', id, code, message } : undefined
}

function readFields(payload: Buffer): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(payload.toString('utf8')) as Record<string, unknown> | null) ?? {}
  } catch {
    return {}
  }
}
