import { describe, expect, test } from 'vitest'
import vectors from '../../../vectors/rtp-vectors.json' with { type: 'json' }
import { Studio } from '../studio.ts'

/** What a vector expects of parts that do not exist yet. */
const LATER: Readonly<Record<string, string>> = {
  'opus PT with PCMU bytes / opus TOC illegal': 'there is no Opus decoder to fail: the payload type is not agreed',
}

interface Vector {
  readonly n: string
  readonly hex: string
  readonly expect: string
  readonly repeatTo?: number
}

function bytesOf({ hex, repeatTo }: Vector): Uint8Array {
  const bytes = Uint8Array.from(Buffer.from(hex, 'hex'))
  if (repeatTo === undefined) return bytes
  const long = new Uint8Array(repeatTo).fill(0xff)
  long.set(bytes)
  return long
}

describe('a malformed packet in the middle of a call', () => {
  for (const vector of vectors.malformed as Vector[]) {
    const reason = LATER[vector.n]
    const isMedia = vector.expect.startsWith('play') && reason === undefined
    test(`${vector.n}: ${reason ?? vector.expect}`, () => {
      const studio = new Studio()
      const { phones, lines } = studio.call()
      Object.assign(phones[0], { ssrc: 1, sequence: 0 })
      phones[0].talk(lines[0], 1)
      phones[0].send(bytesOf(vector), lines[0])
      studio.clock.advance(20)
      expect(phones[1].heard).toHaveLength(isMedia ? 2 : 1)
      phones[0].sequence = 2
      phones[0].talk(lines[0], 10)
      expect(phones[1].heard).toHaveLength(isMedia ? 12 : 11)
      studio.media.close(lines[0].leg)
      studio.clock.advance(1)
      const [closed] = studio.eventsOf('closed')
      expect(closed?.statistics.packetsInvalid).toBe(isMedia ? 0 : 1)
    })

    if (!isMedia)
      test(`${vector.n}: as the first packet it finds nobody and keeps nothing alive`, () => {
        const studio = new Studio()
        const phone = studio.phone()
        const line = studio.connect(phone, {}, 20_000)
        phone.send(bytesOf(vector), line)
        studio.clock.advance(10)
        expect(studio.eventsOf('latched')).toEqual([])
        expect(studio.clock.armed).toBe(0)
      })
  }
})

describe('malformed RTCP in the middle of a call', () => {
  for (const { n, hex } of vectors.rtcp)
    for (const offset of [0, 1])
      test(`${n}, on the ${offset === 0 ? 'RTP' : 'RTCP'} port, is counted and nothing else`, () => {
        const studio = new Studio()
        const { phones, lines } = studio.call()
        phones[0].talk(lines[0], 5)
        phones[0].send(Uint8Array.from(Buffer.from(hex, 'hex')), { ...lines[0], port: lines[0].port + offset })
        phones[0].talk(lines[0], 5)
        expect(phones[1].heard).toHaveLength(10)
        studio.media.close(lines[0].leg)
        studio.clock.advance(1)
        expect(studio.eventsOf('closed')[0]?.statistics.packetsInvalid).toBe(1)
      })
})
