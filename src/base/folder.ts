/**
 * A flat folder of files that may be lost, as an argument: for caches.
 */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface FolderEntry {
  readonly name: string
  readonly bytes: number
}

/** Names are letters, digits, `-` and `_`; any other finds and keeps nothing. Every `done` runs once, never synchronously. */
export interface Folder {
  /** Oldest first. A folder that cannot be read is empty. */
  list(done: (entries: readonly FolderEntry[]) => void): void
  /** Undefined: there is none, or it cannot be read. */
  read(name: string, done: (bytes: Uint8Array | undefined) => void): void
  /** Whole or not at all. False: it was not written. */
  write(name: string, bytes: Uint8Array, done: (ok: boolean) => void): void
  /** Best effort. */
  remove(name: string): void
}

const NAME = /^[\w-]{1,200}$/
/** Of a file that is being written; no entry ends so. */
const UNFINISHED = '.part'

/** `path` is made when the first file is written. Only one process may write to it at a time. */
export function systemFolder(path: string): Folder {
  let written = 0
  return {
    list(done) {
      listFolder(path).then(done, () => done([]))
    },
    read(name, done) {
      const reading = NAME.test(name) ? readFile(join(path, name)) : Promise.reject(new Error(name))
      reading.then(done, () => done(undefined))
    },
    write(name, bytes, done) {
      const unfinished = join(path, `${written++}${UNFINISHED}`)
      const writing = NAME.test(name) ? writeWhole(path, unfinished, name, bytes) : Promise.reject(new Error(name))
      writing.then(
        () => done(true),
        () => done(false),
      )
    },
    remove(name) {
      if (NAME.test(name)) rm(join(path, name), { force: true }).catch(() => {})
    },
  }
}

async function writeWhole(path: string, unfinished: string, name: string, bytes: Uint8Array): Promise<void> {
  await mkdir(path, { recursive: true })
  try {
    await writeFile(unfinished, bytes)
    await rename(unfinished, join(path, name))
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}

async function listFolder(path: string): Promise<readonly FolderEntry[]> {
  const names = (await readdir(path)).filter(name => NAME.test(name))
  const entries: (FolderEntry & { modifiedMs: number })[] = []
  for (const name of names) {
    // One that went meanwhile is not listed.
    const found = await stat(join(path, name)).catch(() => undefined)
    if (found?.isFile()) entries.push({ name, bytes: found.size, modifiedMs: found.mtimeMs })
  }
  return entries.sort((one, other) => one.modifiedMs - other.modifiedMs)
}
