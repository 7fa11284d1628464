import { describe, expect, it } from 'vitest'
import { type Config, type ConfigLoaded, loadConfig, networksContain } from '../../src/config.ts'

type Environment = Readonly<Record<string, string>>

function load(
  text: string | undefined,
  environment: Environment = {},
  files: Readonly<Record<string, string>> = {},
): ConfigLoaded {
  return loadConfig(text, environment, {
    directory: '/etc/cordboard',
    hostName: 'host-1',
    readText: path => files[path],
  })
}

function configOf(
  text: string | undefined,
  environment?: Environment,
  files?: Readonly<Record<string, string>>,
): Config {
  const loaded = load(text, environment, files)
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
  return loaded.config
}

/** Problems as they are printed. */
function problemsOf(
  text: string,
  environment?: Environment,
  files?: Readonly<Record<string, string>>,
): readonly string[] {
  const loaded = load(text, environment, files)
  return loaded.ok ? [] : loaded.problems.map(({ path, message }) => `${path}: ${message}`)
}

const FULL = `
node: edge-1
accountSid: 9351f46a-678c-43f5-b8a6-d4eb58d131af
dataDir: /var/lib/cordboard
promptsDir: prompts
log: warn
sip:
  bind: "[::]:5070"
  domain: example.com
  allow: [127.0.0.0/8, 192.0.2.7]
media:
  ports: 20000-20999
  workers: 2
  timeoutSeconds: 0
  tones: us
http:
  bind: 0.0.0.0:8081
  url: https://voice.example.com/
  token: a-token-that-is-long-enough
applications:
  - name: support
    callHook: https://app.example.com/call
    statusHook: {url: https://app.example.com/status, method: GET, username: u, password: p}
    secret: shared
    fallback:
      - verb: play
        url: sorry.wav
      - verb: hangup
  - name: echo
    sid: my-echo
    program: echo
numbers:
  - {number: "+4512345678", application: support}
  - {number: "8*", application: echo}
trunks:
  - name: carrier
    host: sip.example.com
    username: me
    password: pw
    numberFormat: no-plus
users:
  - {name: alice, contact: "sip:alice@192.0.2.9:5062"}
`

describe('a configuration file', () => {
  it('becomes one checked value', () => {
    const config = configOf(FULL)
    expect(config).toMatchObject({
      node: 'edge-1',
      accountSid: '9351f46a-678c-43f5-b8a6-d4eb58d131af',
      sip: { bind: { address: '::', port: 5070 }, domain: 'example.com', allow: ['127.0.0.0/8', '192.0.2.7'] },
      media: { ports: { from: 20_000, to: 20_999 }, workers: 2, timeoutMs: 0, tones: 'us' },
      http: {
        bind: { address: '0.0.0.0', port: 8081 },
        url: 'https://voice.example.com',
        token: 'a-token-that-is-long-enough',
      },
      dataDir: '/var/lib/cordboard',
      promptsDir: '/etc/cordboard/prompts',
      logLevel: 'warn',
      demo: false,
      users: [{ username: 'alice', domain: 'example.com', contact: 'sip:alice@192.0.2.9:5062' }],
    })
    expect(config.trunks).toEqual([
      {
        name: 'carrier',
        host: 'sip.example.com',
        port: 5060,
        username: 'me',
        password: 'pw',
        outbound: true,
        priority: 10,
        weight: 10,
        numberFormat: 'no-plus',
        mediaSources: [],
      },
    ])
  })

  it('gives each application its hooks, its fallback and an identifier, and each number its application', () => {
    const { applications, numbers, accountSid } = configOf(FULL)
    const [support, echo] = applications
    expect(support).toEqual({
      sid: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      accountSid,
      name: 'support',
      callHook: { url: 'https://app.example.com/call', method: 'POST' },
      callStatusHook: { url: 'https://app.example.com/status', method: 'GET', username: 'u', password: 'p' },
      secret: 'shared',
      fallbackDocument: [{ verb: 'play', url: 'sorry.wav' }, { verb: 'hangup' }],
    })
    expect(echo).toEqual({ sid: 'my-echo', accountSid, name: 'echo', programName: 'echo' })
    expect(numbers).toEqual([
      { pattern: '+4512345678', applicationSid: support?.sid },
      { pattern: '8*', applicationSid: 'my-echo' },
    ])
  })

  it('gives an application the same identifier at every start', () => {
    expect(configOf(FULL).applications).toEqual(configOf(FULL).applications)
  })

  it('cannot be changed afterwards', () => {
    const config = configOf(FULL)
    expect(() => Object.assign(config.sip.bind, { port: 1 })).toThrow(TypeError)
    expect(() => (config.numbers as unknown[]).push({})).toThrow(TypeError)
  })

  it.each(['', '# nothing yet\n', 'sip:\nnumbers:\n'])('that says nothing (%j) has the defaults, and no demo', text => {
    expect(configOf(text)).toMatchObject({
      node: 'host-1',
      sip: { bind: { address: '0.0.0.0', port: 5060 }, allow: ['127.0.0.0/8', '::1/128'] },
      media: { ports: { from: 10_000, to: 32_767 }, workers: 1, timeoutMs: 60_000, tones: 'eu' },
      http: { bind: { address: '127.0.0.1', port: 8080 }, url: 'http://127.0.0.1:8080' },
      dataDir: '/etc/cordboard/var',
      promptsDir: '/etc/cordboard/var/prompts',
      logLevel: 'info',
      demo: false,
      applications: [],
      numbers: [],
    })
  })

  it('takes a fallback from a file beside it', () => {
    const text = 'applications: [{name: a, callHook: "http://a.test", fallback: sorry.json}]'
    const document = '[{"verb": "hangup"}] // that is all'
    expect(configOf(text, {}, { '/etc/cordboard/sorry.json': document }).applications[0]?.fallbackDocument).toBe(
      document,
    )
  })
})

