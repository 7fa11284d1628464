// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Lines of JSON to requests.
 */

const ID_LIMIT = 2 ** 32
export const LINE_LIMIT_BYTES = 128 * 1024
export const TEXT_LIMIT_CHARACTERS = 20_000

/** eSpeak's own variants that change the speaker and nothing else. An unknown one it would ignore in silence. */
const VARIANTS = ['', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8', 'f1', 'f2', 'f3', 'f4', 'f5']

/** Words a minute at rate 1, and the bounds within which the engine follows. */
const NORMAL_WPM = 175
const SLOWEST_WPM = 80
const FASTEST_WPM = 450

/**
 * @param {string} line
 * @returns {{kind: 'speak', id: number, text: string, language: string, variant: string, wordsPerMinute: number}
 *   | {kind: 'cancel', id: number} | {kind: 'fault', id: number, code: string, message: string}}
 *   `id` is 0 in a fault of a line without a readable id
 */
export function readRequest(line) {
  let value
  try {
    value = JSON.parse(line)
  } catch {
    return fault(0, 'bad-request', 'The line is not JSON.')
  }
  if (value === null || typeof value !== 'object') return fault(0, 'bad-request', 'The line is not a JSON object.')
  if (isId(value.cancel)) return { kind: 'cancel', id: value.cancel }
  const { id, text, language, voice = '', rate = 1 } = value
  if (!isId(id)) return fault(0, 'bad-request', '"id" must be a whole number from 1 to 4294967295.')
  if (typeof text !== 'string') return fault(id, 'bad-request', '"text" must be a string.')
  if (text.length > TEXT_LIMIT_CHARACTERS)
    return fault(id, 'too-long', `"text" may have ${TEXT_LIMIT_CHARACTERS} characters.`)
  if (typeof language !== 'string') return fault(id, 'bad-request', '"language" must be a BCP 47 tag.')
  if (!VARIANTS.includes(voice))
    return fault(id, 'unknown-voice', `"voice" must be one of ${VARIANTS.join(' ').trim()}.`)
  if (typeof rate !== 'number' || !(rate > 0)) return fault(id, 'bad-request', '"rate" must be a positive number.')
  const wordsPerMinute = Math.round(Math.min(FASTEST_WPM, Math.max(SLOWEST_WPM, NORMAL_WPM * rate)))
  return { kind: 'speak', id, text, language, variant: voice, wordsPerMinute }
}

const isId = value => Number.isInteger(value) && value > 0 && value < ID_LIMIT

const fault = (id, code, message) => ({ kind: 'fault', id, code, message })
