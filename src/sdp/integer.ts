/**
 * Numbers in attributes.
 */

/** Undefined out of range, and for what is not written plainly: sdp-transform leaves that a string. */
export function integer(value: unknown, least: number, most: number): number | undefined {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most
    ? (value as number)
    : undefined
}
