/**
 * SIPp's built-in scenarios against the switch, over UDP.
 */
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Home, type SwitchProcess } from './process.ts'

const hasSipp = spawnSync('sipp', ['-v']).error === undefined
const CALLS = 1_000
const RATE = 200

const home = new Home()
let sw: SwitchProcess
let port: number

beforeAll(async () => {
  sw = home.run()
  port = (await sw.ready()).sipPort
})

afterAll(async () => {
  sw.signal('SIGTERM')
  const { code, err } = await sw.ended
  home.remove()
  expect(code, err).toBe(0)
})

/** The last line of SIPp's statistics, by column. */
async function sipp(...args: readonly string[]): Promise<Record<string, string>> {
  const statistics = join(home.path, 'sipp.csv')
  const child = spawn(
    'sipp',
    [`127.0.0.1:${port}`, '-i', '127.0.0.1', '-nostdin', '-trace_stat', '-stf', statistics, ...args],
    {
      stdio: 'ignore',
      cwd: home.path,
    },
  )
  await new Promise(resolve => child.on('close', resolve))
  const [header = '', ...lines] = readFileSync(statistics, 'utf8').trim().split('\n')
  const values = (lines.at(-1) ?? '').split(';')
  return Object.fromEntries(header.split(';').map((name, index) => [name, values[index] ?? '']))
}

describe('SIPp', () => {
  test.skipIf(!hasSipp)(`K01: its uac makes ${CALLS} calls at ${RATE}/s, none failed, nothing sent twice`, async () => {
    const result = await sipp(
      '-sn',
      'uac',
      '-s',
      '1000',
      '-r',
      String(RATE),
      '-m',
      String(CALLS),
      '-l',
      '2000',
      '-d',
      '200',
    )
    expect(result).toMatchObject({
      'SuccessfulCall(C)': String(CALLS),
      'FailedCall(C)': '0',
      'Retransmissions(C)': '0',
    })
  })
})
