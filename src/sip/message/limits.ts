/** What a message may cost at most. More than this is answered 513 (RFC 3261 section 21.5.7). */
export const MESSAGE_LIMITS = Object.freeze({
  messageOctets: 65_535,
  /** Start line, header lines and the empty line. */
  headOctets: 32_768,
  headerLines: 256,
  /** One header field with its folded lines. */
  lineOctets: 8_192,
  /** Entries of Via, Contact, Route and Record-Route, each over all its lines. */
  listEntries: 64,
  /** Parameters of one entry or URI. */
  params: 64,
})
