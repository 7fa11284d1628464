// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Text in pieces that are synthesized one by one, so that between two of them a request can be cancelled and another one
 * gets its turn.
 */

/** About 25 seconds of speech, 0.3 seconds of work. */
const PIECE_LIMIT_CHARACTERS = 300

/** The end of a sentence in any script, with the quotes and brackets that belong to it. */
const SENTENCE_END = /[.!?…。！？؟।]+["'”’)\]」』]*(?=\s|$)|[。！？।]|\n+/gu

/**
 * @param {string} text
 * @returns {string[]} none of them blank, together all the words in order
 */
export function pieces(text) {
  const found = []
  let at = 0
  for (const match of text.matchAll(SENTENCE_END)) {
    found.push(...shortened(text.slice(at, match.index + match[0].length)))
    at = match.index + match[0].length
  }
  found.push(...shortened(text.slice(at)))
  return found
}

function shortened(sentence) {
  const parts = []
  let rest = sentence.trim()
  while (rest.length > PIECE_LIMIT_CHARACTERS) {
    const space = rest.lastIndexOf(' ', PIECE_LIMIT_CHARACTERS)
    const cut = space > 0 ? space : wholeCharacters(rest, PIECE_LIMIT_CHARACTERS)
    parts.push(rest.slice(0, cut))
    rest = rest.slice(cut).trimStart()
  }
  if (rest) parts.push(rest)
  return parts
}

/** Not between the halves of a surrogate pair. */
const wholeCharacters = (text, at) => (/[\uDC00-\uDFFF]/.test(text[at]) ? at - 1 : at)

/**
 * The engine reads markup, phonemes in double brackets and C strings: here it gets words only.
 * @param {string} text
 * @returns {string}
 */
export const asWords = text =>
  text
    .replace(/\p{Cc}|\p{Cs}/gu, ' ')
    .replaceAll('[[', '[ [')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
