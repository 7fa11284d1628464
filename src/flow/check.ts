/**
 * What must hold of a program before it may run.
 */
import type { Problem } from '../base/index.ts'
import type { Op, Program } from './program.ts'

/** Bounds of a flow; beyond them a program is refused or a session ends with a cause. */
export const flowLimits = {
  /** Operations of a program, those of branches included. */
  ops: 1_000,
  /** Branches within branches. */
  nesting: 32,
  targets: 10,
  /** Operations that a session carries out in its life. */
  steps: 100_000,
  hooksPerMinute: 50,
} as const

interface Walk {
  readonly problems: Problem[]
  readonly defined: Set<string>
  readonly used: { readonly name: string; readonly path: string }[]
  ops: number
}

/** Problems of a program, none if it may run. Paths are those of the verbs that the operations come from. */
export function checkProgram(program: Program): readonly Problem[] {
  const walk: Walk = { problems: [], defined: new Set(), used: [], ops: 0 }
  checkBlock(program.ops, 0, walk)
  for (const { name, path } of walk.used) {
    if (!walk.defined.has(name)) {
      walk.problems.push({ path, code: 'unknown-name', message: `Nothing in the flow is called ${name}.` })
    }
  }
  return walk.problems
}

function checkBlock(ops: readonly Op[], depth: number, walk: Walk): void {
  for (const op of ops) {
    const { path } = op.at
    if (++walk.ops > flowLimits.ops) {
      if (walk.ops === flowLimits.ops + 1) {
        const message = `The flow compiles to more than ${flowLimits.ops} operations.`
        walk.problems.push({ path, code: 'too-long', message })
      }
      return
    }
    checkOp(op, walk)
    if (op.op !== 'branch') continue
    if (depth >= flowLimits.nesting) {
      const message = `Branches are nested deeper than ${flowLimits.nesting}.`
      walk.problems.push({ path, code: 'too-deep', message })
      continue
    }
    for (const block of [...Object.values(op.cases), op.otherwise ?? []]) checkBlock(block, depth + 1, walk)
  }
}

function checkOp(op: Op, walk: Walk): void {
  const { path } = op.at
  const name = nameGivenBy(op)
  if (name !== undefined) {
    if (walk.defined.has(name)) {
      walk.problems.push({ path, code: 'duplicate-name', message: `The name ${name} is given twice in the flow.` })
    }
    walk.defined.add(name)
  }
  for (const used of namesUsedBy(op)) walk.used.push({ name: used, path })
  if (op.op === 'originate' && (op.targets.length < 1 || op.targets.length > flowLimits.targets)) {
    const message = `A dial has 1 to ${flowLimits.targets} targets, not ${op.targets.length}.`
    walk.problems.push({ path, code: 'bad-targets', message })
  }
}

function nameGivenBy(op: Op): string | undefined {
  switch (op.op) {
    case 'originate':
      return op.group
    case 'play':
    case 'collect':
    case 'echo':
      return op.task
    case 'bridge':
      return op.bridge
    default:
      return undefined
  }
}

function namesUsedBy(op: Op): readonly string[] {
  switch (op.op) {
    case 'await':
      return op.until
    case 'branch':
      return [op.on]
    case 'stop':
      return [op.task]
    case 'collect':
      return [...winnerIn(op.leg), ...(op.prompt ? [op.prompt.task] : [])]
    case 'play':
    case 'echo':
    case 'hangup':
      return winnerIn(op.leg)
    case 'bridge':
      return [...winnerIn(op.a), ...winnerIn(op.b)]
    case 'hook':
      return reportedBy(op.report)
    default:
      return []
  }
}

const winnerIn = (leg: 'self' | { readonly winnerOf: string }): readonly string[] =>
  leg === 'self' ? [] : [leg.winnerOf]

function reportedBy(report: Extract<Op, { op: 'hook' }>['report']): readonly string[] {
  switch (report.type) {
    case 'redirect':
      return []
    case 'dial':
      return [report.group]
    case 'play':
    case 'gather':
      return [report.task]
  }
}
