/**
 * From whom to ring to calls to be made: trunks for phone numbers, contacts for users.
 */
import { hostText } from '../../base/index.ts'
import type { Headers, Target } from '../../flow/index.ts'
import type { FormatRecord } from '../../sdp/index.ts'
import { escapeUser, type HeaderPairs, parseUri, uriUser } from '../../sip/index.ts'
import type { LegPlan } from '../outbound-leg.ts'
import type { Directory, TrunkInfo } from '../ports.ts'
import type { LegFailure } from './dial-group.ts'

/** What all legs of a group have in common. */
export type PlanBase = Pick<LegPlan, 'callerId' | 'callerName' | 'maxForwards' | 'parentId' | 'near' | 'formats'> & {
  readonly headers: Headers
}

export interface Plans {
  readonly plans: readonly LegPlan[]
  readonly failures: readonly LegFailure[]
}

const EVENTS = 'telephone-event'

/** A user with many phones counts each of them. */
const MAX_LEGS = 30

/** `done` runs once all look-ups are back, perhaps before this returns. The order of the targets is kept. */
export function planTargets(
  directory: Directory,
  targets: readonly Target[],
  base: PlanBase,
  done: (plans: Plans) => void,
): void {
  const found: (readonly LegPlan[] | LegFailure)[] = []
  let left = targets.length
  const settle = (index: number, result: readonly LegPlan[] | LegFailure): void => {
    found[index] = result
    if (--left === 0) done(gather(found))
  }
  if (targets.length === 0) done({ plans: [], failures: [] })
  targets.forEach((target, index) => {
    planTarget(directory, target, base, result => settle(index, result))
  })
}

function gather(found: readonly (readonly LegPlan[] | LegFailure)[]): Plans {
  const plans = found.flatMap(result => ('outcome' in result ? [] : result))
  const failures = found.flatMap(result => ('outcome' in result ? [result] : []))
  return { plans: plans.slice(0, MAX_LEGS), failures }
}

function planTarget(
  directory: Directory,
  target: Target,
  base: PlanBase,
  done: (result: readonly LegPlan[] | LegFailure) => void,
): void {
  switch (target.type) {
    case 'sip':
      done([planUri(target.uri, target, base, target.auth)])
      return
    case 'user':
      directory.contacts(target.name, uris => {
        if (uris.length > 0) done(uris.map(uri => ({ ...planUri(uri, target, base), to: target.name })))
        else done({ outcome: 'no-answer', sipStatus: 480, message: `${target.name} has no phone` })
      })
      return
    case 'phone':
      directory.trunk(target.trunk, trunk => {
        done(trunk ? planPhone(target.number, trunk, target, base) : noTrunk(target.trunk))
      })
  }
}

const noTrunk = (name: string | undefined): LegFailure => ({
  outcome: 'failed',
  sipStatus: 503,
  message: name === undefined ? 'No outbound trunk' : `No trunk named ${name}`,
})

function planUri(
  uri: string,
  target: Target,
  base: PlanBase,
  auth?: { readonly username: string; readonly password: string },
): LegPlan {
  const parsed = parseUri(uri)
  return {
    uri,
    to: (parsed && uriUser(parsed)) || uri,
    ...base,
    headers: headerPairs(base.headers, target.headers),
    ...(auth === undefined ? {} : { auth }),
  }
}

const noCodec = ({ name, codecs = [] }: TrunkInfo): LegFailure => ({
  outcome: 'failed',
  sipStatus: 488,
  message: `None of the codecs of trunk ${name} is known here: ${codecs.join(', ')}`,
})

function planPhone(number: string, trunk: TrunkInfo, target: Target, base: PlanBase): readonly [LegPlan] | LegFailure {
  const formats = trunk.codecs ? preferred(base.formats, trunk.codecs) : base.formats
  if (!formats) return noCodec(trunk)
  const dialled = trunk.plus ? number : number.replace(/^\+/, '')
  const uri = `sip:${escapeUser(dialled)}@${hostText(trunk.host)}:${trunk.port}`
  const plan: LegPlan = {
    uri,
    to: number,
    trunk: trunk.name,
    ...base,
    headers: headerPairs(base.headers, target.headers),
    formats,
    ...(trunk.auth === undefined ? {} : { auth: trunk.auth }),
    ...(trunk.fromDomain === undefined ? {} : { fromDomain: trunk.fromDomain }),
  }
  return [plan]
}

/** The named codecs in their order, then what is no codec: events. Undefined when no codec is left. */
function preferred(formats: readonly FormatRecord[], names: readonly string[]): readonly FormatRecord[] | undefined {
  const nameOf = ({ name }: FormatRecord): string => name.toLowerCase()
  const wanted = new Set(names.map(name => name.toLowerCase()))
  wanted.delete(EVENTS)
  const codecs = [...wanted].flatMap(name => formats.filter(format => nameOf(format) === name))
  return codecs.length === 0 ? undefined : [...codecs, ...formats.filter(format => nameOf(format) === EVENTS)]
}

/** The target's own headers replace the group's. */
function headerPairs(group: Headers, own: Headers = {}): HeaderPairs {
  const merged = new Map<string, readonly [string, string]>()
  for (const [name, value] of [...Object.entries(group), ...Object.entries(own)]) {
    merged.set(name.toLowerCase(), [name, value])
  }
  return [...merged.values()]
}
