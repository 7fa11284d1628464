import { expect, it } from 'vitest'
import { systemProcesses } from '../../../src/base/index.ts'

/** Runs a script; what it wrote and why it ended. */
const run = (script: string, input = '') =>
  new Promise<{ output: string; reason: string }>(done => {
    let output = ''
    const child = systemProcesses.start({
      command: process.execPath,
      args: ['-e', script],
      onOutput: bytes => {
        output += Buffer.from(bytes).toString()
      },
      onExit: reason => done({ output, reason }),
    })
    child.write(input)
  })

it('a program hears its stdin and is heard on stdout', async () => {
  const echo = "process.stdin.once('data', d => { process.stdout.write(d); process.exit(3) })"
  expect(await run(echo, 'hello\n')).toEqual({ output: 'hello\n', reason: 'ended with status 3' })
})

it('its last words tell why it ended', async () => {
  expect((await run("console.error('x'.repeat(9000) + 'broken'); process.exit(1)")).reason).toMatch(
    /^ended with status 1: x{1,500}broken$/,
  )
})

it('it has none of our environment but the path', async () => {
  const { output } = await run('console.log(Object.keys(process.env).sort().join())')
  expect(output).toBe('PATH\n')
})

it('a program that is not there ends', async () => {
  const reason = await new Promise<string>(onExit =>
    systemProcesses.start({ command: '/nowhere/at-all', args: [], onOutput: () => {}, onExit }).write('lost'),
  )
  expect(reason).toContain('ENOENT')
})

it('a program that was killed is silent', async () => {
  const heard: string[] = []
  const child = systemProcesses.start({
    command: process.execPath,
    args: ['-e', "setInterval(() => console.log('x'), 1)"],
    onOutput: () => heard.push('output'),
    onExit: () => heard.push('exit'),
  })
  child.kill()
  child.kill()
  child.write('lost')
  await run('')
  expect(heard).toEqual([])
})
