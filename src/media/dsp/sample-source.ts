/**
 * A mono sound that is read piece by piece at one sample rate.
 */
export interface SampleSource {
  /**
   * Writes up to `count` samples to `pcm` from `at` on and returns how many: fewer than `count` means that the sound
   * has ended.
   */
  read(pcm: Int16Array, at: number, count: number): number
}
