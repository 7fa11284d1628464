import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hashToken } from '../../../src/api/index.ts'
import { systemRandom } from '../../../src/base/index.ts'
import { DataDirectory, temporaryDirectory, writePrompts } from '../../../src/cli/data-directory.ts'
import { NOTHING_DECLARED } from '../../../src/declared.ts'

let temporary: ReturnType<typeof temporaryDirectory>
let path: string
beforeEach(() => {
  temporary = temporaryDirectory()
  path = join(temporary.path, 'deep', 'var')
})
afterEach(() => temporary.remove())

const modeOf = (file: string): number => statSync(file).mode & 0o777

describe('the API token', () => {
  it('is made once, shown once, and kept as a hash that only the owner can read', () => {
    const data = new DataDirectory(path)
    const { hash, fresh = '' } = data.token(systemRandom())
    expect(fresh).toMatch(/^[\w-]{32}$/)
    expect(hash).toBe(hashToken(fresh))
    expect(readFileSync(data.tokenFile, 'utf8')).not.toContain(fresh)
    expect(modeOf(data.tokenFile)).toBe(0o600)
    expect(modeOf(path)).toBe(0o700)
    expect(new DataDirectory(path).token(systemRandom())).toEqual({ hash })
  })

  it.each(['', '{}', '{"sha256": "abc"}', 'null'])(
    'in a damaged file (%j) is an error that says what to do',
    damaged => {
      const data = new DataDirectory(path)
      writeFileSync(data.tokenFile, damaged)
      expect(() => data.token(systemRandom())).toThrow(expect.objectContaining({ code: 'data-directory' }))
      expect(readFileSync(data.tokenFile, 'utf8')).toBe(damaged)
    },
  )
})

it('what was declared is remembered, and nothing was before the first start', () => {
  const keys = { applications: ['a'], numbers: ['1000'], trunks: [], users: [{ username: 'u', domain: 'd' }] }
  const data = new DataDirectory(path)
  expect(data.declared).toEqual(NOTHING_DECLARED)
  data.rememberDeclared(keys)
  expect(new DataDirectory(path).declared).toEqual(keys)
})

it('a directory has one switch at a time', () => {
  const unlock = new DataDirectory(path).lock()
  expect(() => new DataDirectory(path).lock()).toThrow(`The data directory ${path} is in use by another switch.`)
  unlock()
  new DataDirectory(path).lock()()
})

it('a directory that cannot be made is named', () => {
  const file = join(temporary.path, 'file')
  writeFileSync(file, '')
  expect(() => new DataDirectory(join(file, 'var'))).toThrow(/^The data directory .*file\/var cannot be made: /)
})

it('a prompt is written where there is none, and one that is there stays', () => {
  const prompt = { path: 'demo/menu.wav', bytes: () => Uint8Array.of(1, 2, 3) }
  const file = join(path, 'demo/menu.wav')
  writePrompts(path, [prompt])
  expect([...readFileSync(file)]).toEqual([1, 2, 3])
  writeFileSync(file, 'spoken')
  writePrompts(path, [prompt])
  expect(readFileSync(file, 'utf8')).toBe('spoken')
})

it('a temporary directory is gone when it is removed', () => {
  const other = temporaryDirectory()
  expect(existsSync(other.path)).toBe(true)
  other.remove()
  expect(existsSync(other.path)).toBe(false)
})
