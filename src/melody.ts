/**
 * Short melodies as WAV files: prompts of the demo, until somebody speaks them.
 */

export interface Note {
  /** 0 is a rest. */
  readonly frequencyHz: number
  readonly durationMs: number
}

const SAMPLE_RATE_HZ = 8_000
const HEADER_BYTES = 44
/** About -10 dBm0 in G.711: as loud as speech. */
const AMPLITUDE = 9_000
const ATTACK_MS = 8
const RELEASE_MS = 40

/** 16-bit PCM, mono, 8 kHz, in a RIFF/WAVE file. Each note fades in and out, so that none clicks. */
export function melodyWav(notes: readonly Note[]): Uint8Array {
  const counts = notes.map(note => samplesIn(note.durationMs))
  const frames = counts.reduce((sum, count) => sum + count, 0)
  const bytes = new Uint8Array(HEADER_BYTES + 2 * frames)
  const view = new DataView(bytes.buffer)
  writeHeader(view, 2 * frames)
  let at = HEADER_BYTES
  for (const [index, note] of notes.entries()) {
    writeNote(view, at, note.frequencyHz, counts[index] ?? 0)
    at += 2 * (counts[index] ?? 0)
  }
  return bytes
}

const samplesIn = (durationMs: number): number => Math.round((durationMs * SAMPLE_RATE_HZ) / 1_000)

function writeNote(view: DataView, at: number, frequencyHz: number, count: number): void {
  const [attack, release] = [samplesIn(ATTACK_MS), samplesIn(RELEASE_MS)]
  for (let sample = 0; sample < count; sample++) {
    const fade = Math.min(1, sample / attack, (count - sample) / release)
    const angle = (2 * Math.PI * frequencyHz * sample) / SAMPLE_RATE_HZ
    view.setInt16(at + 2 * sample, Math.round(AMPLITUDE * fade * Math.sin(angle)), true)
  }
}

/** RIFF header, a 16-byte format chunk (PCM, 1 channel, 16 bits), and the head of the data chunk. */
function writeHeader(view: DataView, dataBytes: number): void {
  const word = (at: number, letters: string): void => {
    for (let index = 0; index < 4; index++) view.setUint8(at + index, letters.charCodeAt(index))
  }
  word(0, 'RIFF')
  view.setUint32(4, HEADER_BYTES - 8 + dataBytes, true)
  word(8, 'WAVE')
  word(12, 'fmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, SAMPLE_RATE_HZ, true)
  view.setUint32(28, 2 * SAMPLE_RATE_HZ, true)
  view.setUint16(32, 2, true)
  view.setUint16(34, 16, true)
  word(36, 'data')
  view.setUint32(40, dataBytes, true)
}
