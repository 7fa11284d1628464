/**
 * dial: rings up to ten targets at once and joins the first that answers.
 */
import * as z from 'zod'
import { flowLimits, type HookRef, type Op, type Target } from '../../../flow/index.ts'
import { isObject, readProperties } from '../../properties.ts'
import { jsonPath, type Report } from '../../report.ts'
import { headers, hook, line, number, positiveSeconds, sound } from '../fields.ts'
import { readTarget, warnPlus } from '../target.ts'
import type { Verb, VerbContext } from '../verb.ts'

/** The hook of a dial that names none (choice A21). */
const DEFAULT_HOOK: HookRef = { url: 'dial', method: 'POST' }

const dialProperties = {
  schema: z.strictObject({
    target: z.unknown().optional(),
    actionHook: hook.optional(),
    answerOnBridge: z.boolean().default(false),
    callerId: number.optional(),
    callerName: line.optional(),
    dialMusic: sound.optional(),
    headers: headers.optional(),
    timeLimit: positiveSeconds.optional(),
    timeout: positiveSeconds.default(60_000),
  }),
  harmless: ['id', 'anchorMedia', 'exitMediaPath'],
  later: [
    'amd',
    'boostAudioSignal',
    'codecs',
    'dtmfCapture',
    'dtmfHook',
    'forwardPAI',
    'listen',
    'onHoldHook',
    'referHook',
    'stream',
    'tag',
    'transcribe',
  ],
  refused: {
    confirmHook: 'Call screening is not supported yet, and the call must not be connected without it.',
    dub: 'Extra audio tracks are not supported yet.',
    proxy: 'Another proxy is not supported yet.',
    srtpEncryption: 'Encrypted media is not supported yet, and the call must not be made without it.',
  },
} as const

type Given = z.output<typeof dialProperties.schema>

export const dial: Verb = {
  name: 'dial',
  compile(raw, context) {
    const targets = readTargets(isObject(raw) ? raw['target'] : undefined, context)
    const given = readProperties(raw, context.at.path, dialProperties, context.report)
    if (!given || !targets) return undefined
    if (given.callerId?.plusAdded) warnPlus(jsonPath(context.at.path, ['callerId']), context.report)
    return compile(given, targets, context)
  },
}

function readTargets(value: unknown, { at, report }: VerbContext): readonly Target[] | undefined {
  const path = jsonPath(at.path, ['target'])
  if (value === undefined || value === null) return report.refuse(path, 'missing', 'target is required.')
  if (!Array.isArray(value)) return report.refuse(path, 'bad-type', 'target is a list.')
  if (value.length < 1 || value.length > flowLimits.targets) {
    const message = `A dial has 1 to ${flowLimits.targets} targets, not ${value.length}.`
    return report.refuse(path, 'bad-targets', message)
  }
  const targets = value.map((item, index) => readTarget(item, `${path}[${index}]`, report))
  const good = targets.filter(target => target !== undefined)
  warnDuplicates(good, report)
  return good.length === targets.length ? good : undefined
}

function warnDuplicates(targets: readonly Target[], report: Report): void {
  const seen = new Set<string>()
  for (const target of targets) {
    const key = `${target.type} ${callee(target)}`
    if (seen.has(key)) report.warn(target.path, 'duplicate-target', 'This target stands in the list twice.')
    seen.add(key)
  }
}

function callee(target: Target): string {
  switch (target.type) {
    case 'phone':
      return target.number
    case 'sip':
      return target.uri
    case 'user':
      return target.name
  }
}

function compile(given: Given, targets: readonly Target[], { at, index }: VerbContext): readonly Op[] {
  const { answerOnBridge, timeLimit, actionHook } = given
  const [group, bridge] = [`dial ${index}`, `bridge ${index}`]
  const winner = { winnerOf: group }
  const limit = timeLimit === undefined ? {} : { limitMs: timeLimit }
  const won: readonly Op[] = [
    { op: 'bridge', at, bridge, a: 'self', b: winner, ...limit },
    { op: 'await', at, until: [bridge] },
    { op: 'hangup', at, leg: winner },
  ]
  return [
    ...(answerOnBridge && targets.length > 1 ? [{ op: 'ring' as const, at }] : []),
    originate(given, targets, group, at),
    ...(answerOnBridge ? [] : [{ op: 'answer' as const, at }]),
    { op: 'await', at, until: [group] },
    { op: 'branch', at, on: group, cases: { won } },
    {
      op: 'hook',
      at,
      hook: actionHook ?? DEFAULT_HOOK,
      report: { type: 'dial', group },
      expect: 'flow',
      always: true,
      ...(!actionHook && { optional: true as const }),
    },
  ]
}

function originate(given: Given, targets: readonly Target[], group: string, at: Op['at']): Op {
  const { callerId, callerName, headers: fields, timeout, dialMusic } = given
  return {
    op: 'originate',
    at,
    group,
    targets,
    ...(callerId && { callerId: callerId.number }),
    ...(callerName !== undefined && { callerName }),
    ...(fields && { headers: fields }),
    ringTimeoutMs: timeout,
    alerting: dialMusic ? { music: dialMusic.sources, relay: false } : { relay: targets.length === 1 },
  }
}
