/**
 * Levels in dBm0. ITU-T G.711: a sine that just reaches the highest µ-law decision value, 8159 of 14 bits, measures
 * +3.17 dBm0; A-law (+3.14 dBm0 at 4096 of 13 bits) differs by less than 0.1 dB on the same linear scale.
 */
const FULL_SCALE_DBM0 = 3.17
const FULL_SCALE_PEAK = 8159 * 4

/** Peak of a sine of this level, on the 16-bit scale. */
export const peakOfDbm0 = (levelDbm0: number): number => FULL_SCALE_PEAK * 10 ** ((levelDbm0 - FULL_SCALE_DBM0) / 20)
