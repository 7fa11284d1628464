import { describe, expect, test } from 'vitest'
import {
  type ClientEffect,
  type ClientEvent,
  type ClientState,
  type ClientTimer,
  clientStart,
  clientStep,
} from '../../../../src/sip/transaction/client.ts'
import {
  type ServerEffect,
  type ServerEvent,
  type ServerState,
  type ServerTimer,
  serverStart,
  serverStep,
} from '../../../../src/sip/transaction/server.ts'
import { DEFAULT_TIMERS } from '../../../../src/sip/transaction/timers.ts'
import { response } from './response.ts'
import { type Story, type Told, tell } from './timeline.ts'

const env = { timers: DEFAULT_TIMERS, reliable: false }

function client(events: Story<ClientEvent>['events'], untilMs: number): Told<ClientState> {
  return tell<ClientState, ClientEvent, ClientTimer, ClientEffect>(
    (state, event) => clientStep(env, state, event),
    clientStart,
    { events: [[0, { type: 'start' }], ...events], untilMs },
  )
}

function server(events: Story<ServerEvent>['events'], untilMs: number): Told<ServerState> {
  return tell<ServerState, ServerEvent, ServerTimer, ServerEffect>(
    (state, event) => serverStep(env, state, event),
    serverStart,
    { events, untilMs },
  )
}

describe('non-INVITE client transaction (RFC 3261 section 17.1.2)', () => {
  test('timer E doubles up to T2, timer F ends it after 64*T1', () => {
    const { log, timers } = client([], 60_000)
    const sent = [0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500]
    expect(log).toEqual([...sent.map(ms => `${ms} send`), '32000 timeout', '32000 end'])
    expect(timers).toBe(0)
  })

  test('after a provisional response it is repeated every T2, and timer F still runs', () => {
    const { log } = client([[600, { type: 'response', response: response(100) }]], 60_000)
    const sent = [0, 500, 1500, 5500, 9500, 13500, 17500, 21500, 25500, 29500]
    expect(log.filter(line => line.endsWith('send'))).toEqual(sent.map(ms => `${ms} send`))
    expect(log.slice(-2)).toEqual(['32000 timeout', '32000 end'])
  })

  test('a final response is told once and its repetitions are absorbed for T4', () => {
    const { log } = client(
      [
        [100, { type: 'response', response: response(200) }],
        [200, { type: 'response', response: response(200) }],
      ],
      60_000,
    )
    expect(log).toEqual(['0 send', '100 tell', '5100 end'])
  })
})

describe('non-INVITE server transaction (RFC 3261 section 17.2.2)', () => {
  test('the request again gets the final response again for 64*T1', () => {
    const { log, timers } = server(
      [
        [0, { type: 'repeat' }],
        [10, { type: 'respond', status: 200 }],
        [500, { type: 'repeat' }],
        [31_000, { type: 'repeat' }],
      ],
      60_000,
    )
    expect(log).toEqual(['10 send', '500 send', '31000 send', '32010 end'])
    expect(timers).toBe(0)
  })
})
