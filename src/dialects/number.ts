/**
 * Telephone numbers, ITU-T E.164.
 */
import { parsePhoneNumberFromString } from 'libphonenumber-js'

export type ReadNumber =
  | {
      readonly ok: true
      /** `+` and digits only. */
      readonly number: string
      /** The plus sign was not there. */
      readonly plusAdded: boolean
    }
  | { readonly ok: false; readonly message: string }

const SHAPE = /^\+?[0-9][0-9 ().-]{2,39}$/

/**
 * A number with an existing country code and a length that its numbering plan knows. Ranges within a plan are not
 * checked: they change every week, and a caller must not fail over a range that was opened yesterday.
 */
export function readNumber(text: string): ReadNumber {
  const shown = JSON.stringify(text.slice(0, 40))
  if (!SHAPE.test(text)) return { ok: false, message: `${shown} is not a number in E.164 form, such as +4930901820.` }
  const plusAdded = !text.startsWith('+')
  const found = parsePhoneNumberFromString(plusAdded ? `+${text}` : text)
  if (!found?.isPossible()) return { ok: false, message: `${shown} is not a possible number of any country.` }
  return { ok: true, number: found.number, plusAdded }
}
