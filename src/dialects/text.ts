/**
 * Text that goes into signalling: what may be in it.
 */

/** No control, separator or lone surrogate character: fit for one line of a message or a log. */
export const isPrintable = (text: string): boolean => !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)

/** A domain name, an IPv4 address or a bracketed IPv6 address. */
export const isHost = (text: string): boolean =>
  text.length <= 253 &&
  (/^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?$/.test(text) || /^\[[0-9A-Fa-f:.]+\]$/.test(text))
