/** Differences of neighbours, modulo the width of the field. */
export function steps(values: readonly number[], modulus: number): number[] {
  return values.slice(1).map((value, index) => (((value - (values[index] as number)) % modulus) + modulus) % modulus)
}
