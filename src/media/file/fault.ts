/**
 * Why bytes could not be made into a sound.
 */

/**
 * - `not-audio`: neither WAV nor MPEG audio, or damaged;
 * - `unsupported`: a sound in a coding, sample rate or number of channels that is not read here;
 * - `too-large`: more bytes, or more seconds, than the limits allow;
 * - `failed`: the decoder ended before it answered.
 */
export type SoundFaultCode = 'not-audio' | 'unsupported' | 'too-large' | 'failed'

export interface SoundFault {
  readonly ok: false
  readonly code: SoundFaultCode
  /** One sentence; names the byte where there is one to name. */
  readonly message: string
}

export const soundFault = (code: SoundFaultCode, message: string): SoundFault => ({ ok: false, code, message })
