/**
 * What is printed when the switch serves: where it is, and what to dial.
 */
import { type Endpoint, formatEndpoint } from '../base/index.ts'
import type { Config } from '../config.ts'
import { demoNumbers, demoUsers } from '../demo.ts'

export interface Serving {
  readonly version: string
  readonly sip: Endpoint
  readonly http: Endpoint
  readonly tokenFile: string
  /** A token that has just been made. */
  readonly freshToken?: string
  /** It comes from the configuration. */
  readonly hasOwnToken: boolean
}

/** Lines of text, the last one ended too. */
export function banner(config: Config, serving: Serving): string {
  const { sip, http, version } = serving
  return [
    '',
    `Cordboard ${version} is ready.`,
    '',
    ...table([
      ['SIP', `${formatEndpoint(sip)} (UDP and TCP)`],
      ['', `takes calls from ${config.sip.allow.join(', ')}`],
      ['HTTP', `http://${formatEndpoint(http)}`],
      ['', `/healthz  /readyz  /metrics  POST /jambonz/v1/Accounts/${config.accountSid}/Calls`],
      ...tokenLines(serving),
      ['Data', config.dataDir],
    ]),
    '',
    ...(config.demo ? demoLines(sip) : numberLines(config)),
    '',
    'Ctrl-C stops it.',
    '',
    '',
  ].join('\n')
}

function tokenLines({ freshToken, hasOwnToken, tokenFile }: Serving): readonly (readonly [string, string])[] {
  if (hasOwnToken) return [['Token', 'the one of the configuration']]
  if (freshToken === undefined) return [['Token', `made at the first start; its hash is in ${tokenFile}`]]
  return [
    ['Token', freshToken],
    ['', `shown this once: only its hash is kept, in ${tokenFile}`],
  ]
}

function demoLines(sip: Endpoint): readonly string[] {
  const host = formatEndpoint({ ...sip, address: reachable(sip.address) })
  const targets = demoUsers.map(({ name, contact }) => `${name} at ${contact}`).join(', ')
  return [
    'There is no cordboard.yaml, so this is the demo. Dial from this machine:',
    '',
    ...table(demoNumbers.map(({ number, does }) => [number, does])),
    '',
    `With a softphone: sip:${demoNumbers[3].number}@${host}, no account and no registration.`,
    `With SIPp: sipp -sn uac -s ${demoNumbers[0].number} ${host} -i ${reachable(sip.address)} -m 1`,
    `Rung by ${demoNumbers[4].number}: ${targets}.`,
  ]
}

function numberLines({ numbers, applications }: Config): readonly string[] {
  if (numbers.length === 0) return ['No number is configured: calls get 404.']
  const nameOf = (sid: string): string => applications.find(application => application.sid === sid)?.name ?? sid
  return ['Dial:', '', ...table(numbers.map(({ pattern, applicationSid }) => [pattern, nameOf(applicationSid)]))]
}

/** An address at which a program on this machine finds a socket that is bound to `address`. */
function reachable(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1'
  return address === '::' ? '::1' : address
}

function table(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([first]) => first.length))
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`)
}
