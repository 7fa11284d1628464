/**
 * The file system as an argument.
 */
import { open } from 'node:fs/promises'

export type FileRead =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly code: 'missing' | 'too-large' | 'denied' | 'failed'; readonly message: string }

export interface Files {
  /** Reads a whole file. `done` runs once, never synchronously. */
  read(path: string, maxBytes: number, done: (result: FileRead) => void): void
}

export const systemFiles: Files = {
  read(path, maxBytes, done) {
    readWhole(path, maxBytes).then(done, (error: NodeJS.ErrnoException) => {
      const code = error.code === 'ENOENT' ? 'missing' : error.code === 'EACCES' ? 'denied' : 'failed'
      done({ ok: false, code, message: error.message })
    })
  },
}

async function readWhole(path: string, maxBytes: number): Promise<FileRead> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    if (size > maxBytes)
      return { ok: false, code: 'too-large', message: `${path} has ${size} bytes; ${maxBytes} is the limit.` }
    return { ok: true, bytes: await file.readFile() }
  } finally {
    await file.close()
  }
}
