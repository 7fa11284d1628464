/**
 * Level of one frequency in a piece of sound, in dBm0 (a full-scale µ-law sine is +3.17).
 */
export function levelDbm0(samples: Int16Array, frequencyHz: number, sampleRateHz: number): number {
  return 3.17 + 20 * Math.log10(peakOf(samples, frequencyHz, sampleRateHz) / (8159 * 4))
}

/** Peak of the sine of this frequency that the samples hold; exact over whole periods. */
export function peakOf(samples: ArrayLike<number>, frequencyHz: number, sampleRateHz: number): number {
  const step = (2 * Math.PI * frequencyHz) / sampleRateHz
  let real = 0
  let imaginary = 0
  for (let index = 0; index < samples.length; index++) {
    real += (samples[index] as number) * Math.cos(step * index)
    imaginary += (samples[index] as number) * Math.sin(step * index)
  }
  return (2 * Math.hypot(real, imaginary)) / samples.length
}

/** Signal of the best fitting sine against everything else, in dB. */
export function signalToNoiseDb(samples: ArrayLike<number>, frequencyHz: number, sampleRateHz: number): number {
  const step = (2 * Math.PI * frequencyHz) / sampleRateHz
  let [cc, ss, cs, xc, xs] = [0, 0, 0, 0, 0]
  for (let index = 0; index < samples.length; index++) {
    const cosine = Math.cos(step * index)
    const sine = Math.sin(step * index)
    const sample = samples[index] as number
    cc += cosine * cosine
    ss += sine * sine
    cs += cosine * sine
    xc += sample * cosine
    xs += sample * sine
  }
  const determinant = cc * ss - cs * cs
  const a = (xc * ss - xs * cs) / determinant
  const b = (xs * cc - xc * cs) / determinant
  let noise = 0
  let signal = 0
  for (let index = 0; index < samples.length; index++) {
    const fitted = a * Math.cos(step * index) + b * Math.sin(step * index)
    signal += fitted * fitted
    noise += ((samples[index] as number) - fitted) ** 2
  }
  return 10 * Math.log10(signal / noise)
}
