import { expect, it } from 'vitest'
import { banner, type Serving } from '../../../src/cli/banner.ts'
import { type Config, loadConfig } from '../../../src/config.ts'

const SERVING: Serving = {
  version: '1.2.3',
  sip: { address: '0.0.0.0', port: 5060 },
  http: { address: '127.0.0.1', port: 8080 },
  tokenFile: '/data/api-token.json',
  hasOwnToken: false,
}

function configOf(text: string | undefined): Config {
  const loaded = loadConfig(text, {}, { directory: '/home', hostName: 'h', readText: () => undefined })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
  return loaded.config
}

it('the demo says what to dial, with commands that can be typed as they stand', () => {
  const text = banner(configOf(undefined), { ...SERVING, freshToken: 'fresh-token' })
  expect(text).toContain('Cordboard 1.2.3 is ready.')
  for (const number of ['1000', '1001', '1002', '1003', '1004'])
    expect(text).toMatch(new RegExp(`^ +${number}  \\w`, 'm'))
  expect(text).toContain('sip:1003@127.0.0.1:5060')
  expect(text).toContain('sipp -sn uac -s 1000 127.0.0.1:5060 -i 127.0.0.1 -m 1')
  expect(text).toContain('alice at sip:alice@127.0.0.1:5062')
  expect(text).toContain('takes calls from 127.0.0.0/8, ::1/128')
  expect(text).toMatch(/Token +fresh-token\n +shown this once: only its hash is kept, in \/data\/api-token\.json/)
})

it('the token is shown once, and one of the configuration never', () => {
  expect(banner(configOf(undefined), SERVING)).toContain('made at the first start; its hash is in /data/api-token.json')
  const own = configOf('http: {token: a-token-that-is-long-enough}')
  expect(banner(own, { ...SERVING, hasOwnToken: true })).not.toContain('long-enough')
})

it('a configuration has its own numbers, or none', () => {
  const text = 'applications: [{name: support, program: echo}]\nnumbers: [{number: "+45*", application: support}]'
  expect(banner(configOf(text), SERVING)).toMatch(/^ +\+45\* +support$/m)
  expect(banner(configOf(text), SERVING)).not.toContain('demo')
  expect(banner(configOf(''), SERVING)).toContain('No number is configured')
})

it('an address of IPv6 has its brackets', () => {
  const serving = { ...SERVING, sip: { address: '::', port: 5060 }, http: { address: '::1', port: 8080 } }
  const text = banner(configOf(undefined), serving)
  expect(text).toContain('sip:1003@[::1]:5060')
  expect(text).toContain('http://[::1]:8080')
})
