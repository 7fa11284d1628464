/**
 * gather: digits, with a prompt before or during the input.
 */
import * as z from 'zod'
import type { Op } from '../../../flow/index.ts'
import { readProperties } from '../../properties.ts'
import { jsonPath } from '../../report.ts'
import { hook, seconds } from '../fields.ts'
import { actionHook, type Verb, type VerbContext } from '../verb.ts'
import { heard, playPrompt, sayPrompt } from './play.ts'

const MAX_DIGITS = 128

const count = z.int().min(1).max(MAX_DIGITS)

const input = z.array(
  z.enum(['digits', 'speech'], { error: 'digits or speech' }).refine(kind => kind === 'digits', {
    params: { code: 'speech-not-available' },
    message: 'Speech is not available yet: only digits can be gathered.',
  }),
)

const gatherProperties = {
  schema: z.strictObject({
    input: input.min(1).optional(),
    finishOnKey: z
      .string()
      .regex(/^[0-9A-D*#]*$/, 'Keys are 0 to 9, A to D, * and #')
      .default(''),
    numDigits: count.optional(),
    minDigits: z.int().min(0).max(MAX_DIGITS).default(1),
    maxDigits: count.default(MAX_DIGITS),
    interDigitTimeout: seconds.optional(),
    timeout: seconds.default(15_000),
    listenDuringPrompt: z.boolean().default(true),
    dtmfBargein: z.boolean().default(true),
    say: z.unknown().optional(),
    play: z.unknown().optional(),
    actionHook: hook.optional(),
  }),
  harmless: ['id', 'recognizer', 'speechTimeout', 'bargein', 'minBargeinWordCount', 'partialResultHook', 'vad'],
  later: ['fillerNoise', 'actionHookDelayAction'],
} as const

type Given = z.output<typeof gatherProperties.schema>

export const gather: Verb = {
  name: 'gather',
  compile(raw, context) {
    const given = readProperties(raw, context.at.path, gatherProperties, context.report)
    const prompt = given && readPrompt(given, context)
    if (!given || !prompt) return undefined
    return [...prompt, ...collect(given, prompt, context)]
  },
}

/** The operation that plays the prompt; none without a prompt. */
function readPrompt({ say, play }: Given, { at, index, report }: VerbContext): readonly PlayOp[] | undefined {
  const nested = (name: string): string => jsonPath(at.path, [name])
  const op = { op: 'play', at, task: `prompt ${index}` } as const
  if (say !== undefined) {
    if (play !== undefined) report.warn(nested('play'), 'ignored-property', 'play has no effect beside say.')
    const given = readProperties(say, nested('say'), sayPrompt, report)
    return given && [{ ...op, ...heard(given.text, given) }]
  }
  if (play === undefined) return []
  const given = readProperties(play, nested('play'), playPrompt, report)
  return given && [{ ...op, ...heard(given.url, given) }]
}

type PlayOp = Extract<Op, { op: 'play' }>

function collect(given: Given, [prompt]: readonly PlayOp[], context: VerbContext): readonly Op[] {
  const { at, index } = context
  const { numDigits, minDigits, maxDigits, interDigitTimeout, timeout, dtmfBargein, listenDuringPrompt } = given
  const task = `gather ${index}`
  const most = numDigits ?? maxDigits
  return [
    {
      op: 'collect',
      at,
      task,
      leg: 'self',
      minDigits: Math.min(numDigits ?? minDigits, most),
      maxDigits: most,
      finishKeys: given.finishOnKey,
      firstDigitTimeoutMs: timeout,
      // Where only `timeout` is given, it also ends input that has begun: digits are never waited for without end.
      interDigitTimeoutMs: interDigitTimeout ?? timeout,
      ...(prompt && { prompt: { task: prompt.task, barge: dtmfBargein, listen: listenDuringPrompt } }),
      policy: prompt?.policy ?? 'auto',
    },
    { op: 'await', at, until: [task] },
    ...(prompt ? [{ op: 'stop' as const, at, task: prompt.task }] : []),
    ...actionHook(context, given.actionHook, { type: 'gather', task }),
  ]
}
