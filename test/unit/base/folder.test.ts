import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Folder, systemFolder } from '../../../src/base/index.ts'

let parent: string
let path: string
let folder: Folder

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'cordboard-folder-'))
  path = join(parent, 'a', 'b')
  folder = systemFolder(path)
})
afterEach(() => rmSync(parent, { recursive: true }))

const write = (name: string, text: string) => new Promise<boolean>(done => folder.write(name, Buffer.from(text), done))
const read = (name: string) =>
  new Promise<string | undefined>(done => folder.read(name, bytes => done(bytes && Buffer.from(bytes).toString())))
const list = () =>
  new Promise<string[]>(done => folder.list(all => done(all.map(entry => `${entry.name} ${entry.bytes}`))))

it('a folder that is not there is empty', async () => {
  expect(await list()).toEqual([])
  expect(await read('x')).toBeUndefined()
  folder.remove('x')
})

it('files are written whole, replaced, listed oldest first and removed', async () => {
  expect(await write('new', 'three')).toBe(true)
  expect(await write('old', 'one')).toBe(true)
  expect(await write('new', 'four')).toBe(true)
  utimesSync(join(path, 'old'), 1, 1)
  expect(await read('new')).toBe('four')
  expect(await list()).toEqual(['old 3', 'new 4'])
  folder.remove('old')
  await expect.poll(() => readdirSync(path)).toEqual(['new'])
})

it('what is no entry is not listed', async () => {
  await write('x', 'x')
  writeFileSync(join(path, '7.part'), 'half')
  mkdirSync(join(path, 'inner'))
  expect(await list()).toEqual(['x 1'])
})

it('a name cannot lead out of the folder', async () => {
  writeFileSync(join(parent, 'secret'), 'secret')
  for (const name of ['../../secret', '..', '', join(parent, 'secret'), 'a\0b']) {
    expect(await read(name)).toBeUndefined()
    expect(await write(name, 'x')).toBe(false)
    folder.remove(name)
  }
  expect(readdirSync(parent)).toEqual(['secret'])
})

it('a folder that cannot be made takes nothing', async () => {
  writeFileSync(join(parent, 'a'), 'a file')
  expect(await write('x', 'x')).toBe(false)
})
