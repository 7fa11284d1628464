import { describe, expect, test } from 'vitest'
import { refuse } from '../../../src/sip/refuse.ts'
import { CALL_ID, datagram, FROM, parsedRequest, TO, VIA } from './message/datagrams.ts'

const invite = (...lines: readonly string[]) =>
  parsedRequest(
    datagram(['INVITE sip:carol@chicago.example SIP/2.0', VIA, FROM, TO, CALL_ID, 'CSeq: 1 INVITE', ...lines]),
  )

describe('Accept of an INVITE (RFC 3261 section 20.1)', () => {
  test.each([
    [[]],
    [['Accept: application/sdp']],
    [['Accept: text/plain, Application/SDP;q=0.5']],
    [['Accept: text/plain', 'accept: application / *']],
    [['Accept: */*']],
    [['Accept: text/plain;note="a, b", application/sdp']],
  ])('%j takes a description', lines => {
    expect(refuse(invite(...lines))).toBeUndefined()
  })

  test.each([
    [['Accept: text/nobodyKnowsThis']],
    [['Accept: application/sdpx, text/*']],
    [['Accept: text/plain;note="application/sdp"']],
    [['Accept:']],
  ])('%j takes none: 406', lines => {
    expect(refuse(invite(...lines))).toEqual({ status: 406 })
  })

  test('a body that cannot be read is told first', () => {
    const lines = ['Accept: text/plain', 'Content-Type: text/plain']
    const { body: _, ...rest } = invite(...lines)
    expect(refuse({ ...rest, body: Buffer.from('hello') })).toMatchObject({ status: 415 })
  })
})
