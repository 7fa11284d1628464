/**
 * Verbs that are heard: play and say, by themselves or as the prompt of a gather.
 */
import * as z from 'zod'
import type { AnswerPolicy, Op, Source } from '../../../flow/index.ts'
import { refuse } from '../../properties.ts'
import { readSound, type Sound } from '../../sound.ts'
import { hook, loop, playlistOf, positiveSeconds, sound } from '../fields.ts'
import { actionHook, type VerbContext, verb } from '../verb.ts'

/** Seconds as a number, or as digits in a string. */
const secondsOrDigits = z.union(
  [
    positiveSeconds,
    z
      .string()
      .regex(/^[0-9]{1,5}$/, 'Seconds are a number')
      .transform(Number)
      .pipe(positiveSeconds),
  ],
  { error: 'Seconds are a number' },
)

const common = { loop: loop.default(1), earlyMedia: z.boolean().default(false) }

const playShape = { ...common, url: playlistOf(sound), timeoutSecs: secondsOrDigits.optional() }

const refused = { seekOffset: 'Playing from within a file is not supported yet.' }

const SPEECH = 'Speech is not available yet: a text can only name a tone stream, or a WAV or MP3 file.'

/** Until there is speech, the text of `say` is the name of a sound. */
const spoken = z.string().transform((text, context): Sound => {
  const isSound = /^(?:tone|silence)_stream:\/\//.test(text) || /^\S+\.(?:wav|mp3)$/i.test(text)
  const found = isSound ? readSound(text) : undefined
  if (found?.ok) return found
  refuse(context, found ? 'bad-sound' : 'speech-not-available', found?.message ?? SPEECH)
  return z.NEVER
})

const sayShape = { ...common, text: playlistOf(spoken) }

const voice = ['id', 'synthesizer', 'instructions', 'stream', 'disableTtsCache', 'closeStreamOnEmpty']

/** A nested `play`. */
export const playPrompt = { schema: z.strictObject(playShape), harmless: ['id'], later: ['actionHook'], refused }

/** A nested `say`. */
export const sayPrompt = { schema: z.strictObject(sayShape), harmless: voice }

export const play = verb(
  'play',
  { schema: z.strictObject({ ...playShape, actionHook: hook.optional() }), harmless: ['id'], refused },
  (given, context) => {
    const task = `play ${context.index}`
    return [
      ...playAndWait(given.url, given, task, context),
      ...actionHook(context, given.actionHook, { type: 'play', task }),
    ]
  },
)

export const say = verb('say', sayPrompt, (given, context) =>
  playAndWait(given.text, given, `say ${context.index}`, context),
)

interface Manner {
  readonly loop: number
  readonly earlyMedia: boolean
  readonly timeoutSecs?: number | undefined
}

/** A sound as the play operation wants it. */
export const heard = ({ sources, endless }: Sound, { loop: times, earlyMedia, timeoutSecs }: Manner): Heard => ({
  leg: 'self',
  sources,
  times: endless ? 0 : times,
  policy: earlyMedia ? 'early' : 'auto',
  ...(timeoutSecs !== undefined && { timeoutMs: timeoutSecs }),
})

interface Heard {
  readonly leg: 'self'
  readonly sources: readonly Source[]
  readonly times: number
  readonly policy: AnswerPolicy
  readonly timeoutMs?: number
}

const playAndWait = (what: Sound, manner: Manner, task: string, { at }: VerbContext): readonly Op[] => [
  { op: 'play', at, task, ...heard(what, manner) },
  { op: 'await', at, until: [task] },
]
