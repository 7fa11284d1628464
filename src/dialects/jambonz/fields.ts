/**
 * Kinds of values that several verbs share.
 */
import * as z from 'zod'
import type { HookRef } from '../../flow/index.ts'
import { headerFault } from '../header.ts'
import { readNumber } from '../number.ts'
import { refuse } from '../properties.ts'
import { readSound, type Sound } from '../sound.ts'
import { isPrintable } from '../text.ts'

const MAX_SECONDS = 86_400
const MAX_HEADERS = 32

/** Seconds, kept as milliseconds. */
export const seconds = z
  .number()
  .min(0)
  .max(MAX_SECONDS)
  .transform(value => Math.round(value * 1_000))

export const positiveSeconds = z
  .number()
  .positive()
  .max(MAX_SECONDS)
  .transform(value => Math.max(1, Math.round(value * 1_000)))

/** One line of text. */
export const line = z
  .string()
  .max(256)
  .refine(isPrintable, { params: { code: 'bad-character' }, message: 'The text has a character that cannot be sent.' })

/** Total plays: 0 and "forever" are without end (choice A15). */
export const loop = z.union([z.literal('forever').transform(() => 0), z.int().min(0).max(1_000)], {
  error: 'A whole number up to 1000, or "forever"',
})

const hookUrl = z.string().transform((url, context) => {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(url)?.[1]?.toLowerCase()
  if (url === '' || url.length > 2_048 || !isPrintable(url) || url.includes(' ')) {
    refuse(context, 'bad-hook', 'A hook is a URL, or a path below the application.')
  } else if (scheme === 'ws' || scheme === 'wss') {
    refuse(context, 'unsupported-hook', 'Hooks over WebSocket are not supported yet.')
  } else if (scheme !== undefined && ((scheme !== 'http' && scheme !== 'https') || !URL.canParse(url))) {
    refuse(context, 'bad-hook', 'A hook is an http or https URL, or a path below the application.')
  }
  return url
})

const method = z
  .string()
  .transform(value => value.toUpperCase())
  .pipe(z.enum(['GET', 'POST'], { error: 'The method of a hook is GET or POST' }))

const hookObject = z
  .strictObject({
    url: hookUrl,
    method: method.default('POST'),
    basicAuth: z.strictObject({ username: line, password: line }).nullish(),
    username: line.nullish(),
    password: line.nullish(),
  })
  .transform(({ url, method, basicAuth, username, password }): HookRef => {
    if (basicAuth) return { url, method, basicAuth }
    return username && password ? { url, method, basicAuth: { username, password } } : { url, method }
  })

/** A URL, or an object with one: the two forms of every hook. */
export const hook = z.union([hookUrl.transform((url): HookRef => ({ url, method: 'POST' })), hookObject], {
  error: 'A hook is a URL or an object with a url',
})

/** Header fields for a SIP message, as strings. */
export const headers = z.record(z.string(), z.unknown()).transform((fields, context) => {
  const entries = Object.entries(fields)
  if (entries.length > MAX_HEADERS) refuse(context, 'too-many', `At most ${MAX_HEADERS} header fields are added.`)
  const read: Record<string, string> = {}
  for (const [name, value] of entries) {
    const isText = typeof value === 'string' || typeof value === 'number'
    const fault = isText ? headerFault(name, String(value)) : 'The value of a header field is a string.'
    if (fault === undefined) read[name] = String(value)
    else refuse(context, 'bad-header', fault, [name])
  }
  return read
})

/** A telephone number. */
export const number = z.string().transform((text, context) => {
  const found = readNumber(text)
  if (found.ok) return found
  refuse(context, 'bad-number', found.message)
  return z.NEVER
})

export const credentials = z.strictObject({ username: line, password: line })

/** Audio by URL, path, `tone_stream://` or `silence_stream://`. */
export const sound = z.string().transform((text, context): Sound => {
  const found = readSound(text)
  if (found.ok) return found
  refuse(context, 'bad-sound', found.message)
  return z.NEVER
})

/** One sound, or several one after the other. */
export const playlistOf = (one: z.ZodType<Sound>): z.ZodType<Sound> =>
  z
    .union([one.transform(sound => [sound]), z.array(one).min(1).max(50)], {
      error: 'This is a text, or a list of texts',
    })
    .transform((sounds, context): Sound => {
      const endless = sounds.some(each => each.endless)
      if (endless && sounds.length > 1) refuse(context, 'bad-sound', 'A sound without end stands alone.')
      return { sources: sounds.flatMap(each => each.sources), endless }
    })