describe('without a file', () => {
  it('there is the demo: numbers, users, and calls from this machine alone', () => {
    const config = configOf(undefined)
    expect(config.demo).toBe(true)
    expect(config.numbers.map(({ pattern }) => pattern)).toEqual(['1000', '1001', '1002', '1003', '1004'])
    expect(config.applications.map(({ programName }) => programName)).toEqual([
      'wait',
      'echo',
      'tone',
      'menu',
      'ring-all',
    ])
    expect(config.users.map(({ username }) => username)).toEqual(['alice', 'bob'])
    expect(config.trunks).toEqual([])
    const allows = networksContain(config.sip.allow)
    expect(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'].filter(allows)).toHaveLength(4)
    expect(['128.0.0.1', '10.0.0.1', '0.0.0.0', '::2', '::ffff:10.0.0.1', 'localhost', ''].filter(allows)).toEqual([])
  })
})

describe('the environment', () => {
  it('replaces settings of the file', () => {
    const config = configOf(FULL, {
      CORDBOARD_SIP_BIND: '127.0.0.1:15060',
      CORDBOARD_SIP_ALLOW: '10.0.0.0/8, ::1',
      CORDBOARD_HTTP_BIND: '127.0.0.1:18080',
      CORDBOARD_DATA_DIR: '/data',
      CORDBOARD_LOG: 'debug',
      CORDBOARD_MEDIA_WORKERS: '4',
      CORDBOARD_NODE: '',
    })
    expect(config).toMatchObject({
      node: 'edge-1',
      sip: { bind: { address: '127.0.0.1', port: 15_060 }, domain: 'example.com', allow: ['10.0.0.0/8', '::1'] },
      http: { bind: { address: '127.0.0.1', port: 18_080 } },
      media: { workers: 4, tones: 'us' },
      dataDir: '/data',
      logLevel: 'debug',
    })
  })

  it('is checked like the file, and named where it is wrong', () => {
    expect(
      problemsOf('', { CORDBOARD_SIP_BIND: '5060', CORDBOARD_MEDIA_WORKERS: 'two', CORDBOARD_LOG: 'loud' }),
    ).toEqual([
      'CORDBOARD_LOG: This must be one of debug, info, warn, error, silent.',
      'CORDBOARD_SIP_BIND: This must be an IP address and a port, such as 0.0.0.0:5060 or [::]:5060.',
      'CORDBOARD_MEDIA_WORKERS: This must be a whole number from 1 to 64.',
    ])
  })

  it('reports a variable that is almost one of ours, and leaves strangers alone', () => {
    expect(problemsOf('', { CORDBOARD_SIP_BNID: 'x', CORDBOARD_SOMETHING_ELSE: 'y', PATH: '/bin' })).toEqual([
      'CORDBOARD_SIP_BNID: There is no such variable; did you mean CORDBOARD_SIP_BIND?',
    ])
  })
})

describe('mistakes', () => {
  it('are all named at once, wherever they are', () => {
    const text = `
sip: {bnid: 127.0.0.1:5060}
trunks:
  - {name: one, host: one.example.com}
  - {name: two, host: two.example.com, port: 99999}
numbers:
  - {number: "100", application: suport}
applications:
  - {name: support, callHook: "http://app.test/"}
`
    expect(problemsOf(text)).toEqual([
      'sip.bnid: There is no setting "bnid" here; did you mean bind?',
      'trunks[1].port: This must be a whole number from 1 to 65535.',
      'numbers[0].application: There is no application "suport"; did you mean support?',
    ])
  })

  it.each([
    ['+4512345678', '4512345678'],
    ['0045', '45'],
    ['1000', '1000'],
  ])('a phone number without quotes (%s) is refused with the reason', (written, read) => {
    expect(
      problemsOf(`numbers: [{number: ${written}, application: a}]\napplications: [{name: a, program: echo}]`),
    ).toEqual([
      `numbers[0].number: Put the number in quotes: without them YAML reads ${read}, and a plus sign or leading zeros are lost.`,
    ])
  })

  it.each<[story: string, text: string, problem: string]>([
    [
      'a name that YAML takes for a number',
      'users: [{name: 1000, contact: "sip:a@b"}]',
      'users[0].name: This must be text. Put it in quotes: without them YAML reads 1000 as a number.',
    ],
    [
      'a setting nobody knows',
      'prot: 1',
      'prot: There is no setting "prot" here; there are node, accountSid, dataDir, promptsDir, log, sip, media, http, applications, numbers, trunks, users.',
    ],
    ['a section that is none', 'media: 5', 'media: This must be a section with settings.'],
    ['a list that is none', 'numbers: {"100": a}', 'numbers: This must be a list: each entry starts with a hyphen.'],
    ['something required', 'users: [{name: a}]', 'users[0].contact: contact is required.'],
    [
      'a contact that is no SIP URI',
      'users: [{name: a, contact: alice}]',
      'users[0].contact: This must be a SIP URI, such as sip:alice@192.0.2.7:5060.',
    ],
    [
      'a network that is none',
      'sip: {allow: [10.0.0.0/33]}',
      'sip.allow[0]: This must be an IP address or a network such as 192.0.2.0/24.',
    ],
    [
      'ports the wrong way round',
      'media: {ports: 20000-10000}',
      'media.ports: This must be a range of at least 4 ports from 1024 to 65535, such as 10000-32767.',
    ],
    [
      'a hook that is no web address',
      'applications: [{name: a, callHook: "ftp://x"}]',
      'applications[0].callHook: This must be an http or https URL.',
    ],
    [
      'a hook with a slip',
      'applications: [{name: a, callHook: {url: "http://x", methud: GET}}]',
      'applications[0].callHook.methud: There is no setting "methud" here; did you mean method?',
    ],
    [
      'an application that does nothing',
      'applications: [{name: a}]',
      'applications[0]: The application needs a callHook, the URL that is asked what to do, or a built-in program.',
    ],
    [
      'an application that does two things',
      'applications: [{name: a, callHook: "http://x", program: echo}]',
      'applications[0]: An application has a callHook or a program, not both.',
    ],
    [
      'a program that there is not',
      'applications: [{name: a, program: eko}]',
      'applications[0].program: This must be one of wait, echo, tone, menu, ring-all.',
    ],
    [
      'a username alone',
      'trunks: [{name: a, host: h, username: u}]',
      'trunks[0]: A trunk with a username needs a password too.',
    ],
    [
      'a host with its port',
      'trunks: [{name: a, host: "h:5060"}]',
      'trunks[0].host: This must be a host name or an IP address, without a port.',
    ],
    ['a short token', 'http: {token: short}', 'http.token: A token has at least 16 characters.'],
    [
      'a line break in a secret',
      'applications: [{name: a, callHook: "http://x", secret: "a\\nb"}]',
      'applications[0].secret: There is a control character in this text, such as a line break.',
    ],
    ['a tab in a key', '"no\\tde": a', '["no\\tde"]: There is no setting "no\\tde" here; did you mean node?'],
    [
      'a fallback file that is not there',
      'applications: [{name: a, callHook: "http://x", fallback: nope.json}]',
      'applications[0].fallback: /etc/cordboard/nope.json cannot be read.',
    ],
    [
      'a fallback with a verb nobody knows',
      'applications: [{name: a, callHook: "http://x", fallback: [{verb: answer}, {verb: sya}]}]',
      'applications[0].fallback[1]: There is no verb "sya".',
    ],
    [
      'an entry twice',
      'users: [{name: a, contact: "sip:a@h"}, {name: a, contact: "sip:b@h"}]',
      'users[1].name: "a" is taken: users[0] has it already.',
    ],
    ['a list where the settings should be', '- a', ': The file must consist of settings, such as `log: info`.'],
    ['an alias that contains itself', 'sip: &s [*s]', ': An alias contains itself.'],
  ])('%s', (_story, text, problem) => {
    expect(problemsOf(text)).toEqual([problem])
  })

  it('in a fallback file are named with the file', () => {
    const text = 'applications: [{name: a, callHook: "http://x", fallback: f.json}]'
    expect(problemsOf(text, {}, { '/etc/cordboard/f.json': '[{"verb": "dial"}]' })).toEqual([
      'applications[0].fallback: /etc/cordboard/f.json: $[0].target target is required.',
    ])
  })

  it('of YAML itself have a line and a column', () => {
    expect(problemsOf('node: a\nsip: {bind: 127.0.0.1:5060\nlog: info\n')).toEqual([
      expect.stringMatching(/^line 3, column \d+: This is not valid YAML: .+\.$/),
    ])
    expect(problemsOf('log: info\nlog: warn\n')).toEqual([
      'line 2, column 1: This is not valid YAML: Map keys must be unique.',
    ])
  })

  it('a key that would reach a prototype is a setting that there is not', () => {
    expect(problemsOf('__proto__: {polluted: yes}')).toHaveLength(1)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})
