/**
 * Inputs that are kept: a folder per target, a file per input, named by its content.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Kept {
  readonly file: string
  readonly bytes: Uint8Array
}

/** From the root of the repository. */
const folderOf = (target: string): string => join('test/fuzz/corpus', target)

export function readCorpus(target: string): readonly Kept[] {
  const folder = folderOf(target)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .toSorted()
    .map(file => ({ file, bytes: readFileSync(join(folder, file)) }))
}

/** The name of the file. `found-` marks an input that once broke something: it stays. */
export function keep(target: string, bytes: Uint8Array, prefix: '' | 'found-' = ''): string {
  const folder = folderOf(target)
  mkdirSync(folder, { recursive: true })
  const file = `${prefix}${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}.dat`
  writeFileSync(join(folder, file), bytes)
  return join(folder, file)
}

/** Puts these inputs in place of all that once broke nothing. */
export function replaceCorpus(target: string, inputs: readonly Uint8Array[]): void {
  for (const { file } of readCorpus(target)) if (!file.startsWith('found-')) rmSync(join(folderOf(target), file))
  for (const bytes of inputs) keep(target, bytes)
}
